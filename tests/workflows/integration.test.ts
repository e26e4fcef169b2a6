/** The arbiter on a real Temporal server: what people, pushes and timers ask for, in every awkward order. */

import { randomUUID } from 'node:crypto';
import {
  WithStartWorkflowOperation,
  WorkflowIdConflictPolicy,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  arbiterView,
  contactsEdited,
  type IntegrationRef,
  type OperationRequest,
  pushReceived,
  requestOperation,
  settingsChanged,
  workflowTypes,
} from '../../workflows/messages.ts';
import { integrationStartOptions } from '../../workflows/start-options.ts';
import { startTemporal, startTestWorker, type WorkerHandle } from '../support/temporal.ts';
import { createFakeActivities, createFakeWorld, type FakeWorld } from './fake-activities.ts';

let temporal: TestWorkflowEnvironment;
let worker: WorkerHandle;
let world: FakeWorld;
let ref: IntegrationRef;

beforeAll(async () => {
  temporal = await startTemporal();
});
afterAll(() => temporal.teardown());

beforeEach(async () => {
  world = createFakeWorld();
  ref = { integrationId: `int_${randomUUID()}`, workspaceId: 'ws_1', provider: 'fake' };
  worker = await startFakeWorker();
});
afterEach(async () => {
  await until(async () => expect(await endWorkflow()).not.toBe('RUNNING'));
  await endChildren();
  await worker.stop();
});

const startFakeWorker = () =>
  startTestWorker(temporal, { ...createFakeActivities(world), providerId: 'fake' });

const handle = () => temporal.client.workflow.getHandle(`integration:${ref.integrationId}`);

const startOperation = () =>
  new WithStartWorkflowOperation(workflowTypes.integration, {
    ...integrationStartOptions(ref),
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
  });

const ask = (request: OperationRequest) =>
  temporal.client.workflow.executeUpdateWithStart(requestOperation, {
    args: [request],
    updateId: request.operationId,
    startWorkflowOperation: startOperation(),
  });

const sync = (id: string, mode: 'full' | 'incremental' = 'incremental'): OperationRequest => ({
  kind: 'sync',
  operationId: `op_${id}`,
  runId: `run_${id}`,
  mode,
  trigger: 'manual',
});
const remove: OperationRequest = { kind: 'delete', operationId: 'op_delete', records: 'delete' };
const signIn: OperationRequest = {
  kind: 'reauthenticate',
  operationId: 'op_again',
  runId: 'run_again',
  attemptId: 'oat_1',
};

const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 20_000, interval: 50 });

const forgive = (error: unknown): undefined => {
  if (!(error instanceof WorkflowNotFoundError)) throw error;
};

/** One that continues as new at that moment has to be ended again, or it would live on in the next test's worker. */
async function endWorkflow(): Promise<string | undefined> {
  await handle().terminate('the test is over').catch(forgive);
  return (await handle().describe().catch(forgive))?.status.name;
}

/** A sync under way would tell of its cancellation in the next test's world. */
async function endChildren(): Promise<void> {
  const history = await handle().fetchHistory().catch(forgive);
  for (const { childWorkflowExecutionStartedEventAttributes: child } of history?.events ?? []) {
    const workflowId = child?.workflowExecution?.workflowId;
    if (workflowId) await temporal.client.workflow.getHandle(workflowId).terminate().catch(forgive);
  }
}

function hold(what: 'holdSync' | 'holdBegin' | 'holdLoad' = 'holdSync'): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  world[what] = promise;
  return () => {
    world[what] = undefined;
    resolve();
  };
}

