/** A database that is lost, or full, for a while: nothing is taken in, it is said why, and everything goes on by itself. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, type SyncWorld, startSyncWorld } from './sync/sync-world.ts';

let world: SyncWorld;
let id: string;

beforeAll(async () => {
  world = await startSyncWorld();
  await world.reset();
  id = await world.connect('google-contacts');
});
afterAll(() => world?.stop());

interface Problem {
  readonly code?: string;
  readonly detail?: string;
  readonly remedy?: string;
}

async function ask(
  method: string,
  path: string,
  body?: object,
): Promise<{ response: Response; body: Problem }> {
  const { apiUrl, workspaceKey, userId } = world.stack.running;
  const response = await fetch(apiUrl + path, {
    method,
    headers: {
      authorization: `Bearer ${workspaceKey}`,
      'harmony-user': userId,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { response, body: (await response.json()) as Problem };
}

const readiness = async () => {
  const { response, body } = await ask('GET', '/readyz');
  return { status: response.status, checks: (body as { checks?: object }).checks };
};
const startSync = () => ask('POST', `/v1/integrations/${id}/sync`, { mode: 'incremental' });

async function expectRecovered(): Promise<void> {
  await eventually(readiness, ({ status }) => status === 200);
  const begun = await eventually(startSync, ({ response }) => response.status === 202);
  const { runId } = begun.body as { runId: string };
  expect(await world.runEnded(id, runId)).toMatchObject({ status: 'succeeded' });
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
    const { response, body } = await startSync();
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
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
    const { response, body } = await startSync();
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('30');
    expect(body.detail).toContain('its disk is full or it is read-only');
    expect(body.remedy).toContain('frees space');
    expect((await ask('GET', '/v1/contacts')).response.status).toBe(200);
  } finally {
    await switchTo('off');
  }
  await expectRecovered();
});
