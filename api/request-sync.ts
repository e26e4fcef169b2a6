import type { IdPrefix } from '../db/ids.ts';
import type { IntegrationRow } from '../db/queries/integrations-read.ts';
import { announceRun } from '../db/queries/runs-read.ts';
import { operationWorkflowId, type SyncMode, type SyncTrigger } from '../workflows/messages.ts';
import type { SyncAccepted } from './contract/integration.ts';
import type { ApiDeps } from './deps.ts';
import { requireSignedIn } from './refusal.ts';
import { toRef } from './require-integration.ts';

/** Asks the arbiter for a sync and makes its run readable at once. Throws a refusal as a 409 problem. */
export async function requestSync(
  deps: ApiDeps,
  row: IntegrationRow,
  sync: { mode: SyncMode; trigger: SyncTrigger; newId: (prefix: IdPrefix) => string },
): Promise<SyncAccepted> {
  requireSignedIn(row);
  const { mode, trigger, newId } = sync;
  const asked = { operationId: newId('op'), runId: newId('run'), mode, trigger };
  const answer = await deps.arbiter.request(toRef(row), { kind: 'sync', ...asked });
  const { operationId, disposition, runId = asked.runId } = answer;
  // A joined run was announced by whoever asked for it first.
  if (disposition !== 'joined') {
    const workflowId = operationWorkflowId('sync', row.id, operationId);
    await announceRun(deps.db, { id: runId, integrationId: row.id, operationId, mode, trigger, workflowId });
  }
  return { runId, operationId, disposition };
}