describe('the line of operations', () => {
  it('answers at once, runs the sync, and lets a second request join the one under way', async () => {
    const release = hold();
    expect(await ask(sync('a'))).toEqual({ operationId: 'op_a', runId: 'run_a', disposition: 'started' });
    await until(() => expect(world.calls).toContain('syncStream'));
    expect(await ask(sync('b'))).toEqual({ operationId: 'op_a', runId: 'run_a', disposition: 'joined' });
    release();
    await until(() => expect(world.runs.get('run_a')).toBe('succeeded'));
    expect(world.calls.filter((call) => call.startsWith('beginRun'))).toHaveLength(1);
  });

  it('cancels an incremental for a full sync, and waits for its end', async () => {
    const release = hold();
    await ask(sync('a'));
    await until(() => expect(world.calls).toContain('syncStream'));
    expect((await ask(sync('f', 'full'))).disposition).toBe('queued');
    await until(() => expect(world.runs.get('run_a')).toBe('cancelled'));
    release();
    await until(() => expect(world.runs.get('run_f')).toBe('succeeded'));
    expect(world.calls.indexOf('finishRun cancelled')).toBeLessThan(
      world.calls.indexOf('beginRun full manual'),
    );
  });

  it('ends a sync that is cancelled while it begins with all that its run needs to begin no more', async () => {
    const release = hold('holdBegin');
    await ask(sync('a'));
    await until(() => expect(world.calls).toContain('beginRun incremental manual'));
    await ask(sync('f', 'full'));
    await until(() => expect(world.calls).toContain('finishRun cancelled'));
    release();
    await until(() => expect(world.runs.get('run_f')).toBe('succeeded'));
    const { integrationId } = ref;
    expect(world.ends[0]).toEqual({
      ...{ integrationId, runId: 'run_a', operationId: 'op_a', mode: 'incremental', trigger: 'manual' },
      ...{ status: 'cancelled', failuresInARow: 0 },
    });
  });

  it('deletes during a sync: cancels it, waits, purges, and takes nothing after', async () => {
    hold();
    await ask(sync('a'));
    await until(() => expect(world.calls).toContain('syncStream'));
    expect((await ask(remove)).disposition).toBe('queued');
    await expect(ask(sync('late'))).rejects.toBeInstanceOf(WorkflowUpdateFailedError);
    await handle().result();
    expect(world.runs.get('run_a')).toBe('cancelled');
    expect(world.calls.slice(-5)).toEqual([
      ...['tombstone', 'stopWatches', 'revokeGrant', 'purge', 'forgetIntegration'],
    ]);
    expect(world.runs.has('run_late')).toBe(false);
  });

  it('removes the data at once and keeps the tokens while a sign-in may be about to live on the grant', async () => {
    world.revocations.push('later', 'later', 'kept');
    await ask(remove);
    await handle().result();
    expect(world.calls.slice(-7)).toEqual([
      ...[
        'tombstone',
        'stopWatches',
        'revokeGrant',
        'purge',
        'revokeGrant',
        'revokeGrant',
        'forgetIntegration',
      ],
    ]);
  });

  it('refuses to re-authenticate during a delete, which goes through', async () => {
    hold();
    await ask(sync('a'));
    await until(() => expect(world.calls).toContain('syncStream'));
    await ask(remove);
    await expect(ask(signIn)).rejects.toMatchObject({ cause: { type: 'IntegrationDeleting' } });
    await handle().result();
    expect(world.calls).not.toContain('authorize');
    expect(world.calls).toContain('purge');
  });

  it('re-authenticates before anything else that waits, then catches up by an increment', async () => {
    world.desired = { phase: 'needs_reauth', autoSync: true, intervalSeconds: 300, nextCheckAtMs: null };
    await temporal.client.workflow.start(workflowTypes.integration, integrationStartOptions(ref));
    await until(async () =>
      expect(await handle().query(arbiterView)).toMatchObject({ phase: 'needs_reauth' }),
    );
    await expect(ask(sync('a'))).rejects.toMatchObject({ cause: { type: 'ReauthRequired' } });
    world.desired = { ...world.desired, phase: 'active' };
    await ask(signIn);
    await until(() => expect(world.runs.get('run_again')).toBe('succeeded'));
    expect(world.calls).toContain('beginRun incremental reauthenticated');
  });

  it('ends the run of a sync that has to make way before it has begun', async () => {
    await ask(sync('a'));
    await until(() => expect(world.runs.get('run_a')).toBe('succeeded'));
    const release = hold('holdLoad');
    const loads = () => world.calls.filter((call) => call === 'loadDesiredState').length;
    const before = loads();
    await ask(signIn);
    await until(() => expect(loads()).toBeGreaterThan(before));
    // What comes now meets the first task in which the sync after the sign-in could begin.
    const stopped = worker.stop();
    const answer = ask(sync('f', 'full'));
    release();
    await stopped;
    worker = await startFakeWorker();
    expect((await answer).disposition).toBe('queued');
    await until(() => expect(world.runs.get('run_f')).toBe('succeeded'));
    expect(world.runs.get('run_again')).toBe('cancelled');
    expect(world.calls).not.toContain('beginRun incremental reauthenticated');
  });

  it.each([
    ['needs_reauth', 'ReauthRequired'],
    ['connecting', 'NotConnected'],
    ['deleting', 'IntegrationDeleting'],
  ] as const)(
    'takes no sync in phase %s, also when the request itself starts the workflow',
    async (phase, type) => {
      world.desired = { phase, autoSync: true, intervalSeconds: 300, nextCheckAtMs: null };
      await expect(ask(sync('a'))).rejects.toMatchObject({ cause: { type } });
      await expect(ask({ kind: 'sync-users', operationId: 'op_users' })).rejects.toThrow();
      expect(world.runs.has('run_a')).toBe(false);
      // The delete that it carries out by itself must not go on in the next test.
      if (phase === 'deleting') await handle().result();
    },
  );

  it('takes a sync as soon as Postgres has the new sign-in, also when the message about it was lost', async () => {
    world.desired = { phase: 'needs_reauth', autoSync: true, intervalSeconds: 300, nextCheckAtMs: null };
    await temporal.client.workflow.start(workflowTypes.integration, integrationStartOptions(ref));
    await until(async () =>
      expect(await handle().query(arbiterView)).toMatchObject({ phase: 'needs_reauth' }),
    );
    world.desired = { ...world.desired, phase: 'active' };
    expect((await ask(sync('a'))).disposition).toBe('started');
    await until(() => expect(world.runs.get('run_a')).toBe('succeeded'));
    await until(async () => expect(await handle().query(arbiterView)).toMatchObject({ phase: 'active' }));
  });

  it('takes a sync while an API key is being taken, and begins it after that', async () => {
    world.desired = { phase: 'connecting', autoSync: true, intervalSeconds: 300, nextCheckAtMs: null };
    world.keyStored = true;
    await ask(sync('a'));
    await until(() => expect(world.runs.get('run_a')).toBe('succeeded'));
    expect(world.calls.indexOf('acceptKey')).toBeLessThan(world.calls.indexOf('beginRun incremental manual'));
    expect(world.calls.filter((call) => call === 'acceptKey')).toHaveLength(1);
    expect(world.calls.filter((call) => call === 'beginRun full connect')).toHaveLength(1);
  });

  it('takes nothing for an integration that is gone, and ends', async () => {
    world.desired = null;
    await expect(ask(sync('a'))).rejects.toMatchObject({ cause: { type: 'IntegrationDeleting' } });
    await handle().result();
    expect(world.calls).toEqual(['loadDesiredState']);
  });

  it('deletes what Postgres says is to go, when it is told to look, and keeps the records where asked', async () => {
    await ask(sync('a'));
    await until(() => expect(world.runs.get('run_a')).toBe('succeeded'));
    world.desired = { phase: 'deleting', autoSync: true, intervalSeconds: 300, nextCheckAtMs: null };
    world.keepRecords = true;
    await handle().signal(settingsChanged);
    await handle().result();
    expect(world.calls.slice(-5)).toEqual([
      ...['tombstone', 'stopWatches', 'revokeGrant', 'purge but records', 'forgetIntegration'],
    ]);
  });

  it('keeps a refused sign-in from starting a sync and says so', async () => {
    world.authorization = { ok: false, code: 'wrong_account', title: 'another', remedy: 'the first' };
    await ask(signIn);
    await until(() => expect(world.calls).toContain('noteRefusal'));
    await until(async () => expect((await handle().query(arbiterView)).running).toEqual([]));
    expect(world.calls.some((call) => call.startsWith('beginRun'))).toBe(false);
  });

  it('refreshes the list beside a running sync', async () => {
    const release = hold();
    await ask(sync('a'));
    await until(() => expect(world.calls).toContain('syncStream'));
    await ask({ kind: 'refresh-collections', operationId: 'op_list' });
    // The answer may come before the child has begun.
    const child = temporal.client.workflow.getHandle(`refresh-collections:${ref.integrationId}:op_list`);
    await until(() => child.result());
    expect(world.runs.get('run_a')).toBe('running');
    release();
    await until(() => expect(world.runs.get('run_a')).toBe('succeeded'));
  });

  it('refreshes the list anew once it has been refreshed, and goes on after it', async () => {
    const refresh = async (operationId: string) => {
      const answer = await ask({ kind: 'refresh-collections', operationId });
      const child = temporal.client.workflow.getHandle(
        `refresh-collections:${ref.integrationId}:${operationId}`,
      );
      await until(() => child.result());
      // The task for the end of the child, which leads to nothing.
      await until(async () => expect((await handle().query(arbiterView)).running).toEqual([]));
      return answer.disposition;
    };
    expect(await refresh('op_first')).toBe('started');
    expect(await refresh('op_second')).toBe('started');
    await ask(sync('a'));
    await until(() => expect(world.runs.get('run_a')).toBe('succeeded'));
  });
});

