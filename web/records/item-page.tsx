/** The frame of one record's page: the way back, its heading, and what stands there while it loads or is gone. */
import { type UseQueryResult, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import { isStatus } from '../api/problem.ts';
import { refetchRecords } from '../api/queries.ts';
import { Link } from '../router.tsx';
import { type DataPage, paths } from '../routes.ts';
import { icons } from '../ui/icons.tsx';
import { PageHeading } from '../ui/page-heading.tsx';
import { ProblemNote, Skeleton } from '../ui/states.tsx';

interface ItemPageProps<Item> {
  readonly query: UseQueryResult<Item>;
  readonly page: DataPage;
  readonly backLabel: string;
  readonly title: (item: Item) => string;
  /** Stand beside and below the title. */
  readonly mark?: (item: Item) => ReactNode;
  readonly meta?: (item: Item) => ReactNode;
  readonly children: (item: Item) => ReactNode;
}

export function ItemPage<Item>({ query, page, backLabel, title, mark, meta, children }: ItemPageProps<Item>) {
  const client = useQueryClient();
  const gone = isStatus(query.error, 404);
  // Lists may show it still, as while an integration's records are being removed.
  useEffect(() => {
    if (gone) refetchRecords(client);
  }, [gone, client]);
  return (
    <>
      <Link className="back-link" href={paths.data(page)}>
        {icons.back} {backLabel}
      </Link>
      {gone ? (
        <>
          <PageHeading title="This is not here any more" />
          <p>It was deleted at its source, its integration was deleted, or it belongs to somebody else.</p>
        </>
      ) : query.data !== undefined ? (
        <>
          <div className="item-head">
            {mark?.(query.data)}
            <div>
              <PageHeading title={title(query.data)} />
              {meta?.(query.data)}
            </div>
          </div>
          {children(query.data)}
        </>
      ) : query.error ? (
        <ProblemNote error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Skeleton rows={3} tall />
      )}
    </>
  );
}
