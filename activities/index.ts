/** All activities, made from their dependencies: `core` touch no provider, `provider` run on that provider's queue. */
import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { createAcceptKey } from './connect/accept-key.ts';
import { createAuthorize } from './connect/authorize.ts';
import { createEnsureWatches } from './connect/ensure-watches.ts';
import { createExplainFailure, createNoteRefusal } from './connect/note-refusal.ts';
import { createRefreshCollections } from './connect/refresh-collections.ts';
import { createComputePlan, createFailPlan } from './contacts/compute-plan.ts';
import { createPlanContacts } from './contacts/plan-contacts.ts';
import { createWriteContacts } from './contacts/write-contacts.ts';
import {
  createForgetIntegration,
  createPurge,
  createStopWatches,
  createTombstone,
} from './delete/delete-integration.ts';
import { createRevokeGrant } from './delete/revoke-grant.ts';
import type { ActivityDeps } from './deps.ts';
import { toFailure } from './failure.ts';
import { createReconcile } from './reconcile/reconcile.ts';
import { createBeginRun, createListStreams } from './sync/begin-run.ts';
import { createCheckForChanges, createNoteCheckFailure } from './sync/check-for-changes.ts';
import { createFinishRun } from './sync/finish-run.ts';
import { createLoadDesiredState } from './sync/load-desired-state.ts';
import { createPurgeUnsubscribed } from './sync/purge-unsubscribed.ts';
import { createSweepStream } from './sync/sweep-stream.ts';
import { createSyncStream } from './sync/sync-stream.ts';
import { createRefuseTaskWrite, createWriteTask } from './tasks/write-task.ts';
import { createTestConnection } from './test/test-connection.ts';
import { createSyncUsers } from './users/sync-users.ts';

export type { ActivityDeps } from './deps.ts';

export function createActivities(deps: ActivityDeps) {
  const core = {
    beginRun: createBeginRun(deps),
    listStreams: createListStreams(deps),
    purgeUnsubscribed: createPurgeUnsubscribed(deps),
    planContacts: createPlanContacts(deps),
    computePlan: createComputePlan(deps),
    failPlan: createFailPlan(deps),
    finishRun: createFinishRun(deps),
    loadDesiredState: createLoadDesiredState(deps),
    noteCheckFailure: createNoteCheckFailure(deps),
    explainFailure: createExplainFailure(deps),
    noteRefusal: createNoteRefusal(deps),
    acceptKey: createAcceptKey(deps),
    refuseTaskWrite: createRefuseTaskWrite(deps),
    tombstone: createTombstone(deps),
    purge: createPurge(deps),
    forgetIntegration: createForgetIntegration(deps),
    reconcile: createReconcile(deps),
  };
  const provider = {
    authorize: createAuthorize(deps),
    refreshCollections: createRefreshCollections(deps),
    ensureWatches: createEnsureWatches(deps),
    checkForChanges: createCheckForChanges(deps),
    syncStream: createSyncStream(deps),
    sweepStream: createSweepStream(deps),
    testConnection: createTestConnection(deps),
    syncUsers: createSyncUsers(deps),
    writeTask: createWriteTask(deps),
    writeContacts: createWriteContacts(deps),
    stopWatches: createStopWatches(deps),
    revokeGrant: createRevokeGrant(deps),
  };
  return { core: guarded(deps, core), provider: guarded(deps, provider) };
}

export type CoreActivities = ReturnType<typeof createActivities>['core'];
export type ProviderActivities = ReturnType<typeof createActivities>['provider'];

type AnyActivity = (...args: never[]) => Promise<unknown>;

/** Around every activity: a heartbeat that doesn't depend on its pace, and errors as failures that workflows know. */
function guarded<A extends Record<string, AnyActivity>>(deps: ActivityDeps, activities: A): A {
  const entries = Object.entries(activities).map(([name, activity]) => [name, guard(deps, activity)]);
  return Object.fromEntries(entries) as A;
}

const heartbeatEveryMs = 3000;

function guard(deps: ActivityDeps, activity: AnyActivity) {
  return async (...args: never[]): Promise<unknown> => {
    const context = Context.current();
    const beat = setInterval(() => context.heartbeat(), heartbeatEveryMs);
    try {
      return await activity(...args);
    } catch (error) {
      if (context.cancellationSignal.aborted) throw new CancelledFailure('The activity was cancelled.');
      const failure = toFailure(error);
      if (failure instanceof ApplicationFailure && failure.type === 'Internal') {
        const { activityType, attempt, workflowExecution } = context.info;
        deps.logger.error(
          { err: error, activityType, attempt, ...workflowExecution },
          'an activity failed unexpectedly',
        );
      }
      throw failure;
    } finally {
      clearInterval(beat);
    }
  };
}
