/** The event stream: a snapshot first, then what happens, and after a break what was missed. */
import { eq } from 'drizzle-orm';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ActivityDeps } from '../../activities/deps.ts';
import { createFinishRun } from '../../activities/sync/finish-run.ts';
import { liveEvents } from '../../api/contract/live-event.ts';
import { newId } from '../../db/ids.ts';
import { planFingerprint } from '../../db/queries/contact-plans.ts';
import { storeCredential } from '../../db/queries/credentials.ts';
import { publishEvent } from '../../db/queries/integration-events.ts';
import { hideIntegration } from '../../db/queries/integration-settings.ts';
import { changePhase } from '../../db/queries/integrations.ts';
import { beginRun } from '../../db/queries/runs.ts';
import { contactPlans, type integrations } from '../../db/schema/index.ts';
import { type SeededIntegration, seedIntegration } from './rows.ts';
import { type ApiWorld, openApiWorld } from './world.ts';

const until = (check: () => boolean | Promise<boolean>) => vi.waitUntil(check, { timeout: 20_000 });

let world: ApiWorld;
let mine: SeededIntegration;
const open = new Set<AbortController>();

beforeAll(async () => {
  world = await openApiWorld({ parts: 'api', env: { HARMONY_STREAMS_PER_CALLER: '3' } });
});
afterAll(() => world.close());
beforeEach(async () => {
  for (const controller of open) controller.abort();
  open.clear();
  mine = await seedIntegration(world.database.db, world.ada);
});

async function listen(headers: Record<string, string> = {}) {
  const controller = new AbortController();
  open.add(controller);
  const response = await fetch(`${world.url}/v1/integrations/${mine.id}/events`, {
    headers: { authorization: `Bearer ${world.ada.key}`, 'harmony-user': world.ada.userId, ...headers },
    signal: controller.signal,
  });
  const heard: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => heard.push(event) });
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  const ended = (async () => {
    for (;;) {
      const part = await reader?.read();
      if (part === undefined || part.done) return;
      parser.feed(decoder.decode(part.value, { stream: true }));
    }
  })().catch(() => undefined);
  const stop = async () => {
    controller.abort();
    await ended;
  };
  const names = () => heard.map((event) => event.event);
  return { response, heard, names, stop, ended };
}

const progress = (done: number) =>
  publishEvent(world.database.db, {
    integrationId: mine.id,
    type: 'progress',
    data: { runId: mine.runId, stream: 'events', done },
  });

it('begins with a snapshot and goes on with what happens, each in the shape of the contract', async () => {
  const stream = await listen();
  expect(stream.response.headers.get('content-type')).toContain('text/event-stream');
  await until(() => stream.heard.length === 1);
  await progress(1);
  await changePhase(world.database.db, mine.id, {
    phase: 'needs_reauth',
    attention: { code: 'x', title: 'y', remedy: 'z' },
  });
  await until(() => stream.heard.length === 4);
  expect(stream.names()).toEqual(['snapshot', 'progress', 'phase', 'attention']);
  for (const { event, data } of stream.heard) {
    liveEvents[event as keyof typeof liveEvents].parse(JSON.parse(data));
  }
  const ids = stream.heard.slice(1).map((event) => Number(event.id));
  expect(ids).toEqual([...ids].sort((a, b) => a - b));
  await stream.stop();
});

it('gives a client that comes back what it missed, in order, without a snapshot and without repeats', async () => {
  await progress(1);
  const first = await listen();
  await until(() => first.heard.length === 1);
  await progress(2);
  await until(() => first.heard.length === 2);
  const lastId = first.heard.at(-1)?.id ?? '';
  await first.stop();
  await progress(3);
  await progress(4);
  const second = await listen({ 'last-event-id': lastId });
  await progress(5);
  await until(() => second.heard.length === 3);
  expect(second.heard.map(({ data }) => JSON.parse(data).done)).toEqual([3, 4, 5]);
  expect(second.names()).toEqual(['progress', 'progress', 'progress']);
  await second.stop();
});

it('still delivers an event whose transaction commits after a later one', async () => {
  const stream = await listen();
  await until(() => stream.heard.length === 1);
  let commit = () => {};
  const held = new Promise<void>((resolve) => {
    commit = resolve;
  });
  let inserted = () => {};
  const isInserted = new Promise<void>((resolve) => {
    inserted = resolve;
  });
  const slow = world.database.db.transaction(async (tx) => {
    await publishEvent(tx, {
      integrationId: mine.id,
      type: 'run',
      data: { runId: mine.runId, status: 'succeeded' },
    });
    inserted();
    await held;
  });
  await isInserted;
  await progress(1);
  await until(() => stream.heard.length === 2);
  commit();
  await slow;
  await until(() => stream.heard.length === 3);
  expect(stream.names()).toEqual(['snapshot', 'progress', 'run']);
  await stream.stop();
});

it('hears nothing of another integration', async () => {
  const other = await seedIntegration(world.database.db, world.ada);
  const stream = await listen();
  await until(() => stream.heard.length === 1);
  await publishEvent(world.database.db, { integrationId: other.id, type: 'collections', data: {} });
  await progress(7);
  await until(() => stream.heard.length === 2);
  expect(stream.names()).toEqual(['snapshot', 'progress']);
  await stream.stop();
});

