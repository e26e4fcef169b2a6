/** Why there is a hop: only a request of the person's own browser can set the cookie that finish-authorization.ts asks for. */
import { setTimeout as sleep } from 'node:timers/promises';
import { calculatePKCECodeChallenge } from 'oauth4webapi';
import { z } from 'zod';
import { hashSecret, newSecret } from '../../../db/ids.ts';
import { findMappingsInForce } from '../../../db/queries/contact-mappings.ts';
import { isLeaseHeld, revocationLease } from '../../../db/queries/grant-leases.ts';
import { findIntegration, type Integration } from '../../../db/queries/integrations.ts';
import { bindToBrowser, findAttemptByHop, readVerifier } from '../../../db/queries/oauth-attempts.ts';
import { enabledObjects } from '../../../sync/default-mappings.ts';
import { stateOf } from '../../begin-authorization.ts';
import { defineRoute } from '../../define-route.ts';
import { type ApiDeps, findProvider, type OfferedProvider } from '../../deps.ts';
import { sendOAuthPage, setOAuthHeaders } from '../../oauth-page.ts';
import { belongsToSession } from '../../oauth-session.ts';
import { browserCookie, readCookie, setBrowserCookie } from '../../session-cookie.ts';

const startAgain = 'Close this window and press Connect (or Re-authenticate) again.';

/** A grant is ended within a second or two. */
const revocationWaitMs = 15_000;
const revocationPollMs = 150;

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
    503: { description: 'A page: another access is just being ended; try again', contentType: 'text/html' },
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
    if (!(await outlastRevocation(deps, integration, offered))) {
      sendOAuthPage(res, publicUrl, {
        status: 503,
        title: 'This sign-in has to wait a moment',
        text: `Harmony is just ending an access to ${offered.adapter.displayName}, and the provider takes its time. A new one would be ended along with it.`,
        remedy: 'Reload this page in a minute.',
      });
      return undefined;
    }
    const mappings = await findMappingsInForce(deps.db, integration.id);
    const url = offered.adapter.oauth(offered.environment).authorizationUrl({
      redirectUri: `${publicUrl}/oauth/callback`,
      state: stateOf(params.token),
      codeChallenge: await calculatePKCECodeChallenge(readVerifier(deps.sealer, attempt)),
      objects: enabledObjects(mappings?.objects),
      ...(integration.accountEmail === null ? {} : { loginHint: integration.accountEmail }),
    });
    setOAuthHeaders(res);
    setBrowserCookie(res, publicUrl, browser);
    return { status: 302, headers: { Location: url } };
  },
});

/**
 * Whoever ends grants takes the lease first and then looks for sign-ins that are under way; this one is bound to its
 * browser by now and looks for the lease. So one of both sees the other.
 */
async function outlastRevocation(
  { db }: ApiDeps,
  { workspaceId }: Integration,
  { adapter }: OfferedProvider,
): Promise<boolean> {
  const key = revocationLease(workspaceId, adapter.grantFamily);
  const deadlineMs = Date.now() + revocationWaitMs;
  while (await isLeaseHeld(db, key, new Date().toISOString())) {
    if (Date.now() > deadlineMs) return false;
    await sleep(revocationPollMs);
  }
  return true;
}
