import { collectPaginatedAPI, isFullPage, iterateAllDataSourceRows } from '@notionhq/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connect, type Loose, startTestSandbox, type TestSandbox } from './testing.ts';

let sandbox: TestSandbox;
let client: Awaited<ReturnType<typeof connect>>['client'];
let sources: Record<string, Loose>;

beforeEach(async () => {
  sandbox = await startTestSandbox({ connectionLimitRequests: 0 });
  ({ client } = await connect(sandbox));
  const { data } = (await sandbox.control('GET', '/notion/lovelace-labs/data-sources')).body;
  sources = Object.fromEntries(data.map((one: Loose) => [one.title[0].plain_text, one]));
});
afterEach(() => sandbox.close());

const tasks = () => sources.Tasks.id as string;
const sharedRows = async () =>
  (await sandbox.control('GET', `/notion/lovelace-labs/pages?limit=100000&data_source_id=${tasks()}`)).body
    .data as Loose[];

test('a data source lists its rows in pages, each once, and says that the listing is complete', async () => {
  const first = await client.dataSources.query({ data_source_id: tasks(), page_size: 10 });
  expect(first).toMatchObject({
    object: 'list',
    type: 'page_or_data_source',
    has_more: true,
    request_status: { type: 'complete' },
  });
  const all = await collectPaginatedAPI(client.dataSources.query, { data_source_id: tasks(), page_size: 7 });
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  expect(all.map(({ id }) => id).sort()).toEqual((await sharedRows()).map(({ id }) => id).sort());
});

test('times are whole minutes and filters see the same times', async () => {
  const rows = await sharedRows();
  for (const row of rows) expect(row.last_edited_time).toMatch(/:00\.000Z$/);
  const cut = rows.map((row) => row.last_edited_time).sort()[20] as string;
  for (const operator of ['on_or_after', 'after', 'before', 'on_or_before'] as const) {
    const { results } = await client.dataSources.query({
      data_source_id: tasks(),
      filter: { timestamp: 'last_edited_time', last_edited_time: { [operator]: cut } } as Loose,
      sorts: [{ timestamp: 'last_edited_time', direction: 'ascending' }],
    });
    const expected = rows
      .map((row) => row.last_edited_time as string)
      .filter((time) => {
        if (operator === 'on_or_after') return time >= cut;
        if (operator === 'after') return time > cut;
        return operator === 'before' ? time < cut : time <= cut;
      })
      .sort();
    expect(results.map((row) => isFullPage(row) && row.last_edited_time)).toEqual(expected);
  }
});

test('an edit moves the row to the end of an ascending listing that is under way, and loses no other', async () => {
  const order = {
    data_source_id: tasks(),
    sorts: [{ timestamp: 'last_edited_time' as const, direction: 'ascending' as const }],
    page_size: 10,
  };
  const first = await client.dataSources.query(order);
  const next = (await client.dataSources.query({ ...order, start_cursor: first.next_cursor ?? '' }))
    .results[0];
  await sandbox.control('PATCH', `/notion/lovelace-labs/pages/${next?.id}`, {
    properties: { Blocked: { checkbox: true } },
  });
  const seen = first.results.map(({ id }) => id);
  for (let cursor = first.next_cursor; cursor !== null; ) {
    const page = await client.dataSources.query({ ...order, start_cursor: cursor });
    seen.push(...page.results.map(({ id }) => id));
    cursor = page.next_cursor;
  }
  expect(seen.at(-1)).toBe(next?.id);
  expect([...seen].sort()).toEqual((await sharedRows()).map(({ id }) => id).sort());
});

