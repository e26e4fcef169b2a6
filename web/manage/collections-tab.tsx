/** Which calendars, teams or data sources to sync. */
import { useId, useState } from 'react';
import type { Collection, CollectionsRefreshed, Integration } from '../../api/contract/index.ts';
import { Button } from '../ui/button.tsx';
import { Check } from '../ui/check.tsx';
import { icons } from '../ui/icons.tsx';
import { EmptyState, ProblemNote, Skeleton } from '../ui/states.tsx';
import { Swatch } from '../ui/swatch.tsx';
import { describeRefresh } from '../words/refresh.ts';
import { count, countOf } from '../words/run.ts';
import { useCollectionChoice, useCollections, useRefreshCollections } from './use-collections.ts';

interface CollectionsTabProps {
  readonly integration: Integration;
  readonly noun: { readonly one: string; readonly many: string };
  /** What the number at each one counts, in words. */
  readonly counted: string;
}

/** Fewer than this are found by looking. */
const filterFrom = 8;

export function CollectionsTab({ integration, noun, counted }: CollectionsTabProps) {
  const list = useCollections(integration.id);
  const choice = useCollectionChoice(integration.id);
  const refresh = useRefreshCollections(integration.id);
  const [filter, setFilter] = useState('');
  const all = list.collections ?? [];
  const shown = all.filter(({ name }) => name.toLowerCase().includes(filter.trim().toLowerCase()));
  const ticked = all.filter(({ subscribed }) => subscribed).length;
  const setAll = (subscribed: boolean): void => {
    for (const collection of shown)
      if (collection.subscribed !== subscribed) choice.mutate({ collection, subscribed });
  };
  return (
    <>
      <div className="section-head">
        <p>
          Tick the {noun.many} that Harmony keeps current. A choice holds at once; what is unticked leaves
          Harmony and stays in place at the source.
        </p>
        <Button icon={icons.sync} busy={refresh.isPending} onClick={() => refresh.mutate()}>
          Refresh List
        </Button>
      </div>
      <div role="status">{refresh.data && <RefreshNote found={refresh.data} noun={noun} />}</div>
      {list.collections ? (
        all.length === 0 ? (
          <EmptyState title={`No ${noun.many} found`}>
            <p>Refresh List asks for them again.</p>
          </EmptyState>
        ) : (
          <>
            <div className="list-tools">
              <span aria-live="polite">
                {ticked} of {countOf(all.length, noun)} ticked
              </span>
              <Button look="quiet" onClick={() => setAll(true)}>
                Select all
              </Button>
              <Button look="quiet" onClick={() => setAll(false)}>
                Select none
              </Button>
              {all.length >= filterFrom && (
                <input
                  type="search"
                  aria-label={`Filter ${noun.many}`}
                  placeholder="Filter by name"
                  value={filter}
                  onChange={(event) => setFilter(event.target.value)}
                />
              )}
            </div>
            <p className="muted collections-head" aria-hidden="true">
              {counted}
            </p>
            <ul className="collections">
              {shown.map((collection) => (
                <CollectionRow
                  key={collection.id}
                  collection={collection}
                  counted={counted}
                  isNew={refresh.data?.added.some(({ id }) => id === collection.id) ?? false}
                  onChange={(subscribed) => choice.mutate({ collection, subscribed })}
                />
              ))}
            </ul>
            {shown.length === 0 && <p className="muted">No name contains “{filter.trim()}”.</p>}
          </>
        )
      ) : list.error ? (
        <ProblemNote error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <Skeleton rows={5} />
      )}
    </>
  );
}

interface CollectionRowProps {
  readonly collection: Collection;
  readonly counted: string;
  readonly isNew: boolean;
  readonly onChange: (subscribed: boolean) => void;
}

function CollectionRow({ collection, counted, isNew, onChange }: CollectionRowProps) {
  const id = useId();
  const { name, subscribed, recordCount, color, primary, missingSince } = collection;
  return (
    <li className="collection" data-collection={collection.id}>
      <Check id={id} checked={subscribed} onChange={onChange} />
      <label htmlFor={id}>
        <Swatch color={color} />
        <span className="collection-name">{name}</span>
        {primary && <span className="tag">Main</span>}
        {isNew && <span className="tag tag-new">New</span>}
        {missingSince && <span className="tag tag-warn">No longer there</span>}
      </label>
      {subscribed && (
        <span className="muted collection-count">
          {count(recordCount)}
          <span className="visually-hidden"> {counted}</span>
        </span>
      )}
    </li>
  );
}

function RefreshNote({ found, noun }: { found: CollectionsRefreshed; noun: CollectionsTabProps['noun'] }) {
  const { title, lines } = describeRefresh(found, noun);
  return (
    <div className="note note-plain">
      <div>
        <strong>{title}</strong>
        {lines.map((line) => (
          <p key={line}>{line}</p>
        ))}
      </div>
    </div>
  );
}
