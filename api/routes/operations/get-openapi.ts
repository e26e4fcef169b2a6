import { z } from 'zod';
import { defineRoute } from '../../define-route.ts';

export const getOpenApi = defineRoute({
  method: 'get',
  path: '/openapi.json',
  summary: 'This document',
  tag: 'Operations',
  auth: 'public',
  responses: { 200: { description: 'OpenAPI 3.1', schema: z.looseObject({ openapi: z.string() }) } },
  handler: async ({ req }) => ({ status: 200, body: req.app.locals.openApi }),
});
