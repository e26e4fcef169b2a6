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
