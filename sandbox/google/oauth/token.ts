/** The token and revocation endpoints. A refresh never rotates; a revocation ends the whole grant of user and client. */
import type { Call } from '../../core/call.ts';
import { clientCredentials, type GrantStore, isVerified } from '../../core/grants.ts';
import type { Answer, Route } from '../../core/provider.ts';
import type { SandboxCore } from '../../core/sandbox-core.ts';
import { oauthError } from '../errors.ts';
import { parseScopes } from '../scopes.ts';
import type { GoogleSettings } from '../settings.ts';
import type { IdTokens } from './id-token.ts';

interface Parts {
  core: SandboxCore<GoogleSettings>;
  grants: GrantStore;
  idTokens: IdTokens;
}

const noStore = { 'Cache-Control': 'no-cache, no-store, max-age=0, must-revalidate', Pragma: 'no-cache' };

export function tokenRoutes(parts: Parts): Route[] {
  return [
    { method: 'POST', path: '/token', write: false, handle: (call) => answerToken(call, parts) },
    { method: 'POST', path: '/revoke', handle: (call) => revoke(call, parts.core, parts.grants) },
    { method: 'GET', path: '/revoke', write: true, handle: (call) => revoke(call, parts.core, parts.grants) },
  ];
}

function answerToken(call: Call, parts: Parts): Answer {
  const settings = parts.core.settings();
  const form = call.form();
  const { clientId, clientSecret } = clientCredentials(call.headers.authorization, form);
  if (clientId !== settings.clientId)
    return oauthError(settings.invalidClientStatus, 'invalid_client', 'The OAuth client was not found.');
  if (clientSecret !== settings.clientSecret)
    return oauthError(settings.invalidClientStatus, 'invalid_client', 'Unauthorized');
  const grantType = form.get('grant_type');
  if (grantType === 'authorization_code') return exchangeCode(form, parts);
  if (grantType === 'refresh_token') return refresh(form, parts);
  return oauthError(400, 'unsupported_grant_type', `Invalid grant_type: ${grantType ?? ''}`);
}

function exchangeCode(form: URLSearchParams, { core, grants, idTokens }: Parts): Answer {
  const settings = core.settings();
  const value = form.get('code') ?? '';
  const code = grants.codes.get(value);
  const grant = code && grants.grants.get(code.grantId);
  if (code === undefined || grant === undefined)
    return oauthError(400, 'invalid_grant', 'Malformed auth code.');
  if (code.used || code.expiresAt <= core.clock.now()) return oauthError(400, 'invalid_grant', 'Bad Request');
  if (form.get('redirect_uri') !== code.redirectUri)
    return oauthError(400, 'redirect_uri_mismatch', 'Bad Request');
  const verifier = form.get('code_verifier');
  if (!isVerified(code.challenge, verifier))
    return oauthError(
      400,
      'invalid_grant',
      verifier === null ? 'Missing code verifier.' : 'Invalid code verifier.',
    );
  grants.codes.set(value, { ...code, used: true });
  const body: Record<string, unknown> = {
    access_token: grants.issueAccessToken(grant.id, code.scopes, settings.accessTokenLifetimeSeconds * 1000),
    expires_in: Math.max(1, Math.floor(settings.accessTokenLifetimeSeconds) - 1),
    scope: code.scopes.join(' '),
    token_type: 'Bearer',
  };
  if (code.extra?.offline === true) {
    body.refresh_token = grants.issueRefreshToken(grant.id, code.scopes);
    dropOldestRefreshTokens(grants, grant.account, grant.clientId, settings.refreshTokensPerGrant);
    if (settings.refreshTokenLifetimeSeconds > 0)
      body.refresh_token_expires_in = settings.refreshTokenLifetimeSeconds;
  }
  if (code.scopes.includes('openid')) body.id_token = idTokens.issue(grant, code.scopes, code.extra?.nonce);
  return { status: 200, headers: noStore, body };
}

function refresh(form: URLSearchParams, { core, grants, idTokens }: Parts): Answer {
  const settings = core.settings();
  const token = grants.refreshTokens.get(form.get('refresh_token') ?? '');
  const grant = token && grants.grants.get(token.grantId);
  const lifetimeMs = settings.refreshTokenLifetimeSeconds * 1000;
  const isExpired = token !== undefined && lifetimeMs > 0 && token.issuedAt + lifetimeMs <= core.clock.now();
  if (token === undefined || grant === undefined || isExpired)
    return oauthError(400, 'invalid_grant', 'Token has been expired or revoked.');
  const asked = form.get('scope');
  const scopes =
    asked === null ? token.scopes : parseScopes(asked).filter((scope) => token.scopes.includes(scope));
  const body: Record<string, unknown> = {
    access_token: grants.issueAccessToken(grant.id, scopes, settings.accessTokenLifetimeSeconds * 1000),
    expires_in: Math.max(1, Math.floor(settings.accessTokenLifetimeSeconds) - 1),
    scope: scopes.join(' '),
    token_type: 'Bearer',
  };
  if (scopes.includes('openid')) body.id_token = idTokens.issue(grant, scopes, null);
  return { status: 200, headers: noStore, body };
}

function dropOldestRefreshTokens(grants: GrantStore, account: string, clientId: string, limit: number): void {
  const live = [...grants.refreshTokens.entries()].filter(([, token]) => {
    const grant = grants.grants.get(token.grantId);
    return grant?.account === account && grant.clientId === clientId;
  });
  for (const [value] of live.slice(0, Math.max(0, live.length - limit))) grants.refreshTokens.delete(value);
}

function revoke(call: Call, core: SandboxCore<GoogleSettings>, grants: GrantStore): Answer {
  const token = call.query.get('token') ?? call.form().get('token') ?? '';
  const known = grants.accessTokens.get(token) ?? grants.refreshTokens.get(token);
  const grant = known && grants.grants.get(known.grantId);
  if (grant === undefined)
    return oauthError(400, core.settings().revokeUnknownTokenError, 'Token expired or revoked');
  grants.drop((one) => one.account === grant.account && one.clientId === grant.clientId);
  return { status: 200, body: {} };
}
