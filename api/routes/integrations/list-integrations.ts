import { listVisibleIntegrations } from '../../../db/queries/integrations-read.ts';
import { integration, listIntegrationsQuery } from '../../contract/integration.ts';
import { listOf } from '../../contract/shape.ts';
import { defineRoute } from '../../define-route.ts';
import { decodeTimeCursor, toList } from '../../paging.ts';
import { presentIntegration } from '../../present.ts';

export const listIntegrations = defineRoute({
  method: 'get',
  path: '/v1/integrations',
  summary: 'Integrations, newest first',
  tag: 'Integrations',
  auth: 'caller',
  polled: true,
  query: listIntegrationsQuery,
  responses: { 200: { description: 'One page', schema: listOf(integration) } },
  handler: async ({ deps, caller, query }) => {
    const page = await listVisibleIntegrations(deps.db, caller, {
      limit: query.limit,
      after: decodeTimeCursor(query.cursor),
      provider: query.provider,
    });
    const body = toList(
      page,
      (row) => presentIntegration(deps, row),
      ({ integration: { id }, createdAt: at }) => ({ id, at }),
    );
    return { status: 200, body };
  },
});