describe('the end of patience', () => {
  const failing = (type: string, nonRetryable: boolean) =>
    // The delay is the provider's own wish, so that the test need not wait for the usual ones.
    ApplicationFailure.create({ type, message: 'not now', nonRetryable, nextRetryDelay: '1 millisecond' });

  it.each(['ProviderUnavailable', 'RateLimited'])(
    'ends a run whose provider answers %s however often it is asked, with that reason',
    async (type) => {
      world.failPages = failing(type, false);
      await ask(sync('a'));
      await until(() => expect(world.runs.get('run_a')).toBe('failed'));
      expect(world.attempts).toBe(12);
      expect(world.failures).toEqual([type]);
      // The arbiter goes on: the next one succeeds.
      world.failPages = undefined;
      await until(async () => expect((await handle().query(arbiterView)).running).toEqual([]));
      await ask(sync('b'));
      await until(() => expect(world.runs.get('run_b')).toBe('succeeded'));
    },
  );

  it('asks once where asking again is of no use', async () => {
    world.failPages = failing('MissingScope', true);
    await ask(sync('a'));
    await until(() => expect(world.runs.get('run_a')).toBe('failed'));
    expect(world.attempts).toBe(1);
    expect(world.failures).toEqual(['MissingScope']);
  });
});

describe('pushes and timers', () => {
  it('loses no push to continue-as-new: each of many is followed by a sync that began after it', async () => {
    const started = await temporal.client.workflow.start(
      workflowTypes.integration,
      integrationStartOptions(ref),
    );
    for (let round = 0; round < 20; round += 1) {
      const begun = () => world.calls.filter((call) => call === 'beginRun incremental push').length;
      const before = begun();
      await handle().signal(pushReceived);
      // The next push comes while the workflow is on its way to its next run.
      await until(() => expect(begun()).toBeGreaterThan(before));
    }
    const now = await handle().describe();
    expect(now.runId).not.toBe(started.firstExecutionRunId);
  });

  it('folds pushes that come during a sync into one more sync', async () => {
    const release = hold();
    await ask(sync('a'));
    await until(() => expect(world.calls).toContain('syncStream'));
    for (let count = 0; count < 20; count += 1) await handle().signal(pushReceived);
    release();
    await until(() => expect(world.calls).toContain('beginRun incremental push'));
    await until(async () => expect((await handle().query(arbiterView)).running).toEqual([]));
    expect(world.calls.filter((call) => call === 'beginRun incremental push')).toHaveLength(1);
  });

  it('checks when the time comes, and starts a child only when something changed', async () => {
    world.nextCheckInMs = 150;
    await temporal.client.workflow.start(workflowTypes.integration, integrationStartOptions(ref));
    await until(() =>
      expect(world.calls.filter((call) => call === 'checkForChanges').length).toBeGreaterThan(4),
    );
    expect(world.calls.some((call) => call.startsWith('beginRun'))).toBe(false);
    world.changed = true;
    await until(() => expect(world.calls).toContain('beginRun incremental periodic'));
  });

  it('costs at most 3 actions and 16 events per idle cycle', async () => {
    world.nextCheckInMs = 150;
    await temporal.client.workflow.start(workflowTypes.integration, integrationStartOptions(ref));
    await until(() =>
      expect(world.calls.filter((call) => call === 'checkForChanges').length).toBeGreaterThan(4),
    );
    const idle = await previousRun();
    const types = idle.map((event) => event.eventType as number);
    expect(types.length).toBeLessThanOrEqual(16);
    const timerStarted = 17;
    const activityScheduled = 10;
    const continuedAsNew = 28;
    const billable = types.filter((type) => [timerStarted, activityScheduled, continuedAsNew].includes(type));
    expect(billable).toEqual([timerStarted, activityScheduled, continuedAsNew]);
  });

  it('plans anew when the settings change', async () => {
    await temporal.client.workflow.start(workflowTypes.integration, integrationStartOptions(ref));
    await until(() => expect(world.calls).toEqual(['loadDesiredState']));
    world.desired = { phase: 'active', autoSync: false, intervalSeconds: 600, nextCheckAtMs: null };
    await handle().signal(settingsChanged);
    await until(() => expect(world.calls).toEqual(['loadDesiredState', 'loadDesiredState']));
    await handle().signal(pushReceived);
    await until(async () => expect((await handle().query(arbiterView)).running).toEqual([]));
    expect(world.calls.some((call) => call.startsWith('beginRun'))).toBe(false);
  });
});

