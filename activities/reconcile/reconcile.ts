/** The platform's own check: what Postgres says should run is compared with what runs. It ends nothing. */

import { Context } from '@temporalio/activity';
import { WorkflowIdConflictPolicy, WorkflowNotFoundError } from '@temporalio/client';
import { pruneHiddenDocuments } from '../../db/queries/documents.ts';
import { pruneIdempotencyKeys } from '../../db/queries/idempotency.ts';
import { pruneSessions } from '../../db/queries/identity.ts';
import { pruneEvents } from '../../db/queries/integration-events.ts';
import { type Integration, listIntegrationsAfter } from '../../db/queries/integrations.ts';
import { pruneLimits } from '../../db/queries/provider-limits.ts';
import { pruneTaskWrites } from '../../db/queries/task-writes.ts';
import { pruneInbox } from '../../db/queries/webhook-inbox.ts';
import { integrationWorkflowId, workflowTypes } from '../../workflows/messages.ts';
import { integrationStartOptions } from '../../workflows/start-options.ts';
import type { ActivityDeps } from '../deps.ts';
import { indexSoon } from '../search/index-soon.ts';

export interface ReconcileReport {
  readonly checked: number;
  /** Integrations whose workflow was missing and has been started. */
  readonly started: readonly string[];
  /** Integrations whose next sync is long past. */
  readonly overdue: readonly string[];
}

const pageSize = 500;
const describedAtOnce = 10;
const dayMs = 24 * 60 * 60 * 1000;

/** A failed look-up is an error of this activity, never a reason to start or end anything. */
export function createReconcile(deps: ActivityDeps) {
  return async function reconcile(): Promise<ReconcileReport> {
    const started: string[] = [];
    const overdue: string[] = [];
    let checked = 0;
    let afterId = '';
    for (;;) {
      const page = await listIntegrationsAfter(deps.db, afterId, pageSize);
      for (let at = 0; at < page.length; at += describedAtOnce) {
        const slice = page.slice(at, at + describedAtOnce);
        const runs = await Promise.all(slice.map((row) => isRunning(deps, row.id)));
        for (const [index, row] of slice.entries()) {
          if (runs[index] === false) {
            await start(deps, row);
            started.push(row.id);
          } else if (isOverdue(row)) overdue.push(row.id);
        }
        checked += slice.length;
        Context.current().heartbeat({ checked });
      }
      if (page.length < pageSize) break;
      afterId = (page.at(-1) as Integration).id;
    }
    indexSoon(deps);
    await pruneEvents(deps.db, dayMs);
    await pruneLimits(deps.db);
    await pruneHiddenDocuments(deps.db, 30 * dayMs);
    await pruneInbox(deps.db, 7 * dayMs);
    await pruneIdempotencyKeys(deps.db);
    await pruneSessions(deps.db);
    await pruneTaskWrites(deps.db, 7 * dayMs);
    if (started.length > 0) deps.logger.warn({ started }, 'integrations had no workflow; started');
    if (overdue.length > 0) deps.logger.warn({ overdue }, 'integrations are overdue');
    return { checked, started, overdue };
  };
}

async function isRunning(deps: ActivityDeps, integrationId: string): Promise<boolean> {
  try {
    const description = await deps.temporal.workflow
      .getHandle(integrationWorkflowId(integrationId))
      .describe();
    return description.status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

async function start(deps: ActivityDeps, row: Integration): Promise<void> {
  await deps.temporal.workflow.start(workflowTypes.integration, {
    ...integrationStartOptions({
      integrationId: row.id,
      workspaceId: row.workspaceId,
      provider: row.provider,
    }),
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
  });
}

/** Twice its interval past the time it should have been checked. */
function isOverdue(row: Integration): boolean {
  if (row.phase !== 'active' || !row.autoSync || row.nextSyncAt === null) return false;
  return Date.now() - Date.parse(row.nextSyncAt) > 2 * row.intervalSeconds * 1000;
}
