/**
 * Workflow code is swapped while integrations live on it: the new worker comes up beside the old one, which then
 * leaves. A change that is guarded by `patched` leaves none of them stuck; the same change without it would.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Client,
  WithStartWorkflowOperation,
  WorkflowIdConflictPolicy,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundle } from '@temporalio/worker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  arbiterView,
  type IntegrationRef,
  integrationWorkflowId,
  type OperationAnswer,
  type OperationRequest,
  operationWorkflowId,
  pushReceived,
  requestOperation,
  workflowTypes,
} from '../workflows/messages.ts';
import { integrationStartOptions } from '../workflows/start-options.ts';
import { bundleChangedWorkflows, type Edit } from './support/changed-workflows.ts';
import { startTemporal, startTestWorker } from './support/temporal.ts';
import { createFakeActivities, createFakeWorld, type FakeWorld } from './workflows/fake-activities.ts';

/** In what an integration may be caught by a deployment. */
const situations = ['cycling', 'syncing', 'queued', 'pushed', 'signing in'] as const;
type Situation = (typeof situations)[number];

interface Live {
  readonly ref: IntegrationRef;
  readonly situation: Situation;
  readonly world: FakeWorld;
  /** Lets the held sync end. */
  release(): void;
}

/** By a name of its own: workflow code may import it already. */
const imports = "import { patched as isPatched } from '@temporalio/workflow';\n";

/** A step more in the arbiter before each operation, and in each sync after its begin. */
const changes = (guard: string): readonly Edit[] => [
  {
    file: 'integration.ts',
    imports,
    find: 'const outcome = await operations.carryOut(request, failuresInARow);',
    replace: `if (${guard}) await core.loadDesiredState({ integrationId: input.integrationId });
    const outcome = await operations.carryOut(request, failuresInARow);`,
  },
  {
    file: 'sync.ts',
    imports,
    find: 'const plan = await core.beginRun(input);',
    replace: `const plan = await core.beginRun(input);
    if (${guard}) await core.listStreams(input);`,
  },
];

/** A few of each situation; `SWAP_LIVE=200` for as many as docs/reliability.md tells of. */
const liveCount = Number(process.env.SWAP_LIVE ?? 30);

let temporal: TestWorkflowEnvironment;
let client: Client;
let guarded: WorkflowBundle;
let unguarded: WorkflowBundle;
const lives = new Map<string, Live>();

beforeAll(async () => {
  temporal = await startTemporal();
  client = new Client({ connection: temporal.connection });
  guarded = await bundleChangedWorkflows(changes("isPatched('a-step-more')"));
  // Refers to `isPatched` as well, so that the import stays.
  unguarded = await bundleChangedWorkflows(changes("isPatched.name !== ''"));
});
afterAll(() => temporal?.teardown());

/** Each integration has a world of its own; every activity says which one it is about. */
function activitiesOfAll() {
  const route = (part: 'core' | 'provider') => {
    const names = Object.keys(createFakeActivities(createFakeWorld())[part]);
    const entries = names.map((name) => [
      name,
      (input: { integrationId: string }) => {
        const { world } = lives.get(input.integrationId) as Live;
        const own = createFakeActivities(world)[part] as Record<string, (given: unknown) => unknown>;
        return own[name]?.(input);
      },
    ]);
    return Object.fromEntries(entries);
  };
  return { core: route('core'), provider: route('provider'), providerId: 'fake' };
}

/** A hundred held activities need not say ten times a second that they live. */
const startWorker = (workflowBundle?: WorkflowBundle) =>
  startTestWorker(temporal, activitiesOfAll(), {
    maxHeartbeatThrottleInterval: '5 seconds',
    ...(workflowBundle === undefined ? {} : { workflowBundle }),
  });

function bringToLife(name: string, situation: Situation): Live {
  const ref = { integrationId: `int_${name}`, workspaceId: 'ws_swap', provider: 'fake' };
  const world = createFakeWorld();
  let release = (): void => undefined;
  if (situation === 'cycling') world.nextCheckInMs = 15_000;
  else if (situation === 'signing in') {
    world.desired = { phase: 'connecting', autoSync: true, intervalSeconds: 300, nextCheckAtMs: null };
  } else {
    world.holdSync = new Promise((resolve) => {
      release = resolve;
    });
  }
  const live = { ref, situation, world, release };
  lives.set(ref.integrationId, live);
  return live;
}

/** Again while a busy machine lets the call or the workflow's task time out: the update's id makes it the same request. */
async function ask({ ref }: Live, request: OperationRequest): Promise<OperationAnswer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await client.workflow.executeUpdateWithStart(requestOperation, {
        args: [request],
        updateId: request.operationId,
        startWorkflowOperation: new WithStartWorkflowOperation(workflowTypes.integration, {
          ...integrationStartOptions(ref),
          workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
        }),
      });
    } catch (error) {
      const passes =
        error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || /workflow task/i.test(String(error));
      if (!passes || attempt === 10) throw error;
      await sleep(500);
    }
  }
}

