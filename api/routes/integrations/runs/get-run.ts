import { runsThatChangedLists } from '../../../../db/queries/list-journal.ts';
import { findRun } from '../../../../db/queries/runs-read.ts';
import { run } from '../../../contract/run.ts';
import { resourceId } from '../../../contract/shape.ts';
import { defineRoute } from '../../../define-route.ts';
import { presentRun } from '../../../present.ts';
import { notFound } from '../../../problem.ts';
import { integrationParams, requireIntegration } from '../../../require-integration.ts';

export const runParams = integrationParams.extend({ runId: resourceId });

export const getRun = defineRoute({
  method: 'get',
  path: '/v1/integrations/{id}/runs/{runId}',
  summary: 'One sync',
  tag: 'Runs',
  auth: 'caller',
  params: runParams,
  responses: { 200: { description: 'The run', schema: run } },
  handler: async ({ deps, caller, params }) => {
    const { id } = await requireIntegration(deps, caller, params.id);
    const row = await findRun(deps.db, id, params.runId);
    if (row === undefined) throw notFound('run');
    const changedLists = (await runsThatChangedLists(deps.db, [row.id])).has(row.id);
    return { status: 200, body: presentRun(deps.config, row, { changedLists }) };
  },
});
