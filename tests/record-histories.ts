/**
 * Records what tests/replay.test.ts replays: `node tests/record-histories.ts [name …]`. It runs the real workflows on a
 * real server with activities that answer at once, and writes one history per story (only of these names, where some are
 * given) into tests/histories. When to run it: docs/operating.md.
 */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/activity';
import {
  Client,
  WithStartWorkflowOperation,
  WorkflowIdConflictPolicy,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import type { CoreActivities, ProviderActivities } from '../activities/index.ts';
import {
  arbiterView,
  type IntegrationRef,
  integrationWorkflowId,
  type OperationKind,
  type OperationRequest,
  operationWorkflowId,
  planWorkflowId,
  pushReceived,
  reconcileScheduleId,
  requestOperation,
  settingsChanged,
  taskWriteWorkflowId,
  testWorkflowId,
  workflowTaskQueue,
  workflowTypes,
} from '../workflows/messages.ts';
import { integrationStartOptions } from '../workflows/start-options.ts';
import { writeHistory } from './support/history-file.ts';
import { startTemporal, startTestWorker } from './support/temporal.ts';
import { createFakeActivities, createFakeWorld, type FakeWorld } from './workflows/fake-activities.ts';

const folder = join(import.meta.dirname, 'histories');
mkdirSync(folder, { recursive: true });

const temporal = await startTemporal();
const world = createFakeWorld();
const client = new Client({ connection: temporal.connection });
const startWorker = () => startTestWorker(temporal, { ...recordedActivities(world), providerId: 'fake' });
let worker = await startWorker();

/** What a sync's stream answers, one by one; `done` once they are used up. */
let streamAnswers: Awaited<ReturnType<ProviderActivities['syncStream']>>[] = [];
let failSync = false;
let failAside = false;
const orFail = <T>(answer: T) => {
  if (failAside) throw ApplicationFailure.nonRetryable('Gone for good.', 'ProviderBlocked');
  return answer;
};

function recordedActivities(fake: FakeWorld) {
  const { core, provider } = createFakeActivities(fake);
  const more: { core: Partial<CoreActivities>; provider: Partial<ProviderActivities> } = {
    core: {
      beginRun: async () => ({
        generation: 2,
        refreshCollections: true,
        unsubscribed: ['col_unticked'],
        hasWatches: true,
        plansContacts: true,
      }),
      purgeUnsubscribed: async () => ({ removed: 12 }),
      noteCheckFailure: async () => ({
        needsSignIn: false,
        nextCheckAtMs: Date.now() + 3_600_000,
        summary: 'check failed',
      }),
      computePlan: async () => orFail(undefined),
      failPlan: async () => undefined,
      refuseTaskWrite: async () => undefined,
      explainFailure: async () => ({ code: 'internal', title: 'A fault', remedy: 'None' }),
      reconcile: async () => ({ checked: 3, started: ['int_a'], overdue: ['int_b'], lostRuns: ['run_c'] }),
    },
    provider: {
      syncStream: async (input) => {
        if (fake.holdSync !== undefined && provider.syncStream) return provider.syncStream(input);
        if (failSync) throw ApplicationFailure.nonRetryable('Gone for good.', 'ProviderBlocked');
        return streamAnswers.shift() ?? { next: 'done', read: 3 };
      },
      sweepStream: async () => ({ removed: 2 }),
      ensureWatches: async () => ({ opened: 2 }),
      syncUsers: async () => ({ people: 4, mapped: 3, newlyMapped: 1 }),
      writeTask: async () => orFail({ state: 'done' as const }),
      testConnection: async () => ({ ok: true, latencyMs: 12, checks: [] }),
    },
  };
  return { core: { ...core, ...more.core }, provider: { ...provider, ...more.provider } };
}

const refOf = (story: string): IntegrationRef => ({
  integrationId: `int_${story}`,
  workspaceId: 'ws_recorded',
  provider: 'fake',
});

const ask = (ref: IntegrationRef, request: OperationRequest) =>
  client.workflow.executeUpdateWithStart(requestOperation, {
    args: [request],
    updateId: request.operationId,
    startWorkflowOperation: new WithStartWorkflowOperation(workflowTypes.integration, {
      ...integrationStartOptions(ref),
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    }),
  });

/** A child's end, and the arbiter's notice of it: what is asked for before that would join it. */
const ended = (kind: OperationKind, id: string, op: string) =>
  waitFor(async () => {
    await client.workflow.getHandle(operationWorkflowId(kind, id, op)).result();
    const { running, queued } = await client.workflow.getHandle(integrationWorkflowId(id)).query(arbiterView);
    return [...running, ...queued].length === 0 || kind === 'connect' || kind === 'reauthenticate';
  });

async function waitFor(holds: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    if (await holds().catch(() => false)) return;
    await sleep(50);
  }
  throw new Error(`Not so in time: ${holds}`);
}

