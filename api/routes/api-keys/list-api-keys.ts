import { listApiKeys as queryApiKeys } from '../../../db/queries/api-keys.ts';
import { workspaceKey } from '../../contract/api-key.ts';
import { listOf } from '../../contract/shape.ts';
import { defineRoute } from '../../define-route.ts';

export const listApiKeys = defineRoute({
  method: 'get',
  path: '/v1/api-keys',
  summary: 'The keys of the workspace',
  tag: 'Workspace keys',
  auth: 'workspace_key',
  responses: { 200: { description: 'All, revoked ones included', schema: listOf(workspaceKey) } },
  handler: async ({ deps, caller }) => ({
    status: 200,
    body: { data: await queryApiKeys(deps.db, caller.workspaceId), nextCursor: null },
  }),
});
