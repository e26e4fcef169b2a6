/** How many conflicts of an integration wait for a decision, by what its tab has read of them; nothing where none does. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { conflictsQuery } from '../api/queries.ts';
import { countOpen } from '../words/conflict.ts';

export function ConflictCount({ integrationId }: { integrationId: string }) {
  const { data } = useInfiniteQuery(conflictsQuery({ integrationId, open: 'true' }));
  const count = data && countOpen(data.pages);
  if (count === undefined) return null;
  return (
    <span className="tag tag-warn">
      {count}
      <span className="visually-hidden"> to decide</span>
    </span>
  );
}
