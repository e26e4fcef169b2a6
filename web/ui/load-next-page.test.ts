import { InfiniteQueryObserver, QueryClient } from '@tanstack/react-query';
import { expect, test } from 'vitest';
import { loadNextPage } from './load-next-page.ts';

/** A list of four pages, each of which arrives when the test lets it. */
function listOfPages() {
  const client = new QueryClient();
  const asked: { readonly page: number; readonly arrive: () => void }[] = [];
  const list = new InfiniteQueryObserver(client, {
    queryKey: ['list'],
    queryFn: ({ pageParam }) =>
      new Promise<number>((resolve) => {
        asked.push({ page: pageParam, arrive: () => resolve(pageParam) });
      }),
    initialPageParam: 0,
    getNextPageParam: (last) => (last < 3 ? last + 1 : null),
  });
  list.subscribe(() => {});
  const arrives = async (page: number): Promise<void> => {
    await expect.poll(() => asked.at(-1)?.page).toBe(page);
    asked.pop()?.arrive();
  };
  return { client, list, arrives, shown: () => list.getCurrentResult().data?.pages };
}

test('a page that was asked for comes, though the list is read anew while it is on its way', async () => {
  const { client, list, arrives, shown } = listOfPages();
  await arrives(0);
  await expect.poll(shown).toEqual([0]);
  const pressed = loadNextPage(list.getCurrentResult());
  void client.invalidateQueries({ queryKey: ['list'] });
  await arrives(0);
  await arrives(1);
  await pressed;
  expect(shown()).toEqual([0, 1]);
});

test('one press brings one page, and a list that has ended none', async () => {
  const { list, arrives, shown } = listOfPages();
  await arrives(0);
  for (const page of [1, 2, 3]) {
    await expect.poll(() => shown()?.length).toBe(page);
    const pressed = loadNextPage(list.getCurrentResult());
    await arrives(page);
    await pressed;
  }
  expect(shown()).toEqual([0, 1, 2, 3]);
  await loadNextPage(list.getCurrentResult());
  expect(shown()).toEqual([0, 1, 2, 3]);
});
