/** The database's disk is really full: what can't be kept is refused and says why, nothing is lost, and all goes on by itself. */
import { symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keepSecret, makePassword, openHome } from '../dev/home.ts';
import { createCluster, findPostgresBinaries } from '../dev/postgres-cluster.ts';
import { choosePostgresIdentity } from '../dev/postgres-identity.ts';
import type { Answer } from './api/client.ts';
import { eventually } from './support/eventually.ts';
import { mountSmallDisk } from './support/small-disk.ts';
import { ada, type SyncWorld, startSyncWorld } from './sync/sync-world.ts';

/** Room for the cluster and some log segments of 16 MiB. */
const disk = mountSmallDisk(256);
if (disk === undefined) console.warn('tests/full-disk.test.ts: skipped, no file system may be mounted here.');

let world: SyncWorld;
let id: string;

beforeAll(async () => {
  if (disk === undefined) return;
  world = await startSyncWorld({}, (home) => putClusterOn(disk.folder, home));
  await world.reset();
  id = await world.connect('google-contacts');
});
afterAll(async () => {
  disk?.free();
  await world?.stop();
  disk?.remove();
});

/** PostgreSQL's data on that disk; everything else stays where it is. */
async function putClusterOn(folder: string, homeFolder: string): Promise<void> {
  const home = openHome(homeFolder);
  const cluster = join(folder, 'postgres');
  const { initdb, postgres } = await findPostgresBinaries();
  const identity = choosePostgresIdentity([dirname(postgres), folder], cluster);
  const password = keepSecret(home, 'postgres-password', makePassword);
  await createCluster({ cluster, user: 'harmony', password, initdb, identity, durable: false });
  symlinkSync(cluster, home.path('postgres'));
}

/** Makes contacts until one is refused; what was made, and the refusal. */
async function makeContactsUntilRefused(): Promise<{ made: string[]; refused: Answer }> {
  const made: string[] = [];
  for (;;) {
    const notes = `${made.length} ${'all work and no play '.repeat(400)}`;
    const body = { firstName: `Number ${made.length}`, notes };
    const answer = await world.asUser.post('/v1/contacts', { body });
    if (answer.status !== 201) return { made, refused: answer };
    made.push(answer.body.id);
  }
}

it.skipIf(disk === undefined)(
  'refuses what it can not keep, says so, loses nothing that it took, and goes on once there is room',
  async () => {
    disk?.fill();
    const notReady = await eventually(
      () => world.asUser.get('/readyz'),
      ({ status }) => status === 503,
    );
    expect(notReady.body).toMatchObject({
      checks: { database: false, temporal: true },
      reason: expect.stringContaining('disk is full'),
    });
    const { made, refused } = await makeContactsUntilRefused();
    expect(refused.headers.get('retry-after')).toBe('30');
    expect(refused).toMatchObject({
      status: 503,
      body: { code: 'upstream_unavailable', detail: expect.stringContaining('its disk is full') },
    });
    expect((await world.asUser.get('/v1/contacts?limit=10')).status).toBe(200);
    await world.driver.control('POST', `${ada}/contacts`, {
      names: [{ givenName: 'Came', familyName: 'Meanwhile' }],
    });

    disk?.free();
    await eventually(
      () => world.asUser.get('/readyz'),
      ({ status }) => status === 200,
    );
    const begun = await eventually(
      () => world.asUser.post(`/v1/integrations/${id}/sync`, { body: { mode: 'incremental' } }),
      ({ status }) => status === 202,
    );
    expect(await world.runEnded(id, begun.body.runId)).toMatchObject({ status: 'succeeded' });
    for (const contactId of made)
      expect((await world.asUser.get(`/v1/contacts/${contactId}`)).status).toBe(200);
    const [came] = await world.sql`select 1 from contacts where last_name = 'Meanwhile'`;
    expect(came).toBeDefined();
  },
);
