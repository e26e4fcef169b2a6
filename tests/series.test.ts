/** Series and their exceptions: which of them go together, and which stay. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, ensureOwner, type TestDatabase } from './support/postgres.ts';
import { event, openScriptedCalendar } from './support/scripted-calendar.ts';

let database: TestDatabase;
let owner: { workspaceId: string; userId: string };

beforeAll(async () => {
  database = await createTestDatabase();
  owner = await ensureOwner(database.db);
});
afterAll(() => database.close());

const master = event('s', { recurrence: ['RRULE:FREQ=WEEKLY'] });
const exception = (id: string, fields: Parameters<typeof event>[1] = {}) =>
  event(id, { seriesRemoteId: 's', ...fields });

async function openSynced(name: string) {
  const calendar = await openScriptedCalendar(database.db, owner, name);
  calendar.provider.pages = [[event('a'), master, exception('s_1'), exception('s_2')]];
  await calendar.sync('incremental');
  const shown = async () => (await calendar.stored()).rows.map(({ remoteId }) => remoteId);
  const count = async () => (await calendar.stored()).cursor?.recordCount;
  return { ...calendar, shown, count };
}

it('the exceptions of a series that is deleted go with it', async () => {
  const calendar = await openSynced('gone');
  calendar.provider.pages = [[]];
  calendar.provider.deletions = [['s']];
  await calendar.sync('incremental');
  expect(await calendar.shown()).toEqual(['a']);
  expect(await calendar.count()).toBe(1);
});

it.each([
  ['an increment', 'incremental', [['s']]],
  ['a complete listing', 'full', []],
] as const)(
  'who is invited to one date of it alone from now on keeps that: %s',
  async (_, mode, deletions) => {
    const calendar = await openSynced(`one-${mode}`);
    calendar.provider.pages = [[event('a'), exception('s_1', { title: 'only this one' })]];
    calendar.provider.deletions = deletions;
    await calendar.sync(mode);
    expect(await calendar.shown()).toEqual(['a', 's_1']);
    expect(await calendar.count()).toBe(2);
  },
);