test.each([
  [
    'title',
    { property: 'Name', title: { contains: 'the' } },
    (row: Loose) => textOf(row.Name.title).includes('the'),
  ],
  [
    'status',
    { property: 'Status', status: { equals: 'Done' } },
    (row: Loose) => row.Status.status?.name === 'Done',
  ],
  [
    'select',
    { property: 'Priority', select: { is_empty: true } },
    (row: Loose) => row.Priority.select === null,
  ],
  [
    'multi_select',
    { property: 'Tags', multi_select: { contains: 'infra' } },
    (row: Loose) => row.Tags.multi_select.some((one: Loose) => one.name === 'infra'),
  ],
  [
    'number',
    { property: 'Estimate', number: { greater_than: 10 } },
    (row: Loose) => row.Estimate.number > 10,
  ],
  ['checkbox', { property: 'Blocked', checkbox: { equals: true } }, (row: Loose) => row.Blocked.checkbox],
  [
    'date',
    { property: 'Due', date: { on_or_after: '2025-08-01' } },
    (row: Loose) => row.Due.date !== null && row.Due.date.start >= '2025-08-01',
  ],
  ['url', { property: 'Link', url: { is_not_empty: true } }, (row: Loose) => row.Link.url !== null],
  [
    'formula',
    { property: 'Effort in hours', formula: { number: { less_than: 40 } } },
    (row: Loose) => row.Estimate.number !== null && row.Estimate.number * 8 < 40,
  ],
  [
    'relation',
    { property: 'Customer', relation: { is_empty: true } },
    (row: Loose) => row.Customer.relation.length === 0,
  ],
  [
    'unique_id',
    { property: 'Number', unique_id: { less_than_or_equal_to: 5 } },
    (row: Loose) => row.Number.unique_id.number <= 5,
  ],
])('a %s filter keeps exactly the rows that meet it', async (_, filter, holds) => {
  const expected = (await sharedRows()).filter(({ properties }) => holds(properties)).map(({ id }) => id);
  expect(expected.length).toBeGreaterThan(0);
  const found = await collectPaginatedAPI(client.dataSources.query, {
    data_source_id: tasks(),
    filter: filter as Loose,
  });
  expect(found.map(({ id }) => id).sort()).toEqual(expected.sort());
});

test('and/or nest two levels; deeper, unknown and ill-matched filters are refused', async () => {
  const done = { property: 'Status', status: { equals: 'Done' } };
  const blocked = { property: 'Blocked', checkbox: { equals: true } };
  const rows = (await sharedRows()).map(({ properties }) => properties);
  const query = (filter: unknown) =>
    client.dataSources.query({ data_source_id: tasks(), filter: filter as Loose });
  const both = await query({
    and: [blocked, { or: [done, { property: 'Priority', select: { equals: 'High' } }] }],
  });
  expect(both.results).toHaveLength(
    rows.filter(
      (row) =>
        row.Blocked.checkbox && (row.Status.status?.name === 'Done' || row.Priority.select?.name === 'High'),
    ).length,
  );
  for (const wrong of [
    { and: [{ or: [{ and: [done] }] }] },
    { property: 'Nonsense', checkbox: { equals: true } },
    { property: 'Status', checkbox: { equals: true } },
    { property: 'Status', status: { louder_than: 'Done' } },
    { timestamp: 'last_edited_time', last_edited_time: { after: 'yesterdayish' } },
  ])
    await expect(query(wrong)).rejects.toMatchObject({ status: 400, code: 'validation_error' });
});

test('property sorts put empty values last in both directions', async () => {
  for (const direction of ['ascending', 'descending'] as const) {
    const { results } = await client.dataSources.query({
      data_source_id: tasks(),
      sorts: [{ property: 'Estimate', direction }],
    });
    const numbers = results.map((row: Loose) => row.properties.Estimate.number);
    const filled = numbers.filter((one) => one !== null);
    expect(filled).toEqual([...filled].sort((a, b) => (direction === 'ascending' ? a - b : b - a)));
    expect(numbers.slice(filled.length).every((one) => one === null)).toBe(true);
  }
});

test('filter_properties keeps the named properties only', async () => {
  const { results } = await client.dataSources.query({
    data_source_id: tasks(),
    filter_properties: ['title', sources.Tasks.properties.Due.id],
    page_size: 1,
  });
  expect(Object.keys((results[0] as Loose).properties).sort()).toEqual(['Due', 'Name']);
});

test('trashed rows show only when asked for', async () => {
  const [row] = await sharedRows();
  await sandbox.control('DELETE', `/notion/lovelace-labs/pages/${row.id}`);
  const normal = await collectPaginatedAPI(client.dataSources.query, { data_source_id: tasks() });
  expect(normal.map(({ id }) => id)).not.toContain(row.id);
  const trash = await client.dataSources.query({ data_source_id: tasks(), in_trash: true });
  expect(trash.results).toMatchObject([{ id: row.id, in_trash: true }]);
});

