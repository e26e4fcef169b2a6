import { runsThatChangedLists } from '../../../../db/queries/list-journal.ts';
import { listRuns as queryRuns } from '../../../../db/queries/runs-read.ts';
import { listRunsQuery, run } from '../../../contract/run.ts';
import { listOf } from '../../../contract/shape.ts';
import { defineRoute } from '../../../define-route.ts';
import { decodeTimeCursor, toList } from '../../../paging.ts';
import { presentRun } from '../../../present.ts';
import { integrationParams, requireIntegration } from '../../../require-integration.ts';

export const listRuns = defineRoute({
  method: 'get',
  path: '/v1/integrations/{id}/runs',
  summary: 'Syncs, newest first',
  tag: 'Runs',
  auth: 'caller',
  params: integrationParams,
  query: listRunsQuery,
  responses: { 200: { description: 'One page', schema: listOf(run) } },
  handler: async ({ deps, caller, params, query }) => {
    const { id } = await requireIntegration(deps, caller, params.id);
    const page = await queryRuns(deps.db, id, {
      limit: query.limit,
      after: decodeTimeCursor(query.cursor),
      status: query.status,
    });
    const ids = page.rows.map(({ run }) => run.id);
    const changed = await runsThatChangedLists(deps.db, ids);
    const body = toList(
      page,
      (row) => presentRun(deps.config, row.run, { changedLists: changed.has(row.run.id) }),
      ({ run: { id }, at }) => ({ id, at }),
    );
    return { status: 200, body };
  },
});
