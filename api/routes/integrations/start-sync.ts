import { startSync as requestBody, syncAccepted } from '../../contract/integration.ts';
import { defineRoute } from '../../define-route.ts';
import { requestSync } from '../../request-sync.ts';
import { integrationParams, requireIntegration } from '../../require-integration.ts';

export const startSync = defineRoute({
  method: 'post',
  path: '/v1/integrations/{id}/sync',
  summary: 'Sync now',
  description:
    'Answers at once. An incremental sync joins one that runs already; a full one cancels an incremental sync and lists everything again, keeping the former data until it is complete.',
  tag: 'Integrations',
  auth: 'caller',
  params: integrationParams,
  body: requestBody,
  responses: { 202: { description: 'Accepted; follow the run', schema: syncAccepted } },
  problems: [409],
  handler: async ({ deps, caller, params, body, newId }) => {
    const row = await requireIntegration(deps, caller, params.id);
    return { status: 202, body: await requestSync(deps, row, { mode: body.mode, trigger: 'manual', newId }) };
  },
});
