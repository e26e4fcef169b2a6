import { expect, it } from 'vitest';
import { overlapMs } from './cursor.ts';
import { fetchListing, type ListedNode, type ListedPage, type ListingPlan } from './listing.ts';
import type { AskLinear } from './transport.ts';

const plan: ListingPlan = {
  field: 'issues',
  filterType: 'IssueFilter',
  selection: 'id updatedAt archivedAt',
  parameters: 'includeArchived: true',
  filter: (from) => (from === undefined ? {} : { from }),
};
const at = (second: number) => new Date(Date.UTC(2026, 10, 23, 12, 0, second)).toISOString();
const node = (id: string, second: number, archived: number | null = null): ListedNode => ({
  id,
  updatedAt: at(second),
  archivedAt: archived === null ? null : at(archived),
});

/** Answers pages in turn and keeps what was asked. */
function pages(...answers: { nodes: ListedNode[]; more?: string; newest?: number }[]) {
  const asked: Readonly<Record<string, unknown>>[] = [];
  const sizes: number[] = [];
  const ask = (async (document: string, variables: Readonly<Record<string, unknown>>) => {
    const answer = answers[asked.length] as (typeof answers)[number];
    asked.push(variables);
    sizes.push(Number(/page: issues\(first: (\d+)/.exec(document)?.[1]));
    return {
      page: {
        nodes: answer.nodes,
        pageInfo: { hasNextPage: answer.more !== undefined, endCursor: answer.more ?? null },
      },
      ...(answer.newest === undefined ? {} : { newest: { nodes: [{ updatedAt: at(answer.newest) }] } }),
    };
  }) as AskLinear;
  return { ask, asked, sizes };
}

const signal = AbortSignal.timeout(5000);
const idsOf = (page: { fresh: readonly ListedNode[] }) => page.fresh.map(({ id }) => id);

it('starts the next increment from the newest time that the first page knew, whatever later pages bring', async () => {
  const { ask, asked } = pages(
    { nodes: [node('a', 10)], more: 'p2', newest: 30 },
    { nodes: [node('b', 50)] },
    { nodes: [] },
  );
  const first = await fetchListing(ask, plan, { cursor: null, signal });
  const second = await fetchListing(ask, plan, { cursor: first.next.cursor, signal });
  expect(second.next.kind).toBe('done');
  await fetchListing(ask, plan, { cursor: second.next.cursor, signal });
  const from = new Date(Date.parse(at(30)) - overlapMs).toISOString();
  expect(asked).toEqual([{ filter: {} }, { filter: {}, after: 'p2' }, { filter: { from } }]);
});

it('keeps one filter over all pages of an increment', async () => {
  const { ask, asked } = pages(
    { nodes: [node('a', 10)], newest: 10 },
    { nodes: [node('b', 40)], more: 'p2', newest: 41 },
    { nodes: [node('c', 20)] },
  );
  let cursor: string | null = null;
  for (let page = 0; page < 3; page += 1) {
    cursor = (await fetchListing(ask, plan, { cursor, signal })).next.cursor;
  }
  expect(asked[1]?.filter).toEqual(asked[2]?.filter);
  expect(asked[2]?.after).toBe('p2');
});

it('shows what the overlap brings again once, and a record that changed again', async () => {
  const { ask } = pages(
    { nodes: [node('a', 10), node('b', 20)], newest: 20 },
    { nodes: [node('a', 10), node('b', 20)], newest: 20 },
    { nodes: [node('a', 30), node('b', 20)], newest: 30 },
    { nodes: [node('a', 30), node('b', 20)], newest: 30 },
  );
  let cursor: string | null = null;
  const shown: string[][] = [];
  const cursors: (string | null)[] = [];
  for (let page = 0; page < 4; page += 1) {
    const listed: ListedPage<ListedNode> = await fetchListing(ask, plan, { cursor, signal });
    cursor = listed.next.cursor;
    cursors.push(cursor);
    shown.push(idsOf(listed));
  }
  expect(shown).toEqual([['a', 'b'], [], ['a'], []]);
  expect(cursors[1]).toBe(cursors[0]);
});

it('moves on with what was archived, although that left updatedAt alone', async () => {
  const { ask, asked } = pages(
    { nodes: [node('a', 10)], newest: 10 },
    { nodes: [node('a', 10, 50)], newest: 10 },
    { nodes: [] },
  );
  let cursor: string | null = null;
  for (let page = 0; page < 3; page += 1) {
    cursor = (await fetchListing(ask, plan, { cursor, signal })).next.cursor;
  }
  expect(asked[2]?.filter).toEqual({ from: new Date(Date.parse(at(50)) - overlapMs).toISOString() });
});

it('reads everything in the first increment of what was empty', async () => {
  const { ask, asked } = pages({ nodes: [] }, { nodes: [node('a', 1)], newest: 1 });
  const empty = await fetchListing(ask, plan, { cursor: null, signal });
  expect(idsOf(await fetchListing(ask, plan, { cursor: empty.next.cursor, signal }))).toEqual(['a']);
  expect(asked[1]?.filter).toEqual({ from: '1970-01-01T00:00:00.000Z' });
});

it('asks for few where it looks or few are to come, but for one more than what the overlap brings again', async () => {
  const overlapping = Array.from({ length: 60 }, (_, index) => node(`n${index}`, 10));
  const { ask, sizes } = pages(
    { nodes: [], newest: 10 },
    { nodes: [node('a', 10)], newest: 10 },
    { nodes: overlapping, newest: 10 },
    { nodes: overlapping, newest: 10 },
    { nodes: overlapping, newest: 10, more: 'p2' },
    { nodes: [], newest: 10 },
  );
  await fetchListing(ask, plan, { cursor: null, signal, peek: true });
  const few = await fetchListing(ask, plan, { cursor: null, signal });
  const more = await fetchListing(ask, plan, { cursor: few.next.cursor, signal });
  const look = await fetchListing(ask, plan, { cursor: more.next.cursor, signal, peek: true });
  expect(look).toMatchObject({ fresh: [], next: { kind: 'done', cursor: more.next.cursor } });
  const long = await fetchListing(ask, plan, { cursor: more.next.cursor, signal });
  await fetchListing(ask, plan, { cursor: long.next.cursor, signal });
  expect(sizes).toEqual([10, 250, 50, 61, 61, 250]);
});

it('refuses cursors of other versions and answers without a list', async () => {
  const { ask } = pages({ nodes: [] });
  await expect(fetchListing(ask, plan, { cursor: 'v0:{}', signal })).rejects.toMatchObject({
    kind: 'cursor_expired',
  });
  await expect(fetchListing(ask, plan, { cursor: 'v1:{}', signal })).rejects.toMatchObject({
    kind: 'cursor_expired',
  });
  const broken = (async () => ({ page: null })) as AskLinear;
  await expect(fetchListing(broken, plan, { cursor: null, signal })).rejects.toMatchObject({
    kind: 'schema_drift',
  });
});
