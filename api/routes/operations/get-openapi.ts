import { z } from 'zod';
import { defineRoute } from '../../define-route.ts';
import { buildDocument } from '../../openapi.ts';

export const getOpenApi = defineRoute({
  method: 'get',
  path: '/openapi.json',
  summary: 'This document',
  tag: 'Operations',
  auth: 'public',
  responses: { 200: { description: 'OpenAPI 3.1', schema: z.looseObject({ openapi: z.string() }) } },
  handler: async ({ deps }) => ({ status: 200, body: { ...buildDocument(deps.routes()) } }),
});
