/** How many conflicts of an integration wait for a decision; nothing where none does. */
import { useQuery } from '@tanstack/react-query';
import { openConflictsQuery } from '../api/queries.ts';
import { countOpen } from '../words/conflict.ts';

export function ConflictCount({ integrationId }: { integrationId: string }) {
  const { data } = useQuery(openConflictsQuery(integrationId));
  const count = data && countOpen(data);
  if (count === undefined) return null;
  return (
    <span className="tag tag-warn">
      {count}
      <span className="visually-hidden"> to decide</span>
    </span>
  );
}
