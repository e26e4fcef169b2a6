/** One press of "Show more", until what it asked for is there. */
import type { InfiniteData, InfiniteQueryObserverResult } from '@tanstack/react-query';
import { hasCode } from '../api/problem.ts';

type Pages = InfiniteQueryObserverResult<InfiniteData<unknown>>;

/**
 * Adds the next page to a list. A list that is read anew meanwhile, as after a run, drops the page that is on its
 * way (https://tanstack.com/query/v5/docs/reference/QueryClient#queryclientinvalidatequeries): it is asked for again.
 */
export async function loadNextPage(query: Pick<Pages, 'data' | 'fetchNextPage' | 'refetch'>): Promise<void> {
  const had = query.data?.pages.length ?? 0;
  let loaded = await query.fetchNextPage();
  // The place to go on from holds no longer, as after an upgrade: read anew, the list gives one that does.
  if (hasCode(loaded.error, 'invalid_cursor') && (await query.refetch()).isSuccess)
    loaded = await query.fetchNextPage();
  while (loaded.isSuccess && loaded.hasNextPage && loaded.data.pages.length <= had)
    loaded = await query.fetchNextPage();
}
