import { findRun } from '../../../../db/queries/runs-read.ts';
import { undoReport } from '../../../contract/contact-history.ts';
import { defineRoute } from '../../../define-route.ts';
import { notFound, ProblemError } from '../../../problem.ts';
import { requestSyncIfPossible } from '../../../request-sync.ts';
import { requireIntegration } from '../../../require-integration.ts';
import { tellPlanners } from '../../../tell-planners.ts';
import { undoRun as undo } from '../../../undo-run.ts';
import { runParams } from './get-run.ts';

export const undoRun = defineRoute({
  method: 'post',
  path: '/v1/integrations/{id}/runs/{runId}/undo',
  summary: 'Take back what a run did to contacts and lists',
  description:
    'Only values that nobody has changed since go back to what they were, and contacts and lists that were archived come back, those on them included; everything else is listed. Where the direction allows, the former values go to the provider, too: with `sync`, or (`waits`) with a later one.',
  tag: 'Runs',
  auth: 'caller',
  params: runParams,
  responses: { 200: { description: 'What was taken back, and what was not', schema: undoReport } },
  problems: [409],
  handler: async ({ deps, caller, params, newId }) => {
    const integration = await requireIntegration(deps, caller, params.id);
    const run = await findRun(deps.db, integration.id, params.runId);
    if (run === undefined) throw notFound('run');
    if (run.status === 'running') {
      throw new ProblemError('conflict', {
        detail: 'The run is still going on.',
        remedy: 'Wait until it has ended.',
      });
    }
    const undone = await undo(deps, caller, { integration, runId: run.id });
    const { reverted, skipped, lists, integrationIds } = undone;
    const goesOut =
      integrationIds.includes(integration.id) && integration.approvedDirection !== 'from_provider';
    // It is undone from here. Without a sign-in the former values wait in the queue of work for the next sync.
    const sync =
      goesOut && integration.phase === 'active'
        ? await requestSyncIfPossible(deps, integration, { mode: 'incremental', trigger: 'undo', newId })
        : undefined;
    const waits = goesOut && sync === undefined;
    // A signal outlasts what an update does not: the end of the workflow's run, and that no worker answers.
    tellPlanners(
      deps,
      integration,
      integrationIds.filter((id) => id !== integration.id || waits),
    );
    return {
      status: 200,
      body: { runId: run.id, reverted, skipped: [...skipped], lists, sync: sync ?? null, waits },
    };
  },
});
