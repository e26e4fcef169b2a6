import { defineRoute } from '../../define-route.ts';

export const getMetrics = defineRoute({
  method: 'get',
  path: '/metrics',
  summary: 'Figures for Prometheus',
  tag: 'Operations',
  auth: 'public',
  responses: { 200: { description: 'Exposition format', contentType: 'text/plain' } },
  handler: async ({ deps, res }) => {
    res.type(deps.metrics.contentType).send(await deps.metrics.expose());
    return undefined;
  },
});
