/** The authorization endpoint: consent by a person on a page, or answered at once for scripts. */
import type { Call } from '../../core/call.ts';
import { redirectToClient, renderConsentPage, renderRefusalPage } from '../../core/consent-page.ts';
import { type GrantStore, isLoopbackUri } from '../../core/grants.ts';
import type { Answer, Route } from '../../core/provider.ts';
import type { SandboxCore } from '../../core/sandbox-core.ts';
import { findAccount, type GoogleAccount, googleAccounts } from '../accounts.ts';
import { describeScope, isSignInScope, parseScopes } from '../scopes.ts';
import type { GoogleSettings } from '../settings.ts';

const AUTHORIZE_PATH = '/o/oauth2/v2/auth';

interface AuthorizationRequest {
  query: URLSearchParams;
  clientId: string;
  redirectUri: string;
  state: string | undefined;
  scopes: string[];
}

export function authorizeRoutes(core: SandboxCore<GoogleSettings>, grants: GrantStore): Route[] {
  return [
    {
      method: 'GET',
      path: AUTHORIZE_PATH,
      handle: (call) => {
        const request = parseRequest(call.query, core.settings());
        if ('status' in request) return request;
        const { mode } = core.consent.order;
        if (mode === 'deny') return refuse(request, 'access_denied');
        if (mode === 'allow') return allow(core, grants, request, accountToSignIn(request), request.scopes);
        if (request.query.get('prompt') === 'none') return refuse(request, 'interaction_required');
        return showPage(core, request);
      },
    },
    {
      method: 'POST',
      path: AUTHORIZE_PATH,
      handle: (call) => answerForm(call, core, grants),
    },
  ];
}

function answerForm(call: Call, core: SandboxCore<GoogleSettings>, grants: GrantStore): Answer {
  const form = call.form();
  const request = parseRequest(new URLSearchParams(form.get('request') ?? ''), core.settings());
  if ('status' in request) return request;
  if (form.get('decision') !== 'allow') return refuse(request, 'access_denied');
  const account = findAccount(form.get('account') ?? '');
  if (account === undefined) return renderRefusalPage(400, 'invalid_request', 'No account was chosen.');
  const ticked = new Set(form.getAll('choice'));
  const scopes = request.scopes.filter((scope) => isSignInScope(scope) || ticked.has(scope));
  return scopes.length === 0
    ? refuse(request, 'access_denied')
    : allow(core, grants, request, account, scopes);
}

/** The request, or the page that says why it is none. Only a known redirect URI is ever redirected to. */
function parseRequest(query: URLSearchParams, settings: GoogleSettings): AuthorizationRequest | Answer {
  const clientId = query.get('client_id') ?? '';
  const redirectUri = query.get('redirect_uri') ?? '';
  if (clientId !== settings.clientId)
    return renderRefusalPage(401, 'invalid_client', 'The OAuth client was not found.');
  const known =
    settings.redirectUris.length > 0
      ? settings.redirectUris.includes(redirectUri)
      : isLoopbackUri(redirectUri);
  if (!known)
    return renderRefusalPage(
      400,
      'redirect_uri_mismatch',
      `The redirect URI in the request, ${redirectUri}, does not match the ones authorized for the OAuth client.`,
    );
  if (query.get('response_type') !== 'code')
    return renderRefusalPage(400, 'invalid_request', 'The stand-in knows only response_type=code.');
  const scopes = parseScopes(query.get('scope') ?? '');
  if (scopes.length === 0)
    return renderRefusalPage(400, 'invalid_request', 'Missing required parameter: scope');
  if (settings.pkceRequired && query.get('code_challenge') === null)
    return renderRefusalPage(400, 'invalid_request', 'Missing required parameter: code_challenge');
  const method = query.get('code_challenge_method') ?? 'plain';
  if (method !== 'S256' && method !== 'plain')
    return renderRefusalPage(400, 'invalid_request', `Invalid value for code_challenge_method: ${method}`);
  return { query, clientId, redirectUri, state: query.get('state') ?? undefined, scopes };
}

function accountToSignIn(request: AuthorizationRequest): GoogleAccount {
  const hint = request.query.get('login_hint') ?? '';
  return findAccount(hint) ?? googleAccounts.find((account) => account.sub === hint) ?? googleAccounts[0];
}

function showPage(core: SandboxCore<GoogleSettings>, request: AuthorizationRequest): Answer {
  const granted = new Set(core.consent.restrict(request.scopes));
  const suggested = accountToSignIn(request);
  return renderConsentPage({
    title: 'Sign in with Google',
    clientName: core.settings().clientName,
    action: AUTHORIZE_PATH,
    hidden: { request: request.query.toString() },
    accountLegend: 'Choose an account',
    accounts: googleAccounts.map((account) => ({
      id: account.email,
      label: `${account.name} (${account.email})`,
      selected: account === suggested,
    })),
    choiceLegend: 'Select what it can access',
    choices: request.scopes.map((scope) => ({
      id: scope,
      label: describeScope(scope),
      detail: scope,
      checked: isSignInScope(scope) || granted.has(scope),
      locked: isSignInScope(scope),
    })),
  });
}

function refuse(request: AuthorizationRequest, error: string): Answer {
  return redirectToClient(request.redirectUri, { error, state: request.state });
}

function allow(
  core: SandboxCore<GoogleSettings>,
  grants: GrantStore,
  request: AuthorizationRequest,
  account: GoogleAccount,
  ticked: string[],
): Answer {
  const scopes = core.consent.restrict(ticked);
  if (scopes.length === 0) return refuse(request, 'access_denied');
  const before = grants.find(account.email, request.clientId);
  // A refresh token comes with consent, not with every sign-in: the first time, for new scopes, or with prompt=consent.
  const consents =
    (request.query.get('prompt') ?? '').split(' ').includes('consent') ||
    scopes.some((scope) => !before?.scopes.includes(scope));
  const grant = grants.consent(account.email, request.clientId, scopes);
  const tokenScopes = request.query.get('include_granted_scopes') === 'true' ? grant.scopes : scopes;
  const challenge = request.query.get('code_challenge');
  const code = grants.issueCode({
    grantId: grant.id,
    clientId: request.clientId,
    redirectUri: request.redirectUri,
    scopes: tokenScopes,
    expiresAt: core.clock.now() + core.settings().codeLifetimeSeconds * 1000,
    ...(challenge !== null && {
      challenge: {
        value: challenge,
        method: request.query.get('code_challenge_method') === 'S256' ? 'S256' : 'plain',
      },
    }),
    extra: {
      offline: request.query.get('access_type') === 'offline' && consents,
      nonce: request.query.get('nonce'),
    },
  });
  return redirectToClient(request.redirectUri, {
    state: request.state,
    code,
    scope: tokenScopes.join(' '),
    authuser: '0',
    prompt: consents ? 'consent' : 'none',
  });
}
