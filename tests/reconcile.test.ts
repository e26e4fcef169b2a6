/** The platform's own check on a real server: what Postgres says should run is made to, and nothing else is touched. */
import { WithStartWorkflowOperation, WorkflowIdConflictPolicy } from '@temporalio/client';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { ReconcileReport } from '../activities/reconcile/reconcile.ts';
import { createArbiterClient } from '../api/arbiter-client.ts';
import { newId } from '../db/ids.ts';
import { findIntegration } from '../db/queries/integrations.ts';
import { findTaskWrite, planTaskWrite } from '../db/queries/task-writes.ts';
import { calendarEvents, runs } from '../db/schema/index.ts';
import {
  arbiterView,
  integrationWorkflowId,
  operationWorkflowId,
  reconcileScheduleId,
  requestOperation,
  type SyncTrigger,
  taskWriteWorkflowId,
  workflowTaskQueue,
  workflowTypes,
} from '../workflows/messages.ts';
import { integrationStartOptions } from '../workflows/start-options.ts';
import { seedEvent, seedIntegration } from './api/rows.ts';
import { type ApiWorld, openApiWorld } from './api/world.ts';

let world: ApiWorld;

beforeAll(async () => {
  // The API finds nobody where Temporal should be; the workers do.
  const arbiter = createArbiterClient({ connection: { address: '127.0.0.1:9' }, namespace: 'default' });
  world = await openApiWorld({ parts: 'whole', deps: { arbiter } });
});
afterAll(() => world?.close());

const temporal = () => {
  if (world.temporal === undefined) throw new Error('this world has no Temporal');
  return world.temporal;
};
const seed = () => seedIntegration(world.database.db, world.ada);
const startOptions = (integrationId: string) => ({
  ...integrationStartOptions({
    integrationId,
    workspaceId: world.ada.workspaceId,
    provider: 'google-calendar',
  }),
  workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
});
/** Waits until it has read its state. */
async function start(integrationId: string) {
  const handle = await temporal().workflow.start(workflowTypes.integration, startOptions(integrationId));
  await vi.waitUntil(
    async () => {
      const { events } = await handle.fetchHistory();
      return (events ?? []).some((event) => event.activityTaskCompletedEventAttributes);
    },
    { timeout: 20_000 },
  );
  return handle;
}
const reconcile = (): Promise<ReconcileReport> =>
  temporal().workflow.execute(workflowTypes.reconcile, {
    ...{ workflowId: reconcileScheduleId, taskQueue: workflowTaskQueue, args: [] },
  });
const stateOf = async (runId: string) => {
  const [run] = await world.database.db.select().from(runs).where(eq(runs.id, runId));
  return run;
};

/** As the API leaves it once the arbiter has taken it, a while ago. */
async function announcedRun(integrationId: string): Promise<{ operationId: string; runId: string }> {
  const [operationId, runId] = [newId('op'), newId('run')];
  await world.database.db.insert(runs).values({
    ...{ id: runId, integrationId, operationId, mode: 'incremental', trigger: 'manual' },
    workflowId: operationWorkflowId('sync', integrationId, operationId),
    startedAt: new Date(Date.now() - 120_000).toISOString(),
  });
  return { operationId, runId };
}

it('starts what should run and does not', async () => {
  const { id } = await seed();
  expect((await reconcile()).started).toContain(id);
  const { status } = await temporal().workflow.getHandle(integrationWorkflowId(id)).describe();
  expect(status.name).toBe('RUNNING');
  expect((await reconcile()).started).not.toContain(id);
});

it.each(['keep', 'delete'] as const)(
  'completes a Delete (records: %s) that was taken while the workflow engine was away',
  async (records) => {
    const { id, ...seeded } = await seed();
    await seedEvent(world.database.db, world.ada, { id, ...seeded }, { title: records });
    const handle = await start(id);
    expect((await world.ada.asUser.delete(`/v1/integrations/${id}?records=${records}`)).status).toBe(202);
    expect((await world.ada.asUser.get(`/v1/integrations/${id}`)).status).toBe(404);
    expect(await findIntegration(world.database.db, id)).toBeDefined();
    await reconcile();
    await handle.result();
    expect(await findIntegration(world.database.db, id)).toBeUndefined();
    const left = await world.database.db
      .select()
      .from(calendarEvents)
      .where(eq(calendarEvents.title, records));
    expect(left).toHaveLength(records === 'keep' ? 1 : 0);
  },
);

it('wakes a workflow that was not told of a new sign-in, so that the next check is planned', async () => {
  const { id } = await seed();
  const { sql } = world.database;
  await sql`update integrations set phase = 'needs_reauth' where id = ${id}`;
  const handle = await start(id);
  await sql`update integrations set phase = 'active' where id = ${id}`;
  expect((await reconcile()).started).not.toContain(id);
  await vi.waitUntil(async () => (await handle.query(arbiterView)).phase === 'active', { timeout: 20_000 });
  expect((await findIntegration(world.database.db, id))?.nextSyncAt).not.toBeNull();
});