test('page_size above 100 and foreign cursors are refused', async () => {
  const wrong = { status: 400, code: 'validation_error' };
  await expect(client.dataSources.query({ data_source_id: tasks(), page_size: 101 })).rejects.toMatchObject(
    wrong,
  );
  const { next_cursor } = await client.dataSources.query({ data_source_id: tasks(), page_size: 5 });
  await expect(
    client.dataSources.query({
      data_source_id: tasks(),
      start_cursor: next_cursor ?? '',
      sorts: [{ property: 'Name', direction: 'ascending' }],
    }),
  ).rejects.toMatchObject(wrong);
});

test('a query ends at its limit as incomplete; windows of created_time reach every row', async () => {
  await sandbox.control('PATCH', '/settings', { notion: { queryResultLimit: 12 } });
  const all = await collectPaginatedAPI(client.dataSources.query, { data_source_id: tasks(), page_size: 5 });
  expect(all).toHaveLength(12);
  const last = await client.dataSources.query({ data_source_id: tasks(), page_size: 100 });
  expect(last).toMatchObject({
    has_more: false,
    next_cursor: null,
    request_status: { type: 'incomplete', incomplete_reason: 'query_result_limit_reached' },
  });
  const rows: string[] = [];
  for await (const row of iterateAllDataSourceRows(client, { data_source_id: tasks() })) rows.push(row.id);
  expect(rows.sort()).toEqual((await sharedRows()).map(({ id }) => id).sort());
});

test('search lists pages and data sources, finds titles, and trails behind writes', async () => {
  const everything = await collectPaginatedAPI(client.search, {});
  expect(everything).toHaveLength(63);
  const found = await client.search({
    query: 'meeting NOTES',
    filter: { property: 'object', value: 'data_source' },
  });
  expect(found.results).toMatchObject([{ object: 'data_source', id: sources['Meeting notes'].id }]);
  await sandbox.control('PATCH', '/settings', { notion: { searchDelayMs: 60_000 } });
  const created = await client.pages.create({
    parent: { data_source_id: tasks() },
    properties: { Name: { title: [{ text: { content: 'Zanzibar expedition' } }] } },
  });
  expect((await client.search({ query: 'zanzibar' })).results).toEqual([]);
  expect(await client.pages.retrieve({ page_id: created.id })).toMatchObject({ id: created.id });
  await sandbox.control('POST', '/clock', { advanceMs: 61_000 });
  expect((await client.search({ query: 'zanzibar' })).results).toMatchObject([{ id: created.id }]);
});

test('search may omit a share of what is shared, the query of the data source does not', async () => {
  await sandbox.control('PATCH', '/settings', { notion: { searchOmits: 0.5 } });
  const found = await collectPaginatedAPI(client.search, { filter: { property: 'object', value: 'page' } });
  expect(found.length).toBeGreaterThan(10);
  expect(found.length).toBeLessThan(50);
  const rows = await collectPaginatedAPI(client.dataSources.query, { data_source_id: tasks() });
  expect(rows).toHaveLength((await sharedRows()).length);
});

test('twenty thousand pages: a page of a hundred rows comes within milliseconds', async () => {
  await sandbox.control('POST', '/reset', { seed: 5, notionPages: 20_000 });
  const { data } = (await sandbox.control('GET', '/notion/lovelace-labs/data-sources')).body;
  const order = {
    data_source_id: data[0].id as string,
    sorts: [{ timestamp: 'last_edited_time' as const, direction: 'ascending' as const }],
  };
  let seen = 0;
  let pages = 0;
  let incomplete = false;
  const startedAt = performance.now();
  for (let cursor: string | null | undefined; cursor !== null; pages++) {
    const page = await client.dataSources.query({ ...order, ...(cursor && { start_cursor: cursor }) });
    seen += page.results.length;
    incomplete ||= page.request_status?.type === 'incomplete';
    cursor = page.next_cursor;
  }
  expect(seen).toBe(10_000);
  expect(incomplete).toBe(true);
  expect((performance.now() - startedAt) / pages).toBeLessThan(100);
});

function textOf(items: Loose[]): string {
  return items
    .map((one) => one.plain_text)
    .join('')
    .toLowerCase();
}
