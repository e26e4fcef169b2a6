/** What a complete listing no longer shows: gone with the listing's last page, or after it where the provider won't say. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ProviderError } from '../providers/contract/index.ts';
import { createTestDatabase, ensureOwner, type TestDatabase } from './support/postgres.ts';
import { event, openScriptedCalendar } from './support/scripted-calendar.ts';

let database: TestDatabase;
let owner: { workspaceId: string; userId: string };

beforeAll(async () => {
  database = await createTestDatabase();
  owner = await ensureOwner(database.db);
});
afterAll(() => database.close());

async function openSynced(name: string, remoteIds: readonly string[]) {
  const calendar = await openScriptedCalendar(database.db, owner, name);
  calendar.provider.pages = [remoteIds.map((remoteId) => event(remoteId))];
  await calendar.sync('incremental');
  const shown = async () => (await calendar.stored()).rows.map(({ remoteId }) => remoteId);
  return { ...calendar, shown };
}

it('a full sync of what has not changed is done in one call, and removes nothing', async () => {
  const calendar = await openSynced('same', ['a', 'b']);
  const { result, run } = await calendar.sync('full');
  expect(result).toEqual({ next: 'done', read: 2 });
  expect(run).toMatchObject({ unchanged: 2, deleted: 0 });
  expect(await calendar.shown()).toEqual(['a', 'b']);
  expect((await calendar.stored()).cursor).toMatchObject({ recordCount: 2, sweepListingId: null });
});

it('what is gone goes in the same call, and what the provider still has stays', async () => {
  const calendar = await openSynced('gone', ['a', 'b', 'c']);
  calendar.provider.pages = [[event('a')]];
  calendar.provider.confirmGone = async ({ remoteIds }) => ({ gone: remoteIds.filter((id) => id === 'b') });
  const { result, run } = await calendar.sync('full');
  expect(result).toEqual({ next: 'done', read: 1 });
  expect(run).toMatchObject({ unchanged: 1, deleted: 1 });
  expect(await calendar.shown()).toEqual(['a', 'c']);
  expect((await calendar.stored()).cursor).toMatchObject({ recordCount: 2, sweepListingId: null });
});

const ids = (count: number) => Array.from({ length: count }, (_, at) => `e${String(at).padStart(4, '0')}`);

it('a listing that lacked many records that are there says so, once, over as many calls as the sweep takes', async () => {
  const calendar = await openSynced('short', ids(1000));
  calendar.provider.pages = [ids(30).map((id) => event(id))];
  let asked = 0;
  calendar.provider.confirmGone = async () => {
    asked += 1;
    if (asked > 2) throw new ProviderError({ kind: 'rate_limited', message: 'Later.', retryAfterMs: 1 });
    return { gone: [] };
  };
  const { result, run, sweep, readRun } = await calendar.sync('full');
  expect(result).toMatchObject({ next: 'sweep', read: 30 });
  expect(run?.notices, 'not all are known yet').toBeNull();
  calendar.provider.confirmGone = async ({ remoteIds }) => ({ gone: remoteIds.slice(-10) });
  expect(await sweep()).toEqual({ removed: 30 });
  expect(await sweep()).toEqual({ removed: 0 });
  expect(await readRun()).toMatchObject({
    deleted: 30,
    notices: [
      {
        code: 'short_listing',
        title:
          'Google Calendar listed 30 of 970 calendar events; the other 940 are still there and were kept.',
        remedy: expect.stringContaining('full sync'),
      },
    ],
  });
});

it.each([
  ['lags by a few', 100, 90, 'e0099', undefined],
  [
    'lacks more than a few',
    100,
    89,
    'e0099',
    'Google Calendar listed 89 of 100 calendar events; the other 11',
  ],
  ['is empty', 3, 0, 'e0002', 'Google Calendar listed 0 of 3 calendar events; they'],
  [
    'lacks a whole batch',
    250,
    50,
    'e0249',
    'Google Calendar listed 50 of 250 calendar events; the other 200',
  ],
])('a short listing is told apart from one that only lags: it %s', async (_, had, listed, last, title) => {
  const calendar = await openSynced(`of-${had}-${listed}`, ids(had));
  calendar.provider.pages = [ids(listed).map((id) => event(id))];
  calendar.provider.confirmGone = async () => ({ gone: [] });
  const { run } = await calendar.sync('full');
  expect(await calendar.shown()).toContain(last);
  const notices = title === undefined ? null : [{ title: expect.stringContaining(`${title} `) }];
  expect(run).toMatchObject({ deleted: 0, notices });
});

it('what lives on under another id is not told as missing from a listing', async () => {
  const calendar = await openSynced('moved', ids(15));
  calendar.provider.pages = [[event('e0000'), ...ids(15).map((id) => event(`new-${id}`))]];
  calendar.provider.confirmGone = async ({ remoteIds }) => ({
    gone: [],
    renamed: remoteIds.map((id) => ({ ...event(`new-${id}`), formerRemoteIds: [id] }) as never),
  });
  const { run } = await calendar.sync('full');
  expect(run).toMatchObject({ deleted: 0, notices: null });
});

it('a provider that refuses to say what is gone is asked again by a call of its own; nothing goes before', async () => {
  const calendar = await openSynced('refused', ['a', 'b']);
  calendar.provider.pages = [[event('a')]];
  calendar.provider.confirmGone = async () => {
    throw new ProviderError({ kind: 'transient', message: 'Away for a moment.' });
  };
  const { result, sweep, goOn } = await calendar.sync('full');
  expect(result).toEqual({ next: 'sweep', read: 1 });
  expect(await calendar.shown()).toEqual(['a', 'b']);
  await expect(sweep()).rejects.toThrow('Away for a moment.');
  delete calendar.provider.confirmGone;
  expect(await sweep()).toEqual({ removed: 1 });
  expect(await calendar.shown()).toEqual(['a']);
  expect(await goOn()).toEqual({ next: 'done', read: 0 });
});

it('a later run that finishes the sweep of an earlier one reads the calendar after it', async () => {
  const calendar = await openSynced('left', ['a', 'b']);
  calendar.provider.pages = [[event('a')]];
  calendar.provider.confirmGone = async () => {
    throw new ProviderError({ kind: 'transient', message: 'Away for a moment.' });
  };
  expect((await calendar.sync('full')).result).toEqual({ next: 'sweep', read: 1 });
  delete calendar.provider.confirmGone;
  calendar.provider.pages = [[event('a', { title: 'changed since' }), event('c')]];
  const { result, goOn, readRun } = await calendar.sync('full');
  expect(result).toEqual({ next: 'more', read: 0 });
  expect(await goOn()).toEqual({ next: 'done', read: 2 });
  expect(await calendar.shown()).toEqual(['a', 'c']);
  expect(await readRun()).toMatchObject({ read: 2, created: 1, updated: 1, deleted: 1 });
});
