import { integration } from '../../contract/integration.ts';
import { defineRoute } from '../../define-route.ts';
import { describeIntegration, integrationParams } from '../../require-integration.ts';

export const getIntegration = defineRoute({
  method: 'get',
  path: '/v1/integrations/{id}',
  summary: 'One integration with its state, counts and last run',
  tag: 'Integrations',
  auth: 'caller',
  polled: true,
  params: integrationParams,
  responses: { 200: { description: 'The integration', schema: integration } },
  handler: async ({ deps, caller, params }) => ({
    status: 200,
    body: await describeIntegration(deps, caller, params.id),
  }),
});