const syncRequest = (operationId: string, trigger: 'manual' | 'subscription'): OperationRequest => ({
  ...{ kind: 'sync', operationId, runId: `run_${operationId}`, mode: 'incremental', trigger },
});

const arbiterOf = ({ ref }: Live) => client.workflow.getHandle(integrationWorkflowId(ref.integrationId));
/** Puts it where the swap is to find it. */
async function bringInto(live: Live): Promise<void> {
  if (live.situation === 'cycling' || live.situation === 'signing in') {
    await client.workflow.start(workflowTypes.integration, integrationStartOptions(live.ref));
    return;
  }
  await ask(live, syncRequest('before', 'manual'));
  if (live.situation === 'queued') await ask(live, syncRequest('waiting', 'subscription'));
  if (live.situation === 'pushed') await arbiterOf(live).signal(pushReceived);
  await until(`${live.ref.integrationId} reads`, () => live.world.calls.includes('syncStream'));
}

/** Nothing that was asked for or due at the time of the swap is lost. */
async function finishWhatWasUnderWay(live: Live): Promise<void> {
  const { world, situation, ref } = live;
  const ended = (runId: string) => world.runs.get(runId) === 'succeeded';
  const checks = () => world.calls.filter((call) => call === 'checkForChanges').length;
  if (situation === 'signing in') {
    world.desired = { phase: 'active', autoSync: true, intervalSeconds: 300, nextCheckAtMs: null };
    await ask(live, { kind: 'connect', operationId: 'sign-in', runId: 'run_first', attemptId: 'oat_1' });
    await until(`${ref.integrationId} connects`, () => ended('run_first'));
  } else if (situation === 'cycling') {
    const seen = checks();
    await until(`${ref.integrationId} checks`, () => checks() > seen);
  } else {
    await until(`${ref.integrationId} ends its sync`, () => ended('run_before'));
    if (situation === 'queued') await until(`${ref.integrationId} ends the next`, () => ended('run_waiting'));
    if (situation === 'pushed')
      await until(`${ref.integrationId} follows the push`, () => world.runs.size > 1);
  }
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 240_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Not so in time: ${what}`);
    await sleep(100);
  }
}

const atOnce = 10;
async function forEach(all: readonly Live[], act: (live: Live) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < all.length; at += atOnce) await Promise.all(all.slice(at, at + atOnce).map(act));
}

const failedTasks = async (workflowId: string): Promise<string[]> => {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
    failed ? [String(failed.failure?.message)] : [],
  );
};

it('would show a change without a guard: an integration in the middle of a sync gets stuck', async () => {
  const live = bringToLife('unguarded', 'syncing');
  const before = await startWorker();
  await bringInto(live);
  const after = await startWorker(unguarded);
  try {
    await before.stop();
    live.world.holdSync = undefined;
    live.release();
    const workflowId = operationWorkflowId('sync', live.ref.integrationId, 'before');
    await until('the replay differs', async () => (await failedTasks(workflowId)).length > 0);
    expect((await failedTasks(workflowId)).join('\n')).toMatch(/nondeterminism|TMPRL1100/i);
    expect(live.world.runs.get('run_before')).toBe('running');
  } finally {
    await after.stop();
    await arbiterOf(live).terminate('it was to get stuck');
  }
});

it('goes on with every live integration, and each takes the new path', {
  timeout: 600_000,
}, async () => {
  const all = Array.from({ length: liveCount }, (_, index) =>
    bringToLife(String(index), situations[index % situations.length] as Situation),
  );
  const before = await startWorker();
  await forEach(all, bringInto);

  const after = await startWorker(guarded);
  try {
    await before.stop();
    for (const { release, world } of all) {
      world.holdSync = undefined;
      release();
    }
    await forEach(all, finishWhatWasUnderWay);
    await forEach(all, async (live) => {
      const { integrationId } = live.ref;
      const { operationId, runId } = await ask(live, syncRequest('last', 'manual'));
      await until(`${integrationId} syncs`, () => live.world.runs.get(runId as string) === 'succeeded');
      expect([...new Set(live.world.runs.values())], integrationId).toEqual(['succeeded']);
      const arbiter = await arbiterOf(live).query(arbiterView);
      expect(arbiter, integrationId).toMatchObject({ phase: 'active', queued: [] });
      const workflowId = operationWorkflowId('sync', integrationId, operationId);
      const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
      const markers = (events ?? []).map((event) => event.markerRecordedEventAttributes?.markerName);
      expect(markers, `${workflowId} took the new path`).toContain('core_patch');
    });
    for (const { ref, situation, world } of all)
      if (situation === 'pushed')
        expect(world.calls, ref.integrationId).toContain('beginRun incremental push');
    const query = 'ExecutionStatus IN ("Failed", "TimedOut")';
    for await (const { workflowId } of client.workflow.list({ query }))
      throw new Error(`${workflowId} broke`);
  } finally {
    await after.stop();
  }
});
