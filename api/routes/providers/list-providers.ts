import { listProvidersQuery, provider } from '../../contract/provider.ts';
import { listOf } from '../../contract/shape.ts';
import { defineRoute } from '../../define-route.ts';
import { pageOfWhole } from '../../paging.ts';
import { presentProvider } from '../../present.ts';

export const listProviders = defineRoute({
  method: 'get',
  path: '/v1/providers',
  summary: 'Available integrations',
  tag: 'Providers',
  auth: 'caller',
  query: listProvidersQuery,
  responses: { 200: { description: 'The catalogue', schema: listOf(provider) } },
  handler: async ({ deps, query }) => ({
    status: 200,
    body: pageOfWhole(deps.catalogue.adapters.map(presentProvider), query, ({ id }) => id),
  }),
});
