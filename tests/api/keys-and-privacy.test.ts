/** Keys that are changed while everything runs; what a person's export holds; what is forgotten in time; who did what. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadCredential, refreshUnderLock, storeCredential } from '../../db/queries/credentials.ts';
import { resealCredentials } from '../../db/queries/reseal.ts';
import { pruneRuns } from '../../db/queries/runs.ts';
import { runs } from '../../db/schema/index.ts';
import { createSealer } from '../../db/sealing.ts';
import { readRetention } from '../../worker/settings.ts';
import { createClient } from './client.ts';
import { type SeededIntegration, seedIntegration } from './rows.ts';
import { type ApiWorld, openApiWorld } from './world.ts';

let world: ApiWorld;
let mine: SeededIntegration;

beforeAll(async () => {
  world = await openApiWorld({ parts: 'api' });
  mine = await seedIntegration(world.database.db, world.ada);
});
afterAll(() => world.close());

const encryptionKey = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;

it('seals everything under a new key while old and new are read, and loses no refresh in between', async () => {
  const { db } = world.database;
  const [k1, k2] = [encryptionKey('k1'), encryptionKey('k2')];
  const before = createSealer(k1);
  const during = createSealer(`${k2},${k1}`);
  const after = createSealer(k2);
  const ids: string[] = [];
  for (let index = 0; index < 5; index += 1) {
    const { id } = await seedIntegration(db, world.ada);
    ids.push(id);
    await storeCredential(db, before, {
      integrationId: id,
      grantKey: `g:${id}`,
      tokens: { accessToken: id },
    });
  }
  const [refreshed = ''] = ids;
  const slow = refreshUnderLock(db, during, refreshed, async ({ tokens }) => {
    expect(await resealCredentials(db, during, 100), 'all but the one under its lock').toBe(4);
    return { ...tokens, accessToken: 'refreshed meanwhile' };
  });
  await slow;
  expect(await resealCredentials(db, during, 100)).toBe(0);
  for (const id of ids) {
    const credential = await loadCredential(db, after, id);
    expect(credential?.tokens.accessToken).toBe(id === refreshed ? 'refreshed meanwhile' : id);
  }
});

it('replaces a workspace key by a second one without a gap, and never revokes the last', async () => {
  const made = await world.eve.asWorkspace.post('/v1/api-keys', { body: { name: 'second' } });
  expect(made.status).toBe(201);
  const second = createClient(world.url, { authorization: `Bearer ${made.body.key}` });
  const listed = await second.get('/v1/api-keys');
  expect(listed.text).not.toContain(made.body.key);
  const first = listed.body.data.find(({ id }: { id: string }) => id !== made.body.id);
  expect((await second.get('/v1/session')).status).toBe(200);
  expect((await world.eve.asWorkspace.get('/v1/session')).status).toBe(200);
  expect((await second.delete(`/v1/api-keys/${first.id}`)).status).toBe(204);
  expect((await world.eve.asWorkspace.get('/v1/session')).status).toBe(401);
  expect(await second.delete(`/v1/api-keys/${first.id}`)).toMatchObject({ status: 404 });
  const last = await second.delete(`/v1/api-keys/${made.body.id}`);
  expect(last).toMatchObject({ status: 409, body: { code: 'conflict' } });
  expect((await second.get('/v1/session')).status).toBe(200);
  const { body } = await second.get('/v1/audit-log?limit=1');
  expect(body.data[0]).toMatchObject({
    action: 'api-key.revoke',
    target: first.id,
    actor: `key:${made.body.id}`,
  });
  const rest = await second.get(`/v1/audit-log?cursor=${body.nextCursor}`);
  expect(rest.body).toMatchObject({ data: [{ action: 'api-key.create' }], nextCursor: null });
});

it('exports all of one user and nothing else, without any secret', async () => {
  const other = await seedIntegration(world.database.db, { ...world.ada, userId: world.ada.otherUserId });
  const tokens = { accessToken: 'very-secret-token' };
  await storeCredential(world.database.db, world.deps.sealer, {
    integrationId: mine.id,
    grantKey: 'g',
    tokens,
  });
  const answer = await world.ada.asUser.get('/v1/export');
  expect(answer.status).toBe(200);
  const lines = answer.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { table: string });
  const tables = new Set(lines.map(({ table }) => table));
  for (const table of [
    'users',
    'integrations',
    'contacts',
    'calendar_events',
    'tasks',
    'documents',
    'runs',
  ]) {
    expect([...tables]).toContain(table);
  }
  const named = [mine.contactId, mine.taskId, mine.documentId, mine.conflictId, mine.planId, mine.runId];
  for (const id of named) expect(answer.text).toContain(id);
  for (const id of [other.id, other.contactId, world.eve.workspaceId]) expect(answer.text).not.toContain(id);
  expect(answer.text).not.toMatch(/token_hash|very-secret-token|"sealed"/);
  expect(lines.filter(({ table }) => table === 'users')).toHaveLength(1);
  expect((await world.ada.asWorkspace.get('/v1/export')).body).toMatchObject({ code: 'user_required' });
});

it('forgets runs after their time, but never the newest of an integration', async () => {
  const { db } = world.database;
  const { id } = await seedIntegration(db, world.ada);
  await db.delete(runs);
  const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString();
  const run = (name: string, ago: number) => ({
    ...{ id: name, integrationId: id, operationId: name, mode: 'full' as const, trigger: 'manual' as const },
    ...{ workflowId: name, startedAt: day(ago), finishedAt: day(ago), status: 'succeeded' as const },
  });
  await db.insert(runs).values([run('oldest', 200), run('old', 100)]);
  const retention = readRetention({ HARMONY_KEEP_RUNS_DAYS: '90' });
  await pruneRuns(db, retention.runsMs);
  expect((await db.select({ id: runs.id }).from(runs)).map((row) => row.id)).toEqual(['old']);
  await db.insert(runs).values(run('new', 1));
  await pruneRuns(db, retention.runsMs);
  expect((await db.select({ id: runs.id }).from(runs)).map((row) => row.id)).toEqual(['new']);
});
