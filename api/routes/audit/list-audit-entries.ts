import { listAudit } from '../../../db/queries/audit.ts';
import { auditEntry, listAuditQuery } from '../../contract/audit.ts';
import { listOf } from '../../contract/shape.ts';
import { defineRoute } from '../../define-route.ts';
import { decodeIdCursor, toList } from '../../paging.ts';

export const listAuditEntries = defineRoute({
  method: 'get',
  path: '/v1/audit-log',
  summary: 'Who did what, the newest first',
  tag: 'Operations',
  auth: 'workspace_key',
  query: listAuditQuery,
  responses: { 200: { description: 'One page', schema: listOf(auditEntry) } },
  handler: async ({ deps, caller, query }) => {
    const { limit, cursor, target } = query;
    const page = await listAudit(deps.db, caller.workspaceId, {
      limit,
      before: decodeIdCursor(cursor),
      target,
    });
    const present = ({ id, actor, action, target: of, details, at }: (typeof page.rows)[number]) => ({
      ...{ id, actor, action, target: of, at },
      details: details as Record<string, unknown>,
    });
    return { status: 200, body: toList(page, present, (row) => ({ id: row.id })) };
  },
});
