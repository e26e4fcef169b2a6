/** Refresh List beside the line of operations: whose answer holds, and what becomes of a look that came to nothing. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ProviderError, type RemoteCollection } from '../providers/contract/index.ts';
import { createTestDatabase, ensureOwner, type TestDatabase } from './support/postgres.ts';
import { openScriptedCalendar } from './support/scripted-calendar.ts';

let database: TestDatabase;
let owner: { workspaceId: string; userId: string };

beforeAll(async () => {
  database = await createTestDatabase();
  owner = await ensureOwner(database.db);
});
afterAll(() => database.close());

const calendars = (...names: string[]): RemoteCollection[] =>
  names.map((name) => ({ remoteId: name === 'Cal' ? 'cal' : name, name, subscribedByDefault: false }));

it('an answer that comes after a later one puts nothing back as it was before', async () => {
  const calendar = await openScriptedCalendar(database.db, owner, 'older');
  const asked = Promise.withResolvers<void>();
  const late = Promise.withResolvers<RemoteCollection[]>();
  calendar.provider.listCollections = () => {
    asked.resolve();
    return late.promise;
  };
  const earlier = calendar.refreshList();
  await asked.promise;
  calendar.provider.listCollections = async () => calendars('Cal', 'New');
  expect(await calendar.refreshList()).toEqual({ added: 1, renamed: 0, missing: 0 });
  late.resolve(calendars('Cal', 'Deleted'));
  expect(await earlier).toEqual({ added: 0, renamed: 0, missing: 0 });
  expect(await calendar.listed()).toEqual(['Cal', 'New']);
});

it('a list that could not be read after a push told of it is read by the next sync', async () => {
  const calendar = await openScriptedCalendar(database.db, owner, 'failed');
  calendar.provider.listCollections = async () => calendars('Cal');
  calendar.provider.pages = [[]];
  await calendar.refreshList();
  await calendar.sync('incremental');
  expect(await calendar.check(), 'nothing is new').toBe(false);
  calendar.provider.listCollections = async () => {
    throw new ProviderError({ kind: 'transient', message: 'Away for a moment.' });
  };
  await expect(calendar.refreshList()).rejects.toThrow('Away for a moment.');
  expect(await calendar.check(), 'the list is to be read').toBe(true);
  calendar.provider.listCollections = async () => calendars('Cal', 'New');
  await calendar.refreshList();
  expect(await calendar.check()).toBe(false);
  expect(await calendar.listed()).toEqual(['Cal', 'New']);
});
