/** Pushes: verified, taken in once, and announced once until a sync takes them up. */
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { ArbiterClient } from '../../api/arbiter-client.ts';
import { takePush } from '../../db/queries/webhook-inbox.ts';
import { integrations, streamCursors, webhookInbox } from '../../db/schema/index.ts';
import { type SeededIntegration, seedIntegration } from './rows.ts';
import { type ApiWorld, openApiWorld } from './world.ts';

let world: ApiWorld;
let mine: SeededIntegration;
const announced: string[] = [];

beforeAll(async () => {
  world = await openApiWorld({ parts: 'api' });
  const arbiter = world.deps.arbiter as { -readonly [Name in keyof ArbiterClient]: ArbiterClient[Name] };
  // Only counted here; that the signal arrives is proven with Temporal in tests/workflows.
  arbiter.announcePush = async ({ integrationId }) => void announced.push(integrationId);
});
afterAll(() => world.close());
beforeEach(async () => {
  mine = await seedIntegration(world.database.db, world.ada);
  announced.length = 0;
});

const push = (headers: Record<string, string>, options: { body?: string; provider?: string } = {}) =>
  world.stranger.post(`/webhooks/${options.provider ?? 'google-calendar'}`, {
    headers: {
      'x-goog-channel-id': mine.channelId,
      'x-goog-channel-token': mine.channelToken,
      'x-goog-resource-state': 'exists',
      'x-goog-message-number': '2',
      ...headers,
    },
    ...(options.body === undefined ? {} : { body: options.body }),
  });

async function readMarks() {
  const { db } = world.database;
  const [row] = await db.select().from(integrations).where(eq(integrations.id, mine.id));
  const [cursor] = await db.select().from(streamCursors).where(eq(streamCursors.integrationId, mine.id));
  const inbox = await db.select().from(webhookInbox).where(eq(webhookInbox.integrationId, mine.id));
  return { dirty: row?.dirty, streamDirty: cursor?.dirty, inbox: inbox.length };
}

it('marks the calendar and announces the first push, not the ones that follow before a sync', async () => {
  expect((await push({})).status).toBe(204);
  expect((await push({ 'x-goog-message-number': '3' })).status).toBe(204);
  expect(await readMarks()).toEqual({ dirty: true, streamDirty: true, inbox: 2 });
  expect(announced).toEqual([mine.id]);
});

it('takes a repeated delivery in once', async () => {
  await push({});
  await world.database.db.update(integrations).set({ dirty: false }).where(eq(integrations.id, mine.id));
  expect((await push({})).status).toBe(204);
  expect(await readMarks()).toMatchObject({ dirty: false, inbox: 1 });
  expect(announced).toHaveLength(1);
});

it('announces each of many at once exactly once', async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, number) => push({ 'x-goog-message-number': String(number + 10) })),
  );
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([204]));
  expect(await readMarks()).toMatchObject({ inbox: 20 });
  expect(announced).toHaveLength(1);
});

it('marks nothing when a channel says that it is open', async () => {
  expect((await push({ 'x-goog-resource-state': 'sync', 'x-goog-message-number': '1' })).status).toBe(204);
  expect(await readMarks()).toEqual({ dirty: false, streamDirty: false, inbox: 0 });
});

it('refuses forged tokens, missing headers, unknown channels, other providers and large bodies, and marks nothing', async () => {
  const other = await seedIntegration(world.database.db, world.eve);
  expect(await push({ 'x-goog-channel-token': 'forged' })).toMatchObject({
    status: 401,
    body: { code: 'push_refused' },
  });
  expect((await push({ 'x-goog-channel-token': other.channelToken })).status).toBe(401);
  expect((await push({ 'x-goog-channel-token': '' })).status).toBe(401);
  expect((await push({ 'x-goog-message-number': 'x' })).status).toBe(400);
  expect((await push({ 'x-goog-channel-id': 'nobody' })).status).toBe(404);
  expect((await push({}, { provider: 'google-contacts' })).status).toBe(404);
  expect((await push({}, { provider: 'fax' })).status).toBe(404);
  expect((await push({}, { body: 'x'.repeat(5 * 1024 * 1024 + 1) })).status).toBe(413);
  expect(await readMarks()).toEqual({ dirty: false, streamDirty: false, inbox: 0 });
  expect(announced).toEqual([]);
});

it('answers 404 for the channel of a deleted integration, so that the provider drops it', async () => {
  await world.database.db
    .update(integrations)
    .set({ deletingAt: new Date().toISOString() })
    .where(eq(integrations.id, mine.id));
  expect((await push({})).status).toBe(404);
});

it("marks what an account's push names by the provider's own ids, and nothing else", async () => {
  const target = { integrationId: mine.id, workspaceId: world.ada.workspaceId, provider: 'google-calendar' };
  const take = (deliveryId: string, ...remoteCollectionIds: string[]) =>
    takePush(world.database.db, { target, deliveryId, scope: { remoteCollectionIds } });
  expect(await take(`${mine.id}-1`, 'other')).toBe(true);
  expect(await readMarks()).toEqual({ dirty: true, streamDirty: false, inbox: 1 });
  expect(await take(`${mine.id}-2`, 'other', 'primary')).toBe(false);
  expect(await readMarks()).toEqual({ dirty: true, streamDirty: true, inbox: 2 });
});