/** The history of the run before the present one: a whole cycle. */
async function previousRun() {
  const now = await handle().fetchHistory();
  const previous = now.events?.[0]?.workflowExecutionStartedEventAttributes
    ?.continuedExecutionRunId as string;
  const history = await temporal.client.workflow
    .getHandle(`integration:${ref.integrationId}`, previous)
    .fetchHistory();
  return history.events ?? [];
}

describe('edits in Harmony', () => {
  const runsOf = (trigger: string) =>
    world.calls.filter((call) => call === `beginRun incremental ${trigger}`);
  const start = async () => {
    await ask(sync('first'));
    await until(() => expect(world.runs.get('run_first')).toBe('succeeded'));
    // Until the arbiter heard of its end, a second request would join it.
    await until(async () => expect(await handle().query(arbiterView)).toMatchObject({ running: [] }));
  };

  it('are carried over by one run for a burst, which reads nothing', async () => {
    await start();
    const reads = world.calls.filter((call) => call === 'syncStream').length;
    for (let edit = 0; edit < 5; edit += 1) await handle().signal(contactsEdited);
    await until(() => expect(world.calls.at(-1)).toBe('finishRun succeeded'));
    await until(() => expect(runsOf('edit')).toHaveLength(1));
    await until(() => expect(world.calls.filter((call) => call === 'finishRun succeeded')).toHaveLength(2));
    expect(world.calls.slice(-4)).toEqual([
      'beginRun incremental edit',
      'planContacts',
      'writeContacts',
      'finishRun succeeded',
    ]);
    expect(world.calls.filter((call) => call === 'syncStream')).toHaveLength(reads);
  });

  it('that come while a sync runs are carried over right after it', async () => {
    await start();
    const release = hold();
    await ask(sync('slow'));
    await until(() => expect(world.runs.get('run_slow')).toBe('running'));
    await handle().signal(contactsEdited);
    release();
    await until(() => expect(runsOf('edit')).toHaveLength(1));
    expect(world.calls.indexOf('beginRun incremental edit')).toBeGreaterThan(
      world.calls.lastIndexOf('beginRun incremental manual'),
    );
  });

  it('wait while nobody is signed in', async () => {
    world.desired = { phase: 'needs_reauth', autoSync: true, intervalSeconds: 300, nextCheckAtMs: null };
    await temporal.client.workflow.signalWithStart(workflowTypes.integration, {
      ...integrationStartOptions(ref),
      signal: contactsEdited,
    });
    // Called is not yet taken in.
    await until(async () =>
      expect(await handle().query(arbiterView)).toMatchObject({ phase: 'needs_reauth', running: [] }),
    );
    expect(runsOf('edit')).toEqual([]);
  });

  it('that backed off are carried on with while auto-sync is off, and nothing is read', async () => {
    world.desired = { phase: 'active', autoSync: false, intervalSeconds: 300, nextCheckAtMs: null };
    world.nextCheckInMs = 300;
    world.changed = true;
    await temporal.client.workflow.start(workflowTypes.integration, integrationStartOptions(ref));
    await until(() => expect(world.calls).toContain('finishRun succeeded'));
    expect(runsOf('edit')).toHaveLength(1);
    expect(world.calls).not.toContain('syncStream');
    expect(runsOf('periodic')).toEqual([]);
  });
});
