import { providerList } from '../../contract/provider.ts';
import { defineRoute } from '../../define-route.ts';
import { presentProvider } from '../../present.ts';

export const listProviders = defineRoute({
  method: 'get',
  path: '/v1/providers',
  summary: 'Available integrations',
  tag: 'Providers',
  auth: 'caller',
  responses: { 200: { description: 'The whole catalogue', schema: providerList } },
  handler: async ({ deps }) => ({
    status: 200,
    body: { data: deps.catalogue.adapters.map(presentProvider), nextCursor: null },
  }),
});
