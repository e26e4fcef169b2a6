/** A calendar that is unticked: its events go, and are all back once it is ticked again, whatever broke off in between. */
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listingMarks } from '../db/schema/index.ts';
import { createTestDatabase, ensureOwner, type TestDatabase } from './support/postgres.ts';
import { event, openScriptedCalendar } from './support/scripted-calendar.ts';

let database: TestDatabase;
let owner: { workspaceId: string; userId: string };

beforeAll(async () => {
  database = await createTestDatabase();
  owner = await ensureOwner(database.db);
});
afterAll(() => database.close());

async function openSynced(name: string) {
  const calendar = await openScriptedCalendar(database.db, owner, name);
  calendar.provider.pages = [[event('a'), event('b')]];
  await calendar.sync('incremental');
  const shown = async () => (await calendar.stored()).rows.map(({ remoteId }) => remoteId);
  return { ...calendar, shown };
}

it('is read whole again where it is ticked after a run broke off amid the removal of its events', async () => {
  const calendar = await openSynced('broken');
  await calendar.tick(false);
  await database.db.execute(sql`
    create function refuse() returns trigger language plpgsql as $$ begin raise exception 'cut off'; end $$`);
  await database.db.execute(sql`
    create trigger cut_off before delete on stream_cursors for each row execute function refuse()`);
  await expect(calendar.purge()).rejects.toThrow();
  await database.db.execute(sql`drop trigger cut_off on stream_cursors`);
  expect(await calendar.shown()).toEqual([]);
  await calendar.tick(true);
  const { result } = await calendar.sync('incremental');
  expect(result).toEqual({ next: 'done', read: 2 });
  expect(calendar.provider.asked.at(-1), 'a complete listing').toBeNull();
  expect(await calendar.shown()).toEqual(['a', 'b']);
  expect((await calendar.stored()).cursor).toMatchObject({ recordCount: 2 });
});

it('leaves nothing of a listing that it broke off', async () => {
  const calendar = await openSynced('marks');
  calendar.provider.pages = [[event('a')], [event('b')]];
  const { run } = await calendar.sync('full');
  expect(run).toMatchObject({ unchanged: 2 });
  await database.db.insert(listingMarks).values({
    ...{ integrationId: 'int_marks', listingId: 'broken-off', stream: 'events', collectionId: 'col_marks' },
    ...{ page: 0, remoteIds: ['a'] },
  });
  await calendar.tick(false);
  await calendar.purge();
  expect(await calendar.stored()).toEqual({ rows: [], cursor: undefined });
  expect(await database.db.$count(listingMarks)).toBe(0);
});
