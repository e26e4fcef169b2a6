/** A database that is lost, or full, for a while: nothing is taken in, it is said why, and everything goes on by itself. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from './support/eventually.ts';
import { type SyncWorld, startSyncWorld } from './sync/sync-world.ts';

let world: SyncWorld;
let id: string;

beforeAll(async () => {
  world = await startSyncWorld();
  await world.reset();
  id = await world.connect('google-contacts');
});
afterAll(() => world?.stop());

const readiness = async () => {
  const { status, body } = await world.asUser.get('/readyz');
  return { status, checks: body?.checks };
};
const startSync = () => world.asUser.post(`/v1/integrations/${id}/sync`, { body: { mode: 'incremental' } });

async function expectRecovered(): Promise<void> {
  await eventually(readiness, ({ status }) => status === 200);
  const begun = await eventually(startSync, ({ status }) => status === 202);
  expect(await world.runEnded(id, begun.body.runId)).toMatchObject({ status: 'succeeded' });
}

/** The server processes of API and worker, which keep answering while the postmaster is stopped. */
async function backends(): Promise<number[]> {
  const rows = await world.sql<{ pid: number }[]>`
    select pid from pg_stat_activity where application_name like 'harmony-%'`;
  return rows.map(({ pid }) => pid);
}

it('lost: not ready, 503 with the reason and a remedy, then everything goes on', async () => {
  const postmaster = world.stack.running.pids.postgres as number;
  const serving = await backends();
  process.kill(postmaster, 'SIGSTOP');
  try {
    for (const pid of serving) process.kill(pid, 'SIGTERM');
    expect(await eventually(readiness, ({ status }) => status === 503)).toEqual({
      status: 503,
      checks: { database: false, temporal: true },
    });
    const { status, headers, body } = await startSync();
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('5');
    expect(body).toMatchObject({ code: 'upstream_unavailable', detail: expect.stringContaining('database') });
    expect(body.remedy).toBeTruthy();
  } finally {
    process.kill(postmaster, 'SIGCONT');
  }
  await expectRecovered();
});

it('full or read-only: refuses what would be written, still reads, then everything goes on', async () => {
  const switchTo = async (state: 'on' | 'off') => {
    await world.sql.unsafe(`alter system set default_transaction_read_only = ${state}`);
    await world.sql`select pg_reload_conf()`;
  };
  await switchTo('on');
  try {
    expect(await eventually(readiness, ({ status }) => status === 503)).toMatchObject({
      checks: { database: false, temporal: true },
    });
    const { status, headers, body } = await startSync();
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('30');
    expect(body.detail).toContain('its disk is full or it is read-only');
    expect(body.remedy).toContain('frees space');
    expect((await world.asUser.get('/v1/contacts')).status).toBe(200);
  } finally {
    await switchTo('off');
  }
  await expectRecovered();
});