it('has edits carried over that no workflow was told of, and leaves alone what a run has looked at since', async () => {
  const { id, runId } = await seedIntegration(world.database.db, world.ada, {
    ...{ provider: 'google-contacts', autoSync: false },
  });
  const { sql } = world.database;
  await sql`update runs set status = 'succeeded', started_at = '2026-01-01', finished_at = '2026-01-01' where id = ${runId}`;
  await start(id);
  const edits = () => sql`
    select status from runs where integration_id = ${id} and trigger = 'edit' and finished_at is not null`;
  const note = () => sql`
    insert into contact_work (integration_id, kind, key, due_at) values (${id}, 'local', 'con_1', now() - interval '2 minutes')
    on conflict (integration_id, kind, key) do update set due_at = excluded.due_at`;
  await note();
  await reconcile();
  await vi.waitUntil(async () => (await edits()).length === 1, { timeout: 20_000 });
  await note();
  const told = async () => {
    const { events } = await temporal().workflow.getHandle(integrationWorkflowId(id)).fetchHistory();
    return (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes).length;
  };
  const before = await told();
  await reconcile();
  expect(await told()).toBe(before);
});

it('has them carried over, too, where the workflow was not told either that a person applied the plan of a parked run', async () => {
  const { id, runId } = await seedIntegration(world.database.db, world.ada, {
    ...{ provider: 'google-contacts', autoSync: false, phase: 'parked' },
  });
  const { sql } = world.database;
  await sql`update runs set status = 'parked', finished_at = now() - interval '1 hour' where id = ${runId}`;
  await start(id);
  await sql`update integrations set phase = 'active' where id = ${id}`;
  await sql`
    insert into contact_work (integration_id, kind, key, due_at) values (${id}, 'local', 'con_1', now() - interval '2 minutes')`;
  await reconcile();
  const edits = () => sql`
    select 1 from runs where integration_id = ${id} and trigger = 'edit' and finished_at is not null`;
  await vi.waitUntil(async () => (await edits()).length === 1, { timeout: 20_000 });
});

it('ends a run that lost its place in the line, with the reason, and leaves alone those that wait or run', async () => {
  const { id } = await seed();
  const lost = await announcedRun(id);
  const [first, second] = [await announcedRun(id), await announcedRun(id)];
  const ask = (run: typeof first, trigger: SyncTrigger) =>
    temporal().workflow.executeUpdateWithStart(requestOperation, {
      args: [{ kind: 'sync', ...run, mode: 'incremental', trigger }],
      updateId: run.operationId,
      startWorkflowOperation: new WithStartWorkflowOperation(workflowTypes.integration, startOptions(id)),
    });
  await start(id);
  await world.database.sql.begin(async (held) => {
    // The first can't begin, and the second waits behind it.
    await held`select from integrations where id = ${id} for no key update`;
    expect((await ask(first, 'manual')).disposition).toBe('started');
    expect((await ask(second, 'subscription')).disposition).toBe('queued');
    expect((await reconcile()).lostRuns).toEqual([lost.runId]);
    expect((await stateOf(first.runId))?.status).toBe('running');
    expect((await stateOf(second.runId))?.status).toBe('running');
  });
  const ended = await stateOf(lost.runId);
  expect(ended).toMatchObject({ status: 'failed', error: { code: 'run_lost' } });
  expect(ended?.error?.remedy).toMatch(/sync again/i);
  expect(ended?.finishedAt).not.toBeNull();
});

it('ends a write of a task that nothing carries out, so that its repeat is, and leaves alone one that is under way', async () => {
  const { id } = await seed();
  const { db, sql } = world.database;
  const request = { kind: 'create', collection: 'team', title: 'Buy milk' } as const;
  const [lost, running, repeated] = [newId('op'), newId('op'), newId('op')];
  const plan = (write: string) =>
    planTaskWrite(db, { id: write, integrationId: id, taskId: write, remoteId: write, request });
  for (const write of [lost, running, repeated]) await plan(write);
  await sql`update task_writes set updated_at = now() - interval '2 minutes' where integration_id = ${id}`;
  await plan(repeated);
  // Nobody works on that queue.
  const underWay = await temporal().workflow.start(workflowTypes.writeTask, {
    ...{ workflowId: taskWriteWorkflowId(id, running), taskQueue: 'nobody', args: [] },
  });
  expect((await reconcile()).lostWrites).toEqual([lost]);
  await underWay.terminate();
  const stateOfWrite = async (write: string) => (await findTaskWrite(db, write))?.state;
  expect(await stateOfWrite(lost)).toBe('refused');
  expect(await stateOfWrite(running)).toBe('planned');
  expect(await stateOfWrite(repeated), 'somebody has just asked for it again').toBe('planned');
  expect((await findTaskWrite(db, lost))?.refusal).toMatchObject({ code: 'unavailable' });
  await plan(lost);
  expect(await stateOfWrite(lost), 'it is looked for before it is sent').toBe('sent');
});

it('takes a server that does not know the namespace, as just after its start, for one that is away', async () => {
  const connection = { address: world.temporalAddress };
  const arbiter = createArbiterClient({ connection, namespace: 'not-there-yet' });
  const ref = {
    integrationId: newId('int'),
    workspaceId: world.ada.workspaceId,
    provider: 'google-calendar',
  };
  try {
    await expect(arbiter.computePlan(ref, newId('pln'))).rejects.toMatchObject({
      code: 'upstream_unavailable',
    });
  } finally {
    await arbiter.close();
  }
});
