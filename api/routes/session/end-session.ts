import { endSession as removeSession } from '../../../db/queries/identity.ts';
import { defineRoute } from '../../define-route.ts';
import { ProblemError } from '../../problem.ts';
import { clearSessionCookie } from '../../session-cookie.ts';

export const endSession = defineRoute({
  method: 'delete',
  path: '/v1/session',
  summary: 'Sign out',
  tag: 'Sessions',
  auth: 'caller',
  responses: { 204: { description: 'The session is over' } },
  problems: [409],
  handler: async ({ deps, caller, res }) => {
    if (caller.session === undefined) {
      throw new ProblemError('conflict', {
        detail: 'A workspace key is not a session and can not be ended here.',
      });
    }
    await removeSession(deps.db, caller.session.sessionId);
    clearSessionCookie(res, deps.config.publicUrl, caller.via === 'embedded_cookie');
    return { status: 204 };
  },
});
