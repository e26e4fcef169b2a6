/** One search box over everything that arrived. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { SearchHit } from '../../api/contract/index.ts';
import { searchQuery } from '../api/queries.ts';
import { navigate } from '../router.tsx';
import { paths } from '../routes.ts';
import { FilterChips } from '../ui/filter-chips.tsx';
import { icons } from '../ui/icons.tsx';
import { PageHeading } from '../ui/page-heading.tsx';
import { Paged } from '../ui/paged.tsx';
import { EmptyState } from '../ui/states.tsx';
import { SearchHitRow } from './search-hit-row.tsx';

type Kind = SearchHit['type'];
const kinds: readonly { value: Kind | 'all'; label: string }[] = [
  { value: 'all', label: 'Everything' },
  { value: 'contact', label: 'Contacts' },
  { value: 'calendar_event', label: 'Events' },
  { value: 'task', label: 'Tasks' },
  { value: 'document', label: 'Documents' },
];

/** Each letter asks anew only after a rest in the typing. */
const restMs = 200;

export function SearchPage({ q, type }: { q: string; type: string | undefined }) {
  const kind = kinds.find(({ value }) => value === type)?.value ?? 'all';
  const [text, setText] = useState(q);
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => box.current?.focus(), []);
  useEffect(() => {
    const words = text.trim();
    if (words === q) return;
    const timer = setTimeout(
      () => navigate(paths.search({ q: words, type: kind === 'all' ? undefined : kind }), { replace: true }),
      restMs,
    );
    return () => clearTimeout(timer);
  }, [text, q, kind]);
  const show = (next: Kind | 'all'): void =>
    navigate(paths.search({ q: text.trim(), type: next === 'all' ? undefined : next }), { replace: true });
  return (
    <>
      <PageHeading title="Search" />
      <search className="search">
        <div className="search-box">
          {icons.search}
          <input
            ref={box}
            type="search"
            aria-label="Search everything"
            placeholder="A name, a word, the beginning of one"
            maxLength={200}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
        <FilterChips label="Search in" options={kinds} value={kind} onChange={show} />
      </search>
      {q === '' ? (
        <p className="muted">Looks through contacts, events, tasks and documents at once.</p>
      ) : (
        <Hits q={q} kind={kind === 'all' ? undefined : kind} />
      )}
    </>
  );
}

function Hits({ q, kind }: { q: string; kind: Kind | undefined }) {
  const hits = useInfiniteQuery(searchQuery(q, kind));
  return (
    <div aria-busy={hits.isPlaceholderData}>
      <Paged
        query={hits}
        skeletonRows={4}
        empty={
          <EmptyState title={`Nothing found for “${q}”`}>
            <p>All words must be there. Try fewer, or the beginning of one.</p>
          </EmptyState>
        }
      >
        {(found) => (
          <ul className="rows" aria-label="Found">
            {found.map((hit) => (
              <SearchHitRow key={`${hit.type}-${hit.id}`} hit={hit} />
            ))}
          </ul>
        )}
      </Paged>
    </div>
  );
}
