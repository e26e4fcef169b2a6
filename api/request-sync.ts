import { setTimeout as sleep } from 'node:timers/promises';
import { type IdPrefix, newId as newFreshId } from '../db/ids.ts';
import type { IntegrationRow } from '../db/queries/integrations-read.ts';
import { announceRun, findRun } from '../db/queries/runs-read.ts';
import { operationWorkflowId, type SyncMode, type SyncTrigger } from '../workflows/messages.ts';
import type { SyncAccepted } from './contract/integration.ts';
import type { ApiDeps } from './deps.ts';
import { requireSignedIn } from './refusal.ts';
import { toRef } from './require-integration.ts';

export interface SyncRequest {
  readonly mode: SyncMode;
  readonly trigger: SyncTrigger;
  readonly newId: (prefix: IdPrefix) => string;
}

/** How long the arbiter may take to notice that a run has ended. */
const settleAttempts = 20;
const settleDelayMs = 100;

/**
 * Asks the arbiter for a sync and makes its run readable at once. A repeat is answered with the run that the first request
 * led to, once that has begun: the arbiter knows it no longer when it has ended. Throws a refusal as a 409 problem.
 */
export async function requestSync(
  deps: ApiDeps,
  row: IntegrationRow,
  sync: SyncRequest,
): Promise<SyncAccepted> {
  const { mode, trigger, newId } = sync;
  let ids = { operationId: newId('op'), runId: newId('run') };
  const begun = await findRun(deps.db, row.id, ids.runId);
  if (begun !== undefined && (begun.status !== 'running' || begun.generation !== null))
    return { runId: begun.id, operationId: begun.operationId, disposition: 'joined' };
  requireSignedIn(row);
  for (let attempt = 1; ; attempt += 1) {
    const asked = { ...ids, mode, trigger };
    const answer = await deps.arbiter.request(toRef(row), { kind: 'sync', ...asked });
    const { operationId, disposition, runId = asked.runId } = answer;
    const announce = () =>
      announceRun(deps.db, {
        ...{ id: runId, integrationId: row.id, operationId, mode, trigger },
        workflowId: operationWorkflowId('sync', row.id, operationId),
      });
    if (disposition !== 'joined') {
      await announce();
      return { runId, operationId, disposition };
    }
    // A run that ended a moment ago, unnoticed by the arbiter, would not see what the caller wants synced.
    const joined = await findRun(deps.db, row.id, runId);
    const isOver = joined !== undefined && joined.status !== 'running';
    if (!isOver || attempt === settleAttempts) {
      // One that the arbiter began by itself (after a push, say) may not have reached its first activity.
      if (joined === undefined) await announce();
      return { runId, operationId, disposition };
    }
    await sleep(settleDelayMs);
    // Under the same ids it would give the same answer again.
    ids = { operationId: newFreshId('op'), runId: newFreshId('run') };
  }
}

/**
 * The same where what is to be synced holds in Postgres already, whatever is said of the sync now: undefined where it could not
 * be asked for, and a later one carries it out.
 */
export async function requestSyncIfPossible(
  deps: ApiDeps,
  row: IntegrationRow,
  sync: SyncRequest,
): Promise<SyncAccepted | undefined> {
  try {
    return await requestSync(deps, row, sync);
  } catch (err) {
    deps.logger.warn({ err, integrationId: row.id, trigger: sync.trigger }, 'sync left to a later one');
    return undefined;
  }
}
