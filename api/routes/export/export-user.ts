import { recordAudit } from '../../../db/queries/audit.ts';
import { exportUserRows } from '../../../db/queries/export-user.ts';
import { defineRoute } from '../../define-route.ts';
import { ProblemError } from '../../problem.ts';
import { writeToReader } from '../../write-to-reader.ts';

export const exportUser = defineRoute({
  method: 'get',
  path: '/v1/export',
  summary: 'Everything that is kept about a user',
  description:
    'One line of JSON a row, `{table, row}`, streamed as it is read. Secrets are left out. It ends early only with a broken connection, never with a complete-looking answer; who reads nothing for 30 seconds is left.',
  tag: 'Operations',
  auth: 'caller',
  responses: { 200: { description: 'The rows', contentType: 'application/x-ndjson' } },
  problems: [400],
  handler: async ({ deps, caller, res }) => {
    const { workspaceId, userId, actor } = caller;
    if (userId === null) {
      throw new ProblemError('user_required', {
        detail: 'An export is of one user.',
        remedy: 'Name the user in the header Harmony-User.',
        errors: [{ path: 'Harmony-User', message: 'missing' }],
      });
    }
    await recordAudit(deps.db, { workspaceId, actor, action: 'user.export', target: userId });
    res.type('application/x-ndjson');
    res.setHeader('Content-Disposition', 'attachment; filename="harmony-export.ndjson"');
    await exportUserRows(deps.db, userId, (lines) => writeToReader(res, lines));
    res.end();
    return undefined;
  },
});