describe('phase and attention are told as the integration has them', () => {
  let path: string;
  const bothWays = { syncDirection: 'bidirectional', approvedDirection: 'bidirectional' } as const;
  const seedContacts = async (values: Partial<typeof integrations.$inferInsert>) => {
    mine = await seedIntegration(world.database.db, world.ada, { provider: 'google-contacts', ...values });
    path = `/v1/integrations/${mine.id}`;
  };
  const shown = async () => {
    const { phase, attention = null } = (await world.ada.asUser.get(path)).body;
    return { phase, attention };
  };
  const firstOf = async (stream: Awaited<ReturnType<typeof listen>>, name: string) => {
    await until(() => stream.names().includes(name));
    return JSON.parse(stream.heard.find(({ event }) => event === name)?.data ?? '');
  };

  it.each(['apply', 'reject'])('when a person decides on the plan of a parked run: %s', async (decision) => {
    const { db } = world.database;
    const attention = { code: 'run_parked', title: 'Many would go', remedy: 'Look at the plan' };
    await seedContacts({ ...bothWays, phase: 'parked', attention });
    const fingerprint = await planFingerprint(db, { integrationId: mine.id, userId: world.ada.userId });
    await db
      .update(contactPlans)
      .set({ reason: 'parked_run', fingerprint })
      .where(eq(contactPlans.id, mine.planId));
    const stream = await listen();
    await until(() => stream.heard.length === 1);
    const answer = await world.ada.asUser.post(`${path}/plans/${mine.planId}/${decision}`);
    expect(answer.status, answer.text).toBeLessThan(300);
    expect(await shown()).toEqual({ phase: 'active', attention: null });
    expect(await firstOf(stream, 'phase')).toEqual({ phase: 'active' });
    expect(await firstOf(stream, 'attention')).toEqual({ attention: null });
    await stream.stop();
  });

  it('when a run succeeds while a direction waits for its plan', async () => {
    await seedContacts({ syncDirection: 'bidirectional', approvedDirection: 'from_provider' });
    const stream = await listen();
    await until(() => stream.heard.length === 1);
    const provider = () => ({ adapter: { id: 'google-contacts' }, environment: {} });
    const deps = { db: world.database.db, logger: { warn() {} }, provider } as unknown as ActivityDeps;
    const run = { integrationId: mine.id, runId: newId('run'), trigger: 'periodic' } as const;
    await beginRun(world.database.db, {
      ...{ ...run, operationId: newId('op'), mode: 'incremental', workflowId: 'w', workflowRunId: 'r' },
    });
    await createFinishRun(deps)({ ...run, status: 'succeeded', failuresInARow: 0 });
    const { attention } = await shown();
    expect(attention).toMatchObject({ code: 'plan_needed' });
    expect(await firstOf(stream, 'attention')).toEqual({ attention });
    await stream.stop();
  });

  it('when a direction is chosen that needs a plan, and when the plan is turned down', async () => {
    await seedContacts({ syncDirection: 'from_provider', approvedDirection: 'from_provider' });
    const chosen = await listen();
    await until(() => chosen.heard.length === 1);
    await world.ada.asUser.patch(path, { body: { syncDirection: 'bidirectional' } });
    const { attention } = await shown();
    expect(attention).toMatchObject({ code: 'plan_needed' });
    expect(await firstOf(chosen, 'attention')).toEqual({ attention });
    await chosen.stop();
    const rejected = await listen();
    await until(() => rejected.heard.length === 1);
    await world.ada.asUser.post(`${path}/plans/${mine.planId}/reject`);
    expect(await shown()).toEqual({ phase: 'active', attention: null });
    expect(await firstOf(rejected, 'attention')).toEqual({ attention: null });
    await rejected.stop();
  });

  it('when a mapping is switched on that the person has not allowed', async () => {
    await seedContacts(bothWays);
    const tokens = { accessToken: 'a', scopes: ['https://www.googleapis.com/auth/contacts'] };
    const credential = { integrationId: mine.id, grantKey: 'google:ada', tokens };
    await storeCredential(world.database.db, world.deps.sealer, credential);
    const { data } = (await world.ada.asUser.get(`${path}/object-mappings`)).body;
    const stream = await listen();
    await until(() => stream.heard.length === 1);
    const objects = data.map((object: object) => ({ ...object, enabled: true }));
    const answer = await world.ada.asUser.put(`${path}/object-mappings`, { body: { data: objects } });
    expect(answer.status, answer.text).toBe(200);
    const { attention } = await shown();
    expect(attention).toMatchObject({ code: 'missing_scope' });
    expect(await firstOf(stream, 'attention')).toEqual({ attention });
    await stream.stop();
  });
});

it('keeps a caller to its number of streams, and counts closed ones no more', async () => {
  const streams = await Promise.all([listen(), listen(), listen()]);
  const refused = await listen();
  expect(refused.response.status).toBe(429);
  expect(refused.response.headers.get('retry-after')).toBe('10');
  await Promise.all(streams.map((stream) => stream.stop()));
  await until(async () => (await listen()).response.status === 200);
});

it('answers 404 for a deleted integration and 400 for an id that is none', async () => {
  expect((await listen({ 'last-event-id': 'x' })).response.status).toBe(400);
  await hideIntegration(world.database.db, mine.id, 'delete');
  expect((await listen()).response.status).toBe(404);
});
