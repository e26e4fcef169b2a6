import { z } from 'zod';
import { revokeApiKey as revoke } from '../../../db/queries/api-keys.ts';
import { recordAudit } from '../../../db/queries/audit.ts';
import { resourceId } from '../../contract/shape.ts';
import { defineRoute } from '../../define-route.ts';
import { notFound, ProblemError } from '../../problem.ts';

export const revokeApiKey = defineRoute({
  method: 'delete',
  path: '/v1/api-keys/{id}',
  summary: 'Revoke a key',
  description: 'It is refused from the next request on. The last one stays until there is another.',
  tag: 'Workspace keys',
  auth: 'workspace_key',
  params: z.object({ id: resourceId }),
  responses: { 204: { description: 'Revoked' } },
  problems: [409],
  handler: async ({ deps, caller, params }) => {
    const revocation = await revoke(deps.db, caller.workspaceId, params.id);
    if (revocation === 'unknown') throw notFound('key');
    if (revocation === 'last') {
      throw new ProblemError('conflict', {
        detail: 'It is the only key of the workspace that still works.',
        remedy: 'Make another one first: POST /v1/api-keys.',
      });
    }
    await recordAudit(deps.db, {
      ...{ workspaceId: caller.workspaceId, actor: caller.actor },
      ...{ action: 'api-key.revoke', target: params.id },
    });
    return { status: 204 };
  },
});
