import { findSessionHolder, redeemSignInLink } from '../../../db/queries/identity.ts';
import { redeemLink as requestBody, session } from '../../contract/session.ts';
import { defineRoute } from '../../define-route.ts';
import { describeSession } from '../../describe-session.ts';
import { ProblemError } from '../../problem.ts';
import { sessionLifetimeMs, setSessionCookie } from '../../session-cookie.ts';

export const redeemLink = defineRoute({
  method: 'post',
  path: '/v1/sessions/redeem',
  summary: 'Sign in with a one-time link',
  description: 'Sets the session cookie. The link works once.',
  tag: 'Sessions',
  auth: 'public',
  body: requestBody,
  responses: { 200: { description: 'Signed in', schema: session } },
  handler: async ({ deps, body, res }) => {
    const opened = await redeemSignInLink(deps.db, body.link, {
      lifetimeMs: sessionLifetimeMs,
      prefix: body.embedded ? 'he' : 'hs',
    });
    const holder = opened === undefined ? undefined : await findSessionHolder(deps.db, opened.token);
    if (opened === undefined || holder === undefined) {
      throw new ProblemError('link_invalid', {
        detail: 'The link was used before, is too old, or is not complete.',
        remedy: 'Ask for a new sign-in link; `npm start` prints one.',
      });
    }
    setSessionCookie(res, deps.config.publicUrl, opened.token);
    return { status: 200, body: await describeSession(deps.db, holder, holder.expiresAt) };
  },
});
