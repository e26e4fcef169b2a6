/** Keys that are changed while everything runs; what a person's export holds; what is forgotten in time; who did what. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pruneOld } from '../../activities/reconcile/prune-old.ts';
import { newId } from '../../db/ids.ts';
import { loadCredential, storeCredential, storeRefreshed } from '../../db/queries/credentials.ts';
import { pruneHiddenDocuments } from '../../db/queries/documents.ts';
import { pruneEvents, publishEvent } from '../../db/queries/integration-events.ts';
import { resealCredentials } from '../../db/queries/reseal.ts';
import { pruneRuns } from '../../db/queries/runs.ts';
import { pruneTombstones } from '../../db/queries/tombstones.ts';
import { pruneInbox } from '../../db/queries/webhook-inbox.ts';
import {
  contactPlans,
  contactWork,
  contactWrites,
  grantLeases,
  oauthAttempts,
  runs,
} from '../../db/schema/index.ts';
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
  const current = await loadCredential(db, during, refreshed);
  if (current === undefined) throw new Error('no credential');
  expect(await resealCredentials(db, during, 100)).toBe(5);
  const tokens = { ...current.tokens, accessToken: 'refreshed meanwhile' };
  const { version } = current;
  await storeRefreshed(db, during, { integrationId: refreshed, version, tokens });
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

it('forgets deliveries, events, unreadable documents and tombstones after their time, and not before', async () => {
  const { db, sql } = world.database;
  const { id, contactId, listId, documentId } = await seedIntegration(db, world.ada);
  const of = async (query: Promise<readonly { n: number }[]>) => (await query)[0]?.n;
  const counts = async () => ({
    inbox: await of(sql`select count(*)::int as n from webhook_inbox where integration_id = ${id}`),
    events: await of(sql`select count(*)::int as n from integration_events where integration_id = ${id}`),
    documents: await of(sql`select count(*)::int as n from documents where id = ${documentId}`),
    links: await of(sql`select count(*)::int as n from contact_links where integration_id = ${id}`),
    lists: await of(sql`select count(*)::int as n from list_links where integration_id = ${id}`),
  });
  await sql`insert into webhook_inbox values ('google-calendar', ${`of ${id}`}, ${id}, now() - interval '8 days')`;
  await publishEvent(db, { integrationId: id, type: 'phase', data: {} });
  await sql`update integration_events set at = now() - interval '2 days' where integration_id = ${id}`;
  await sql`update documents set hidden_at = now() - interval '31 days' where id = ${documentId}`;
  for (const table of ['contact_links', 'list_links'])
    await sql`update ${sql(table)} set tombstoned_at = now() - interval '91 days' where integration_id = ${id}`;
  const prune = async (retention: ReturnType<typeof readRetention>) => {
    await pruneInbox(db, retention.inboxMs);
    await pruneEvents(db, retention.eventsMs);
    await pruneHiddenDocuments(db, retention.hiddenMs);
    await pruneTombstones(db, retention.tombstonesMs);
  };
  await prune(
    readRetention({
      ...{ HARMONY_KEEP_INBOX_DAYS: '9', HARMONY_KEEP_EVENTS_DAYS: '3', HARMONY_KEEP_HIDDEN_DAYS: '32' },
      HARMONY_KEEP_TOMBSTONES_DAYS: '92',
    }),
  );
  expect(await counts()).toEqual({ inbox: 1, events: 1, documents: 1, links: 1, lists: 1 });
  await prune(readRetention({}));
  expect(await counts(), 'kept without a counterpart').toEqual({
    ...{ inbox: 0, events: 0, documents: 0, links: 1, lists: 1 },
  });
  await sql`update contacts set archived_at = now() where id = ${contactId}`;
  await sql`update contact_lists set archived_at = now() where id = ${listId}`;
  await prune(readRetention({}));
  expect(await counts()).toMatchObject({ links: 0, lists: 0 });
  expect(() => readRetention({ HARMONY_KEEP_TOMBSTONES_DAYS: '7' })).toThrow();
});

it('forgets sign-ins, settled writes, ended plans and work of nobody after their time, and not before', async () => {
  const { db } = world.database;
  const { id: integrationId } = await seedIntegration(db, world.ada);
  for (const table of [contactPlans, contactWork, contactWrites, oauthAttempts]) await db.delete(table);
  const daysAgo = (days: number) => new Date(Date.now() - days * 24 * 60 * 60 * 1000).toISOString();
  const write = (what: string, more: Partial<typeof contactWrites.$inferInsert>) => ({
    // By their ids they were made in 2001.
    ...({ id: `op_00e4${what}`, integrationId, runId: 'run', recordId: what, kind: 'update' } as const),
    ...{ localVersion: 1, operation: {}, settledAt: daysAgo(91), ...more },
  });
  await db
    .insert(contactWrites)
    .values([
      write('acked', { state: 'acked' }),
      write('replaced', { state: 'dropped' }),
      write('recent', { state: 'acked', settledAt: daysAgo(89) }),
      write('open', { state: 'unknown', settledAt: null }),
      write('lost create', { kind: 'create', state: 'dropped', sentAt: daysAgo(91) }),
      write('given up', { kind: 'delete', state: 'dropped', sentAt: daysAgo(91) }),
      write('new', { id: newId('op'), state: 'acked', settledAt: daysAgo(1) }),
    ]);
  const plan = (id: string, status: 'applied' | 'rejected' | 'stale' | 'failed' | 'ready', days: number) => ({
    ...({ id, integrationId, status, reason: 'direction', syncDirection: 'bidirectional' } as const),
    ...{ mappingVersion: 1, createdAt: daysAgo(days) },
  });
  await db
    .insert(contactPlans)
    .values([
      ...(['applied', 'rejected', 'stale', 'failed', 'ready'] as const).map((status) =>
        plan(status, status, 91),
      ),
      plan('recent', 'stale', 89),
    ]);
  const attempt = (id: string, days: number) => ({
    ...({ id, integrationId, purpose: 'connect', stateHash: id, hopHash: id, keyId: 'k' } as const),
    ...{ sealedVerifier: '', expiresAt: daysAgo(days) },
  });
  await db.insert(oauthAttempts).values([attempt('old', 1.1), attempt('recent', 0.9)]);
  const work = (of: string) => ({ integrationId: of, kind: 'member', key: 'con_1/lst_1' }) as const;
  await db.insert(contactWork).values([work(integrationId), work('int_gone')]);
  const lease = (key: string, minutes: number) => ({ key, holder: key, until: daysAgo(minutes / 24 / 60) });
  await db.insert(grantLeases).values([lease('forgotten', 11), lease('taken over after an outage', 9)]);

  await pruneOld({ db });

  const left = await db.select({ record: contactWrites.recordId }).from(contactWrites);
  expect(left.map(({ record }) => record).sort()).toEqual([
    'given up',
    'lost create',
    'new',
    'open',
    'recent',
  ]);
  const plans = await db.select({ id: contactPlans.id }).from(contactPlans);
  expect(plans.map(({ id }) => id).sort()).toEqual(['ready', 'recent']);
  expect(await db.select({ id: oauthAttempts.id }).from(oauthAttempts)).toEqual([{ id: 'recent' }]);
  expect(await db.select().from(contactWork)).toMatchObject([{ integrationId }]);
  const leases = await db.select({ key: grantLeases.key }).from(grantLeases);
  expect(leases.map(({ key }) => key)).toEqual(['taken over after an outage']);
});
