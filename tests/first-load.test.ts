/** A first listing is loaded by COPY: what arrives in the tables, and what a record that comes twice does to it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CalendarEventRecord } from '../providers/contract/index.ts';
import { createTestDatabase, ensureOwner, type TestDatabase } from './support/postgres.ts';
import { event, openScriptedCalendar } from './support/scripted-calendar.ts';

let database: TestDatabase;
let owner: { workspaceId: string; userId: string };

beforeAll(async () => {
  database = await createTestDatabase();
  owner = await ensureOwner(database.db);
});
afterAll(() => database.close());

/** Runs the first sync of one calendar that has these pages; `asked` are the positions it was asked for. */
async function syncPages(name: string, pages: readonly CalendarEventRecord[][]) {
  const calendar = await openScriptedCalendar(database.db, owner, name);
  calendar.provider.pages = pages;
  const { result, run } = await calendar.sync('incremental');
  return { result, run, asked: calendar.provider.asked, ...(await calendar.stored()) };
}

it('keeps every character that Postgres can hold, and replaces the others', async () => {
  const nasty = `,;"'\\N \\. \t\r\n\u0001\u0002\u0002 {"a":1} 日本語 👩‍👩‍👧`;
  const { rows, result } = await syncPages('text', [
    [
      event('a', { title: nasty, description: '', recurrence: ['RRULE:FREQ=DAILY', `"{\\},${nasty}`] }),
      event('b', { title: 'x\u0000y\ud800', start: null, raw: { odd: 'x\u0000y\ud800' } }),
    ],
  ]);
  expect(result).toEqual({ next: 'done', read: 2 });
  expect(rows[0]).toMatchObject({
    ...owner,
    ...{ title: nasty, description: '', location: null, raw: { id: 'a', summary: nasty } },
    ...{ recurrence: ['RRULE:FREQ=DAILY', `"{\\},${nasty}`], start: { timeZone: 'Europe/Berlin' } },
    ...{ startsAt: '2026-03-01T09:00:00.000Z', endsAt: '2026-03-02T00:00:00.000Z', status: 'confirmed' },
  });
  expect(rows[1]).toMatchObject({ title: 'x\uFFFDy\uFFFD', recurrence: [], start: null, startsAt: null });
  expect(rows[1]?.raw).toEqual({ odd: 'x\uFFFDy\uFFFD' });
});

it('asks for each page once, and counts a record that one page has twice as one', async () => {
  const { rows, run, asked } = await syncPages('twice', [
    [event('a'), event('b'), event('a', { title: 'later' })],
    [event('c')],
  ]);
  expect(asked).toEqual([null, '1']);
  expect(rows.map(({ title }) => title)).toEqual(['later', 'b', 'c']);
  expect(run).toMatchObject({ read: 4, created: 3, updated: 0 });
});

it('a record that a later page has again is updated, keeps its id, and what was loaded before stays', async () => {
  const { rows, run, cursor, result } = await syncPages('again', [
    [event('a'), event('b')],
    [event('b', { title: 'changed' }), event('c')],
    [event('d'), event('a')],
  ]);
  expect(result.next).toBe('done');
  expect(rows.map(({ title }) => title)).toEqual(['a', 'changed', 'c', 'd']);
  expect(run).toMatchObject({ read: 6, created: 4, updated: 1, unchanged: 1 });
  expect(cursor).toMatchObject({ recordCount: 4, cursor: 'sync-token', listingDone: 6 });
});

it('a page of megabytes that is refused in its middle is written all the same', async () => {
  const many = Array.from({ length: 4_000 }, (_, i) => event(`m${i}`, { description: 'x'.repeat(500) }));
  const { rows, run } = await syncPages('large', [[event('a')], [event('a', { title: 'changed' }), ...many]]);
  expect(rows).toHaveLength(4_001);
  expect(rows[0]?.title).toBe('changed');
  expect(run).toMatchObject({ read: 4_002, created: 4_001, updated: 1 });
});
