/** A list that comes in pages, with what stands in its place while it loads, is empty or failed. */
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { List } from '../../api/contract/index.ts';
import { Button } from './button.tsx';
import { loadNextPage } from './load-next-page.ts';
import { ProblemNote, Skeleton } from './states.tsx';

interface PagedProps<Item> {
  readonly query: UseInfiniteQueryResult<InfiniteData<List<Item>>>;
  readonly empty: ReactNode;
  readonly skeletonRows?: number;
  readonly moreLabel?: string;
  readonly children: (items: readonly Item[]) => ReactNode;
}

export function Paged<Item>(props: PagedProps<Item>) {
  const { query, empty, skeletonRows = 6, moreLabel = 'Show more', children } = props;
  if (!query.data)
    return query.error ? (
      <ProblemNote error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <Skeleton rows={skeletonRows} />
    );
  const items = query.data.pages.flatMap(({ data }) => data);
  const showMore = (): Promise<void> => loadNextPage(query);
  return (
    <>
      {items.length === 0 ? empty : children(items)}
      {query.isFetchNextPageError && !query.isFetching ? (
        <ProblemNote error={query.error} onRetry={() => void showMore()} />
      ) : (
        query.hasNextPage && (
          <p className="more">
            <Button busy={query.isFetchingNextPage} onClick={() => void showMore()}>
              {moreLabel}
            </Button>
          </p>
        )
      )}
    </>
  );
}
