import { createApiKey as insertApiKey } from '../../../db/queries/api-keys.ts';
import { recordAudit } from '../../../db/queries/audit.ts';
import { createdWorkspaceKey, createWorkspaceKey } from '../../contract/api-key.ts';
import { defineRoute } from '../../define-route.ts';

export const createApiKey = defineRoute({
  method: 'post',
  path: '/v1/api-keys',
  summary: 'A further key of the workspace',
  description:
    'To replace a key without a gap: make a second one, give it to your programs, then revoke the first.',
  tag: 'Workspace keys',
  auth: 'workspace_key',
  body: createWorkspaceKey,
  responses: { 201: { description: 'The key is shown only now', schema: createdWorkspaceKey } },
  handler: async ({ deps, caller, body }) => {
    const made = await deps.db.transaction(async (tx) => {
      const row = await insertApiKey(tx, { workspaceId: caller.workspaceId, name: body.name });
      await recordAudit(tx, {
        ...{ workspaceId: caller.workspaceId, actor: caller.actor },
        ...{ action: 'api-key.create', target: row.id, details: { name: body.name } },
      });
      return row;
    });
    return { status: 201, body: made };
  },
});
