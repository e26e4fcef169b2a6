import { recordAudit } from '../../../db/queries/audit.ts';
import { hideIntegration } from '../../../db/queries/integration-settings.ts';
import { deleteIntegrationQuery, operationAccepted } from '../../contract/integration.ts';
import { defineRoute } from '../../define-route.ts';
import { ProblemError } from '../../problem.ts';
import { integrationParams, requireIntegration, toRef } from '../../require-integration.ts';

export const deleteIntegration = defineRoute({
  method: 'delete',
  path: '/v1/integrations/{id}',
  summary: 'Delete an integration, and its records unless they are to be kept',
  tag: 'Integrations',
  auth: 'caller',
  params: integrationParams,
  query: deleteIntegrationQuery,
  responses: { 202: { description: 'Accepted; from now on the id answers 404', schema: operationAccepted } },
  handler: async ({ deps, caller, params, query, newId }) => {
    const row = await requireIntegration(deps, caller, params.id);
    const operationId = newId('op');
    await recordAudit(deps.db, {
      workspaceId: caller.workspaceId,
      actor: caller.actor,
      action: 'integration.delete',
      target: row.id,
      details: { records: query.records },
    });
    await hideIntegration(deps.db, row.id, query.records);
    try {
      await deps.arbiter.request(toRef(row), { kind: 'delete', operationId, records: query.records });
    } catch (error) {
      if (!isAccepted(error)) throw error;
      deps.logger.warn(
        { err: error, integrationId: row.id },
        'delete not confirmed; the workflow is told to look',
      );
      // An update that meets the end of the workflow's run is refused; a signal is kept for the next one. Not waited for: the
      // reconcile schedule completes what is hidden where the workflow engine is away.
      deps.arbiter
        .announceSettings(toRef(row))
        .catch((err) =>
          deps.logger.warn({ err, integrationId: row.id }, 'delete left to the reconcile schedule'),
        );
    }
    return { status: 202, body: { operationId } };
  },
});

/** The workflow engine is away, or is deleting it already. */
const isAccepted = (error: unknown): boolean =>
  error instanceof ProblemError &&
  (error.code === 'upstream_unavailable' || error.code === 'integration_deleting');