const wanted = new Set(process.argv.slice(2));

async function save(name: string, workflowId: string, runId?: string): Promise<void> {
  if (wanted.size > 0 && !wanted.has(name)) return;
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  // Beside what is there: histories of older code are what the replay is for.
  let file = `${name}.json`;
  for (let number = 2; existsSync(join(folder, file)); number += 1) file = `${name}-${number}.json`;
  writeFileSync(join(folder, file), writeHistory(history));
  console.log(`${file}: ${history.events?.length} events`);
}

const syncRequest = (op: string, mode: 'full' | 'incremental'): OperationRequest => ({
  ...{ kind: 'sync', operationId: op, runId: `run_${op}`, mode, trigger: 'manual' },
});

try {
  {
    const ref = refOf('life');
    const id = ref.integrationId;
    await ask(ref, { kind: 'connect', operationId: 'op_connect', runId: 'run_first', attemptId: 'oat_1' });
    await ended('connect', id, 'op_connect');
    await ended('sync', id, 'op_connect-sync');
    streamAnswers = [
      { next: 'more', read: 1000 },
      { next: 'sweep', read: 500, cursorExpired: true },
    ];
    await ask(ref, syncRequest('op_full', 'full'));
    await ended('sync', id, 'op_full');
    failSync = true;
    await ask(ref, syncRequest('op_failed', 'incremental'));
    await ended('sync', id, 'op_failed');
    failSync = false;
    await ask(ref, { kind: 'refresh-collections', operationId: 'op_list' });
    await ended('refresh-collections', id, 'op_list');
    await client.workflow.getHandle(integrationWorkflowId(id)).signal(settingsChanged);
    await client.workflow.getHandle(integrationWorkflowId(id)).signal(pushReceived);
    // The first, the full, the failed, and the one for the push.
    await waitFor(async () => world.calls.filter((call) => call.startsWith('finishRun')).length === 4);
    await ask(ref, {
      kind: 'reauthenticate',
      operationId: 'op_again',
      runId: 'run_again',
      attemptId: 'oat_2',
    });
    await ended('reauthenticate', id, 'op_again');
    await ended('sync', id, 'op_again-sync');
    world.authorization = { ok: false, code: 'wrong_account', title: 'Another', remedy: 'The first' };
    await ask(ref, {
      kind: 'reauthenticate',
      operationId: 'op_refused',
      runId: 'run_refused',
      attemptId: 'oat_3',
    });
    await ended('reauthenticate', id, 'op_refused');
    await ask(ref, { kind: 'delete', operationId: 'op_delete', records: 'delete' });
    await client.workflow.getHandle(integrationWorkflowId(id)).result();

    await save('integration-connect-to-delete', integrationWorkflowId(id));
    await save('connect', operationWorkflowId('connect', id, 'op_connect'));
    await save('sync-first', operationWorkflowId('sync', id, 'op_connect-sync'));
    await save('sync-full-more-and-sweep', operationWorkflowId('sync', id, 'op_full'));
    await save('sync-failed', operationWorkflowId('sync', id, 'op_failed'));
    await save('refresh-collections', operationWorkflowId('refresh-collections', id, 'op_list'));
    await save('reauthenticate', operationWorkflowId('reauthenticate', id, 'op_again'));
    await save('reauthenticate-refused', operationWorkflowId('reauthenticate', id, 'op_refused'));
    await save('delete', operationWorkflowId('delete', id, 'op_delete'));
  }
  {
    const ref = refOf('idle');
    const workflowId = integrationWorkflowId(ref.integrationId);
    world.desired = { phase: 'active', autoSync: true, intervalSeconds: 300, nextCheckAtMs: null };
    world.nextCheckInMs = 200;
    const first = await client.workflow.start(workflowTypes.integration, integrationStartOptions(ref));
    await waitFor(async () => world.calls.filter((call) => call === 'checkForChanges').length > 2);
    const now = await client.workflow.getHandle(workflowId).fetchHistory();
    const previous = now.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
    await save('integration-first-cycle', workflowId, first.firstExecutionRunId);
    await save('integration-idle-cycle', workflowId, previous ?? undefined);
    await client.workflow.getHandle(workflowId).terminate('recorded');
  }
  {
    const ref = refOf('beside');
    const { integrationId, provider } = ref;
    world.desired = { phase: 'active', autoSync: true, intervalSeconds: 300, nextCheckAtMs: null };
    await ask(ref, { kind: 'sync-users', operationId: 'op_users' });
    await ended('sync-users', integrationId, 'op_users');
    await save('sync-users', operationWorkflowId('sync-users', integrationId, 'op_users'));
    await client.workflow.getHandle(integrationWorkflowId(integrationId)).terminate('recorded');
    for (const [ending, fails] of [
      ['', false],
      ['-refused', true],
    ] as const) {
      failAside = fails;
      const [write, plan] = [`op_write${ending}`, `pln_1${ending}`];
      const writeId = taskWriteWorkflowId(integrationId, write);
      const planId = planWorkflowId(integrationId, plan);
      const options = { taskQueue: workflowTaskQueue };
      await client.workflow.execute(workflowTypes.writeTask, {
        ...{ ...options, workflowId: writeId, args: [{ ...ref, operationId: write }] },
      });
      await client.workflow.execute(workflowTypes.computePlan, {
        ...{ ...options, workflowId: planId, args: [{ integrationId, provider, planId: plan }] },
      });
      await save(`write-task${ending}`, writeId);
      await save(`compute-plan${ending}`, planId);
    }
    failAside = false;
  }
  {
    const { integrationId, ...ref } = refOf('tested');
    const workflowId = testWorkflowId(integrationId, 'op_test');
    await client.workflow.execute(workflowTypes.testConnection, {
      ...{ workflowId, taskQueue: workflowTaskQueue },
      args: [{ integrationId, ...ref, operationId: 'op_test' }],
    });
    await save('test-connection', workflowId);
    await client.workflow.execute(workflowTypes.reconcile, {
      ...{ workflowId: reconcileScheduleId, taskQueue: workflowTaskQueue, args: [] },
    });
    await save('reconcile', reconcileScheduleId);
  }
  {
    const ref = refOf('refused');
    const handle = client.workflow.getHandle(integrationWorkflowId(ref.integrationId));
    world.desired = { phase: 'needs_reauth', autoSync: true, intervalSeconds: 300, nextCheckAtMs: null };
    world.nextCheckInMs = 3_600_000;
    await client.workflow.start(workflowTypes.integration, integrationStartOptions(ref));
    await waitFor(async () => (await handle.query(arbiterView)).phase === 'needs_reauth');
    await ask(ref, syncRequest('op_refused', 'incremental')).then(
      () => Promise.reject(new Error('It was to be refused.')),
      (error: unknown) => {
        if (!(error instanceof WorkflowUpdateFailedError)) throw error;
      },
    );
    // Signed in, and the message about it was lost.
    world.desired = { ...world.desired, phase: 'active' };
    await ask(ref, syncRequest('op_taken', 'incremental'));
    await ended('sync', ref.integrationId, 'op_taken');
    await save('integration-look-before-refusing', handle.workflowId);
    await handle.terminate('recorded');
  }
  {
    const ref = refOf('making_way');
    const id = ref.integrationId;
    const hold = Promise.withResolvers<void>();
    world.holdSync = hold.promise;
    const reads = world.calls.filter((call) => call === 'syncStream').length;
    await ask(ref, syncRequest('op_cancelled', 'incremental'));
    await waitFor(async () => world.calls.filter((call) => call === 'syncStream').length > reads);
    await ask(ref, syncRequest('op_first', 'full'));
    await waitFor(async () => world.runs.get('run_op_cancelled') === 'cancelled');
    world.holdSync = undefined;
    hold.resolve();
    await ended('sync', id, 'op_first');
    await save('sync-cancelled', operationWorkflowId('sync', id, 'op_cancelled'));
    await client.workflow.getHandle(integrationWorkflowId(id)).terminate('recorded');
  }
  {
    const ref = refOf('unbegun');
    const id = ref.integrationId;
    await ask(ref, syncRequest('op_before', 'incremental'));
    await ended('sync', id, 'op_before');
    const { runId } = await client.workflow.getHandle(integrationWorkflowId(id)).describe();
    // What comes now meets the first task in which the sync after the sign-in could begin.
    const load = Promise.withResolvers<void>();
    world.holdLoad = load.promise;
    world.authorization = { ok: true, accountName: 'ada@example.com' };
    const loads = () => world.calls.filter((call) => call === 'loadDesiredState').length;
    const before = loads();
    await ask(ref, {
      ...{ kind: 'reauthenticate', operationId: 'op_signed_in', runId: 'run_unbegun', attemptId: 'oat_1' },
    });
    await waitFor(async () => loads() > before);
    const stopped = worker.stop();
    const answer = ask(ref, syncRequest('op_second', 'full'));
    world.holdLoad = undefined;
    load.resolve();
    await stopped;
    worker = await startWorker();
    await answer;
    await ended('sync', id, 'op_second');
    if (world.runs.get('run_unbegun') !== 'cancelled') throw new Error('It was to make way unbegun.');
    await save('integration-run-that-never-began', integrationWorkflowId(id), runId);
    await client.workflow.getHandle(integrationWorkflowId(id)).terminate('recorded');
  }
  console.log(`${readdirSync(folder).length} histories in tests/histories`);
} finally {
  await worker.stop();
  await temporal.teardown();
}
