/** The code is stored here, sealed, and no more: the integration's workflow exchanges it, so that a crash in between loses no sign-in. */
import type { Request } from 'express';
import { z } from 'zod';
import { hashSecret, newId } from '../../../db/ids.ts';
import { changePhase, findIntegration, type Integration } from '../../../db/queries/integrations.ts';
import { findAttemptByState, type OAuthAttempt, spendAttempt } from '../../../db/queries/oauth-attempts.ts';
import type { AuthorizeOutcome } from '../../../workflows/messages.ts';
import { defineRoute } from '../../define-route.ts';
import { type ApiDeps, findProvider, type OfferedProvider } from '../../deps.ts';
import { type OAuthPage, sendOAuthPage } from '../../oauth-page.ts';
import { belongsToSession } from '../../oauth-session.ts';
import { ProblemError } from '../../problem.ts';
import { toRef } from '../../require-integration.ts';
import { browserCookie, readCookie } from '../../session-cookie.ts';

/** The exchange takes a second or two; beyond this the card on the settings page tells how it ended. */
const exchangeWaitMs = 20_000;
const startAgain = 'Close this window and press Connect (or Re-authenticate) again. Nothing was changed.';

export const finishAuthorization = defineRoute({
  method: 'get',
  path: '/oauth/callback',
  summary: "Where the provider's consent page leads back to",
  description:
    'Single use; bound to its state, to PKCE, to the browser that opened it, and to the session that began it. Answers a small page that posts {type: "harmony:oauth", integrationId, ok, code?} to its opener (and to the BroadcastChannel harmony:oauth) and closes.',
  tag: 'OAuth',
  auth: 'public',
  query: z.looseObject({}),
  responses: {
    200: { description: 'A page: connected, or why not', contentType: 'text/html' },
    400: {
      description: 'A page: forged, repeated or expired; nothing was changed',
      contentType: 'text/html',
    },
    503: { description: 'A page: a part of Harmony is away', contentType: 'text/html' },
  },
  handler: async ({ deps, query, req, res }) => {
    sendOAuthPage(res, deps.config.publicUrl, await finish(deps, readAnswer(query), req));
    return undefined;
  },
});

interface ProviderAnswer {
  readonly state: string | undefined;
  readonly code: string | undefined;
  readonly error: string | undefined;
  readonly issuer: string | undefined;
}

function readAnswer(query: Readonly<Record<string, unknown>>): ProviderAnswer {
  const text = (name: string) => {
    const value = query[name];
    return typeof value === 'string' && value !== '' && value.length <= 4096 ? value : undefined;
  };
  return { state: text('state'), code: text('code'), error: text('error'), issuer: text('iss') };
}

async function finish(deps: ApiDeps, answer: ProviderAnswer, req: Request): Promise<OAuthPage> {
  const attempt =
    answer.state === undefined ? undefined : await findAttemptByState(deps.db, hashSecret(answer.state));
  if (attempt === undefined) return refused('The answer does not belong to a sign-in that was begun here.');
  const integration = await findIntegration(deps.db, attempt.integrationId);
  const offered = integration === undefined ? undefined : findProvider(deps.catalogue, integration.provider);
  if (integration === undefined || integration.deletingAt !== null || offered === undefined) {
    return refused('The integration was deleted meanwhile.');
  }
  const refusal = await checkBrowser(deps, attempt, req);
  if (refusal !== undefined) return refused(refusal);
  if (!isExpectedIssuer(offered, answer.issuer)) return refused('The answer came from another provider.');
  const browserHash = hashSecret(readCookie(req, browserCookie) ?? '');
  const code = answer.error === undefined ? (answer.code ?? null) : null;
  if (!(await spendAttempt(deps.db, deps.sealer, attempt, { browserHash, code }))) {
    return refused('The sign-in was finished already, or it took longer than ten minutes.');
  }
  return code === null
    ? noteDenial(deps, integration, offered, answer.error)
    : exchange(deps, { integration, attempt, offered });
}

