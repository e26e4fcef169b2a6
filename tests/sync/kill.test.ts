/** Processes that die in the middle of a sync: it ends well, and every record is there once. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ProcessName } from '../../dev/running-file.ts';
import { eventually } from '../support/eventually.ts';
import { differences, localContacts, readableContacts, remoteContacts } from './records.ts';
import { type SyncWorld, startSyncWorld } from './sync-world.ts';

const people = 6000;
const timeoutMs = 240_000;
let world: SyncWorld;

beforeAll(async () => {
  world = await startSyncWorld();
});
afterAll(() => world?.stop());
beforeEach(async () => {
  await world.reset({ contacts: people });
  // Each page takes its time, so that a kill hits a sync that has begun and is far from done.
  await world.addFault({ path: '/v1/people/me/connections', fault: { kind: 'delay', ms: 800 } });
});
afterEach(() => world.removeAll());

const pagesDone = async (id: string): Promise<number> => {
  const [row] = await world.sql<{ pages: number; listing: string | null }[]>`
    select listing_pages as pages, listing_id as listing from stream_cursors
    where integration_id = ${id} and stream = 'contacts'`;
  return row?.pages ?? 0;
};

async function firstSyncUnderWay(): Promise<{ id: string; runId: string }> {
  const id = await world.driver.connect('google-contacts');
  await eventually(
    () => pagesDone(id),
    (pages) => pages >= 1,
  );
  const [run] = await world.sql<{ id: string }[]>`select id from runs where integration_id = ${id}`;
  return { id, runId: run?.id as string };
}

/** Everything is there once, and the run counted each record once. */
async function expectAllOnce(id: string, runId: string): Promise<void> {
  const run = await world.runEnded(id, runId);
  expect(run).toMatchObject({ status: 'succeeded' });
  const remote = await remoteContacts(world);
  expect(remote).toHaveLength(people);
  expect(differences(await localContacts(world, id), remote)).toEqual({
    twice: [],
    missing: [],
    surplus: [],
  });
  expect(await readableContacts(world, id)).toBe(people);
  const [lists] = await world.sql<{ count: number }[]>`
    select count(*)::int as count from list_links where integration_id = ${id}`;
  const all = people + (lists?.count ?? 0);
  expect(run.counts).toMatchObject({ read: all, created: all, updated: 0, deleted: 0, unchanged: 0 });
  const [orphans] = await world.sql<{ count: number }[]>`
    select count(*)::int as count from contacts c
    where not exists (select from contact_links l where l.contact_id = c.id)`;
  expect(orphans?.count).toBe(0);
}

describe('kill -9 in the middle of a first sync', () => {
  it(
    'of the worker, twice: every record is there exactly once, and the counts are exact',
    async () => {
      const { id, runId } = await firstSyncUnderWay();
      for (let round = 0; round < 2; round += 1) {
        const before = await pagesDone(id);
        await world.stack.kill('worker');
        expect(await pagesDone(id)).toBeLessThan(people / 1000);
        await world.stack.ready('worker');
        await eventually(
          () => pagesDone(id),
          (pages) => pages > before,
        );
      }
      await expectAllOnce(id, runId);
    },
    timeoutMs,
  );

  it(
    'a database that comes back without its last commits: the run reads them again',
    async () => {
      const { id, runId } = await firstSyncUnderWay();
      // What a failover to a replica that lagged, or a crash without synchronous commits, leaves behind.
      await world.sql.begin(async (sql) => {
        await sql`update stream_cursors set listing_pages = 0, listing_position = null, listing_done = 0,
          record_count = 0 where integration_id = ${id} and stream = 'contacts'`;
        await sql`delete from contacts`;
        await sql`delete from contact_links`;
        // The groups, which are read before the contacts, were committed earlier and stay.
        await sql`update runs set (read, created) = (select count(*), count(*) from list_links
          where integration_id = ${id}) where id = ${runId}`;
      });
      await expectAllOnce(id, runId);
    },
    timeoutMs,
  );

  it.each(['postgres', 'temporal', 'sandbox', 'api'] as const)(
    'of %s: the sync ends well and everything is there once',
    async (name: ProcessName) => {
      const { id, runId } = await firstSyncUnderWay();
      await world.stack.kill(name);
      await world.stack.ready(name);
      await expectAllOnce(id, runId);
    },
    timeoutMs,
  );
});
