/** The platform's own check: what Postgres says should run is compared with what runs. It stops nothing that does. */

import { Context } from '@temporalio/activity';
import { WorkflowIdConflictPolicy } from '@temporalio/client';
import { findForgottenWork } from '../../db/queries/contact-queue.ts';
import { type Integration, listIntegrationsAfter } from '../../db/queries/integrations.ts';
import { resealCredentials } from '../../db/queries/reseal.ts';
import {
  contactsEdited,
  integrationWorkflowId,
  settingsChanged,
  workflowTypes,
} from '../../workflows/messages.ts';
import { integrationStartOptions } from '../../workflows/start-options.ts';
import { isoAt, nowMs } from '../clock.ts';
import type { ActivityDeps } from '../deps.ts';
import { noteReconciled } from '../metrics.ts';
import { indexSoon } from '../search/index-soon.ts';
import { closeLostRuns } from './close-lost-runs.ts';
import { closeLostWrites } from './close-lost-writes.ts';
import { isRunning } from './lost.ts';
import { pruneOld } from './prune-old.ts';

export interface ReconcileReport {
  readonly checked: number;
  /** Integrations whose workflow was missing and has been started. */
  readonly started: readonly string[];
  /** Integrations whose next sync is long past. */
  readonly overdue: readonly string[];
  /** Runs that nothing ran any more and that have been ended; absent in what older workers answered. */
  readonly lostRuns?: readonly string[];
  /** The same of writes of tasks. */
  readonly lostWrites?: readonly string[];
}

const pageSize = 500;
const describedAtOnce = 10;
/** An edit is told to its workflow at once, or never was. */
const forgottenAfterMs = 60_000;

/** A failed look-up is an error of this activity, never a reason to start or end anything. */
export function createReconcile(deps: ActivityDeps) {
  return async function reconcile(): Promise<ReconcileReport> {
    const started: string[] = [];
    const overdue: string[] = [];
    let checked = 0;
    let afterId = '';
    for (;;) {
      const page = await listIntegrationsAfter(deps.db, afterId, pageSize);
      const forgotten = await findForgottenWork(deps.db, {
        integrationIds: page.filter(({ phase }) => phase === 'active').map(({ id }) => id),
        dueBefore: isoAt(nowMs(deps) - forgottenAfterMs),
      });
      for (let at = 0; at < page.length; at += describedAtOnce) {
        const slice = page.slice(at, at + describedAtOnce);
        const runs = await Promise.all(slice.map((row) => isRunning(deps, integrationWorkflowId(row.id))));
        for (const [index, row] of slice.entries()) {
          // What Postgres has came about while the workflow engine was away: the workflow doesn't know of it, running or not.
          if (row.deletingAt !== null || isUnplanned(row)) await startOrWake(deps, row, settingsChanged);
          else if (forgotten.has(row.id)) {
            // It may not know of its phase either: whoever applies the plan of a parked run makes it active in Postgres.
            await startOrWake(deps, row, settingsChanged);
            await startOrWake(deps, row, contactsEdited);
          } else if (runs[index] === false) await start(deps, row);
          if (runs[index] === false) started.push(row.id);
          else if (isOverdue(row)) overdue.push(row.id);
        }
        checked += slice.length;
        Context.current().heartbeat({ checked });
      }
      if (page.length < pageSize) break;
      afterId = (page.at(-1) as Integration).id;
    }
    const lostRuns = await closeLostRuns(deps);
    const lostWrites = await closeLostWrites(deps);
    indexSoon(deps);
    await pruneOld(deps);
    await resealAll(deps);
    noteReconciled();
    if (started.length > 0) deps.logger.warn({ started }, 'integrations had no workflow; started');
    if (overdue.length > 0) deps.logger.warn({ overdue }, 'integrations are overdue');
    if (lostRuns.length > 0) deps.logger.warn({ lostRuns }, 'runs that nothing ran any more; ended');
    if (lostWrites.length > 0) deps.logger.warn({ lostWrites }, 'writes that nothing carried out; ended');
    return { checked, started, overdue, lostRuns, lostWrites };
  };
}

/** After the encryption key was changed: a little at a time, until nothing is left under an older one. */
async function resealAll(deps: ActivityDeps): Promise<void> {
  while ((await resealCredentials(deps.db, deps.sealer, pageSize)) > 0) Context.current().heartbeat();
}

const startOptions = (row: Integration) => ({
  ...integrationStartOptions({
    integrationId: row.id,
    workspaceId: row.workspaceId,
    provider: row.provider,
  }),
  workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
});

async function start(deps: ActivityDeps, row: Integration): Promise<void> {
  await deps.temporal.workflow.start(workflowTypes.integration, startOptions(row));
}

/** Lets it read from Postgres what it is to do. */
async function startOrWake(
  deps: ActivityDeps,
  row: Integration,
  news: typeof settingsChanged | typeof contactsEdited,
): Promise<void> {
  await deps.temporal.workflow.signalWithStart(workflowTypes.integration, {
    ...startOptions(row),
    signal: news,
  });
}

/** Signed in, or switched to auto-sync, and not told yet: its workflow plans a check as soon as it looks. */
function isUnplanned(row: Integration): boolean {
  return row.phase === 'active' && row.autoSync && row.nextSyncAt === null;
}

/** Twice its interval past the time it should have been checked. */
function isOverdue(row: Integration): boolean {
  if (row.phase !== 'active' || !row.autoSync || row.nextSyncAt === null) return false;
  return Date.now() - Date.parse(row.nextSyncAt) > 2 * row.intervalSeconds * 1000;
}