/** The sentence why this browser may not finish the attempt; undefined when it may. */
async function checkBrowser(deps: ApiDeps, attempt: OAuthAttempt, req: Request): Promise<string | undefined> {
  const browser = readCookie(req, browserCookie);
  if (browser === undefined || attempt.browserHash !== hashSecret(browser)) {
    return 'The sign-in was begun in another browser.';
  }
  if (!(await belongsToSession(deps.db, attempt, req))) {
    return 'The Harmony session in which the sign-in was begun is over. Sign in to Harmony first.';
  }
  return undefined;
}

/**
 * RFC 9207: a provider that names itself must be the one that was asked, or a code of one could be sent to another.
 * Its issuer is taken to be at the origin of its authorization page, which holds for every provider of the catalogue.
 */
function isExpectedIssuer({ adapter, environment }: OfferedProvider, issuer: string | undefined): boolean {
  if (issuer === undefined) return true;
  const page = adapter
    .oauth?.(environment)
    .authorizationUrl({ redirectUri: 'http://localhost', state: '', codeChallenge: '' });
  return page !== undefined && URL.canParse(issuer) && new URL(issuer).origin === new URL(page).origin;
}

async function noteDenial(
  deps: ApiDeps,
  integration: Integration,
  { adapter }: OfferedProvider,
  error: string | undefined,
): Promise<OAuthPage> {
  const denied = error === 'access_denied';
  const attention = denied
    ? {
        code: 'access_denied',
        title: `Access to ${adapter.displayName} was declined`,
        remedy: `Press Connect again and allow access at ${adapter.displayName}.`,
      }
    : {
        code: 'authorization_failed',
        title: `${adapter.displayName} ended the sign-in`,
        remedy:
          'Press Connect again. If it stays, tell whoever runs Harmony: the provider refused the request.',
      };
  if (!denied) deps.logger.warn({ integrationId: integration.id, error }, 'authorization refused');
  await deps.db.transaction((tx) => changePhase(tx, integration.id, { attention }));
  return {
    status: 200,
    title: attention.title,
    text: 'Nothing else was changed.',
    remedy: attention.remedy,
    message: { type: 'harmony:oauth', integrationId: integration.id, ok: false, code: attention.code },
  };
}

async function exchange(
  deps: ApiDeps,
  {
    integration,
    attempt,
    offered,
  }: { integration: Integration; attempt: OAuthAttempt; offered: OfferedProvider },
): Promise<OAuthPage> {
  const kind = attempt.purpose;
  const integrationId = integration.id;
  const message = { type: 'harmony:oauth' as const, integrationId };
  let outcome: AuthorizeOutcome | undefined;
  try {
    const { operationId } = await deps.arbiter.request(toRef(integration), {
      kind,
      operationId: newId('op'),
      runId: newId('run'),
      attemptId: attempt.id,
    });
    const wait = { kind, integrationId, operationId, timeoutMs: exchangeWaitMs };
    outcome = await deps.arbiter.awaitOperation<AuthorizeOutcome>(wait);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    deps.logger.warn({ err: error, integrationId }, 'sign-in not taken up');
    const { detail, remedy } = error.options;
    return {
      status: error.status,
      title: 'The sign-in could not be finished',
      text: detail,
      remedy: error.code === 'upstream_unavailable' ? startAgain : (remedy ?? startAgain),
      message: { ...message, ok: false, code: error.code },
    };
  }
  const { displayName } = offered.adapter;
  if (outcome === undefined) {
    return {
      status: 200,
      title: `${displayName} is taking its time`,
      text: 'The sign-in goes on. You can close this window: the settings page shows how it ends.',
      message: { ...message, ok: true, code: 'pending' },
    };
  }
  if (outcome.ok) {
    return {
      status: 200,
      title: `${displayName} is connected`,
      text: `Signed in as ${outcome.accountName}. You can close this window.`,
      message: { ...message, ok: true },
    };
  }
  return {
    status: 200,
    title: outcome.title,
    text: `${displayName} was not connected.`,
    remedy: outcome.remedy,
    message: { ...message, ok: false, code: outcome.code },
  };
}

const refused = (text: string): OAuthPage => ({
  status: 400,
  title: 'This sign-in can not be finished',
  text,
  remedy: startAgain,
});
