import { listApiKeys as queryApiKeys } from '../../../db/queries/api-keys.ts';
import { listApiKeysQuery, workspaceKey } from '../../contract/api-key.ts';
import { listOf } from '../../contract/shape.ts';
import { defineRoute } from '../../define-route.ts';
import { pageOfWhole } from '../../paging.ts';

export const listApiKeys = defineRoute({
  method: 'get',
  path: '/v1/api-keys',
  summary: 'The keys of the workspace',
  tag: 'Workspace keys',
  auth: 'workspace_key',
  query: listApiKeysQuery,
  responses: { 200: { description: 'Revoked ones included', schema: listOf(workspaceKey) } },
  handler: async ({ deps, caller, query }) => ({
    status: 200,
    body: pageOfWhole(await queryApiKeys(deps.db, caller.workspaceId), query, ({ id }) => id),
  }),
});
