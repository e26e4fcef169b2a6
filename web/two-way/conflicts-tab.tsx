/** Values that gave way, and records that wait for a decision. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Integration } from '../../api/contract/index.ts';
import { conflictsQuery } from '../api/queries.ts';
import { FilterChips } from '../ui/filter-chips.tsx';
import { Paged } from '../ui/paged.tsx';
import { EmptyState } from '../ui/states.tsx';
import { ConflictCard } from './conflict-card.tsx';

type Shown = 'open' | 'decided';
const choices: readonly { value: Shown; label: string }[] = [
  { value: 'open', label: 'To decide' },
  { value: 'decided', label: 'Decided' },
];

export function ConflictsTab({ integration, name }: { integration: Integration; name: string }) {
  const [shown, setShown] = useState<Shown>('open');
  const conflicts = useInfiniteQuery(
    conflictsQuery({ integrationId: integration.id, open: shown === 'open' ? 'true' : 'false' }),
  );
  return (
    <>
      <p className="muted">
        Where both sides had changed, one value gave way. Nothing is lost: say which one is right.
      </p>
      <div className="list-tools">
        <FilterChips label="Show" options={choices} value={shown} onChange={setShown} />
      </div>
      <Paged
        query={conflicts}
        empty={
          <EmptyState title={shown === 'open' ? 'Nothing to decide' : 'Nothing was decided yet'}>
            {shown === 'open' && <p>Both sides agree, as far as they can.</p>}
          </EmptyState>
        }
      >
        {(found) => (
          <ul className="conflicts">
            {found.map((conflict) => (
              <ConflictCard key={conflict.id} conflict={conflict} name={name} />
            ))}
          </ul>
        )}
      </Paged>
    </>
  );
}
