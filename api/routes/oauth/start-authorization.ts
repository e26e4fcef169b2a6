import { calculatePKCECodeChallenge } from 'oauth4webapi';
import { z } from 'zod';
import { hashSecret, newSecret } from '../../../db/ids.ts';
import { findIntegration } from '../../../db/queries/integrations.ts';
import { bindToBrowser, findAttemptByHop, readVerifier } from '../../../db/queries/oauth-attempts.ts';
import { stateOf } from '../../begin-authorization.ts';
import { defineRoute } from '../../define-route.ts';
import { findProvider } from '../../deps.ts';
import { sendOAuthPage, setOAuthHeaders } from '../../oauth-page.ts';
import { belongsToSession } from '../../oauth-session.ts';
import { browserCookie, readCookie, setBrowserCookie } from '../../session-cookie.ts';

const startAgain = 'Close this window and press Connect (or Re-authenticate) again.';

export const startAuthorization = defineRoute({
  method: 'get',
  path: '/oauth/start/{token}',
  summary: 'The hop to the provider: ties the sign-in to this browser',
  tag: 'OAuth',
  auth: 'public',
  params: z.object({ token: z.string().max(200) }),
  query: z.looseObject({}),
  responses: {
    302: { description: "To the provider's consent page" },
    400: { description: 'A page that says why not', contentType: 'text/html' },
  },
  handler: async ({ deps, params, req, res }) => {
    const { publicUrl } = deps.config;
    const refuse = (text: string) =>
      sendOAuthPage(res, publicUrl, {
        status: 400,
        title: 'This sign-in can not be opened',
        text,
        remedy: startAgain,
      });

    const attempt = await findAttemptByHop(deps.db, hashSecret(params.token));
    const integration =
      attempt === undefined ? undefined : await findIntegration(deps.db, attempt.integrationId);
    const offered =
      integration === undefined ? undefined : findProvider(deps.catalogue, integration.provider);
    if (attempt === undefined || integration?.deletingAt !== null || offered?.adapter.oauth === undefined) {
      refuse('The link is not one of ours, or it is not complete.');
      return undefined;
    }
    if (!(await belongsToSession(deps.db, attempt, req))) {
      refuse('It was begun by somebody who is signed in to Harmony in another browser.');
      return undefined;
    }
    const browser = readCookie(req, browserCookie) ?? newSecret('ho');
    if (!(await bindToBrowser(deps.db, attempt.id, hashSecret(browser)))) {
      refuse('It is too old, was used already, or was opened in another browser.');
      return undefined;
    }
    const url = offered.adapter.oauth(offered.environment).authorizationUrl({
      redirectUri: `${publicUrl}/oauth/callback`,
      state: stateOf(params.token),
      codeChallenge: await calculatePKCECodeChallenge(readVerifier(deps.sealer, attempt)),
      ...(integration.accountEmail === null ? {} : { loginHint: integration.accountEmail }),
    });
    setOAuthHeaders(res);
    setBrowserCookie(res, publicUrl, browser);
    return { status: 302, headers: { Location: url } };
  },
});
