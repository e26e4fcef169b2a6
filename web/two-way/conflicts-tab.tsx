/** Values that gave way, and records that wait for a decision. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Integration } from '../../api/contract/index.ts';
import { conflictsQuery, contactQuery } from '../api/queries.ts';
import { Link } from '../router.tsx';
import { paths } from '../routes.ts';
import { FilterChips } from '../ui/filter-chips.tsx';
import { Paged } from '../ui/paged.tsx';
import { EmptyState } from '../ui/states.tsx';
import { contactName } from '../words/contact.ts';
import { ConflictCard } from './conflict-card.tsx';

type Shown = 'open' | 'decided';
const choices: readonly { value: Shown; label: string }[] = [
  { value: 'open', label: 'To decide' },
  { value: 'decided', label: 'Decided' },
];

interface ConflictsTabProps {
  readonly integration: Integration;
  readonly name: string;
  /** Whose conflicts are shown; of everybody without it. */
  readonly contactId: string | undefined;
}

export function ConflictsTab({ integration, name, contactId }: ConflictsTabProps) {
  const [shown, setShown] = useState<Shown>('open');
  const conflicts = useInfiniteQuery(
    conflictsQuery({ integrationId: integration.id, contactId, open: shown === 'open' ? 'true' : 'false' }),
  );
  const list = useRef<HTMLUListElement>(null);
  /** Where the focus goes once what was decided has left: to what takes its place. */
  const decided = useRef<{ readonly id: string; readonly index: number }>(undefined);
  const { data } = conflicts;
  useEffect(() => {
    const left = decided.current;
    const found = data?.pages.flatMap((page) => page.data) ?? [];
    if (left === undefined || found.some(({ id }) => id === left.id)) return;
    decided.current = undefined;
    // Whoever has gone on meanwhile stays where they are.
    if (document.activeElement !== document.body) return;
    const next = list.current?.children[Math.min(left.index, found.length - 1)];
    const target = next?.querySelector<HTMLElement>('h2') ?? document.querySelector<HTMLElement>('main');
    target?.focus();
  }, [data]);
  return (
    <>
      <p className="muted">
        Where both sides had changed, one value gave way. Nothing is lost: say which one is right.
      </p>
      {contactId !== undefined && <OfOneContact integrationId={integration.id} contactId={contactId} />}
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
          <ul className="conflicts" ref={list}>
            {found.map((conflict, index) => (
              <ConflictCard
                key={conflict.id}
                conflict={conflict}
                name={name}
                onDecide={() => {
                  decided.current = { id: conflict.id, index };
                }}
              />
            ))}
          </ul>
        )}
      </Paged>
    </>
  );
}

function OfOneContact({ integrationId, contactId }: { integrationId: string; contactId: string }) {
  const { data: contact } = useQuery(contactQuery(contactId));
  return (
    <p className="filtered">
      Only of{' '}
      <Link href={paths.item('contacts', contactId)}>{contact ? contactName(contact) : 'one contact'}</Link>.{' '}
      <Link href={paths.integration(integrationId, 'conflicts')}>Show all</Link>
    </p>
  );
}
