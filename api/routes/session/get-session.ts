import { session } from '../../contract/session.ts';
import { defineRoute } from '../../define-route.ts';
import { describeSession } from '../../describe-session.ts';

export const getSession = defineRoute({
  method: 'get',
  path: '/v1/session',
  summary: 'Who am I',
  tag: 'Sessions',
  auth: 'caller',
  responses: { 200: { description: 'User and workspace of the caller', schema: session } },
  handler: async ({ deps, caller }) => ({
    status: 200,
    body: await describeSession(deps.db, caller, caller.session?.expiresAt ?? null),
  }),
});
