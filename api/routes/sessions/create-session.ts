import { recordAudit } from '../../../db/queries/audit.ts';
import { createSignInLink, findUser, createSession as insertSession } from '../../../db/queries/identity.ts';
import { createdSession, createSession as requestBody } from '../../contract/session.ts';
import { defineRoute } from '../../define-route.ts';
import { notFound } from '../../problem.ts';
import { sessionLifetimeMs } from '../../session-cookie.ts';

export const createSession = defineRoute({
  method: 'post',
  path: '/v1/sessions',
  summary: 'A session for one user, and a one-time sign-in link for the page',
  description:
    'The token ends after 30 minutes. The link opens a session of its own in the browser that follows it, which lasts while it is used and 30 minutes beyond.',
  tag: 'Sessions',
  auth: 'workspace_key',
  body: requestBody,
  responses: { 201: { description: 'The secrets are shown only now', schema: createdSession } },
  handler: async ({ deps, caller, body }) => {
    const user = await findUser(deps.db, caller.workspaceId, body.userId);
    if (user === undefined) throw notFound('user');
    const { session, link } = await deps.db.transaction(async (tx) => {
      const made = await insertSession(tx, user.id, { lifetimeMs: sessionLifetimeMs });
      await recordAudit(tx, {
        workspaceId: caller.workspaceId,
        actor: caller.actor,
        action: 'session.create',
        target: user.id,
      });
      return { session: made, link: await createSignInLink(tx, user.id, sessionLifetimeMs) };
    });
    return {
      status: 201,
      body: {
        ...session,
        userId: user.id,
        signInUrl: `${deps.config.publicUrl}/sign-in#${link}`,
        embedUrl: `${deps.config.publicUrl}/embed/sign-in#${link}`,
      },
    };
  },
});
