/** POST /oauth/token and /oauth/revoke: 24-hour tokens, and refresh tokens that rotate with every use. */
import type { Call } from '../../core/call.ts';
import { clientCredentials, type GrantStore, isVerified } from '../../core/grants.ts';
import type { Answer, Route } from '../../core/provider.ts';
import type { SandboxCore } from '../../core/sandbox-core.ts';
import type { LinearSettings } from '../settings.ts';

type Parts = { core: SandboxCore<LinearSettings>; grants: GrantStore };

export function tokenRoutes(parts: Parts): Route[] {
  return [
    {
      method: 'POST',
      path: '/oauth/token',
      handle: (call) => {
        const form = call.form();
        const kind = form.get('grant_type');
        if (kind === 'authorization_code') return exchangeCode(call, form, parts);
        if (kind === 'refresh_token') return refresh(call, form, parts);
        return oauthError(
          'unsupported_grant_type',
          'The grant_type must be authorization_code or refresh_token.',
        );
      },
    },
    { method: 'POST', path: '/oauth/revoke', handle: (call) => revoke(call, parts) },
  ];
}

/** With PKCE the verifier is required and the secret optional; without it the secret is required. */
function exchangeCode(call: Call, form: URLSearchParams, { core, grants }: Parts): Answer {
  const value = form.get('code') ?? '';
  const code = grants.codes.get(value);
  const refused = refuseClient(call, form, core.settings(), code?.challenge === undefined);
  if (refused !== undefined) return refused;
  const isGood =
    code !== undefined &&
    !code.used &&
    code.expiresAt > core.clock.now() &&
    code.redirectUri === form.get('redirect_uri');
  if (!isGood)
    return oauthError('invalid_grant', 'The authorization code is invalid, expired or already used.');
  if (!isVerified(code.challenge, form.get('code_verifier')))
    return oauthError('invalid_grant', 'The code_verifier does not match the code_challenge.');
  grants.codes.set(value, { ...code, used: true });
  return issueTokens(code.grantId, code.scopes, { core, grants });
}

function refresh(call: Call, form: URLSearchParams, { core, grants }: Parts): Answer {
  const refused = refuseClient(call, form, core.settings(), false);
  if (refused !== undefined) return refused;
  const value = form.get('refresh_token') ?? '';
  const token = grants.refreshTokens.get(value);
  const now = core.clock.now();
  const graceMs = core.settings().refreshGraceSeconds * 1000;
  const isSpent = token?.supersededAt !== undefined && now >= token.supersededAt + graceMs;
  if (token === undefined || isSpent || grants.grants.get(token.grantId) === undefined)
    return oauthError('invalid_grant', 'The refresh token is invalid, expired or revoked.');
  if (token.supersededAt === undefined) grants.refreshTokens.set(value, { ...token, supersededAt: now });
  return issueTokens(token.grantId, token.scopes, { core, grants });
}

function issueTokens(grantId: string, scopes: string[], { core, grants }: Parts): Answer {
  const { accessTokenLifetimeSeconds } = core.settings();
  return {
    status: 200,
    headers: { 'Cache-Control': 'no-store' },
    body: {
      access_token: grants.issueAccessToken(grantId, scopes, accessTokenLifetimeSeconds * 1000),
      token_type: 'Bearer',
      expires_in: accessTokenLifetimeSeconds,
      scope: scopes.join(' '),
      refresh_token: grants.issueRefreshToken(grantId, scopes),
    },
  };
}

/** Documented: 200 when revoked, 400 when it cannot be (already revoked), 401 without any token. Ends the whole grant. */
function revoke(call: Call, { grants }: Parts): Answer {
  const form = call.form();
  const header = /^Bearer /i.test(call.headers.authorization ?? '') ? call.bearer() : undefined;
  const named = ['access_token', 'refresh_token', 'token'].map((name) => form.get(name));
  const value = named.find((one) => one !== null) ?? header;
  if (value === undefined || value === null)
    return { ...oauthError('invalid_request', 'No token was given.'), status: 401 };
  const token = grants.accessTokens.get(value) ?? grants.refreshTokens.get(value);
  if (token === undefined) return oauthError('invalid_request', 'The token could not be revoked.');
  grants.drop((grant) => grant.id === token.grantId);
  return { status: 200, body: { success: true } };
}

/** The refusal of a client that is unknown, or whose secret is wrong or missing where it is needed. */
function refuseClient(
  call: Call,
  form: URLSearchParams,
  settings: LinearSettings,
  isSecretRequired: boolean,
): Answer | undefined {
  const { clientId, clientSecret } = clientCredentials(call.headers.authorization, form);
  const isSecretGood = clientSecret === null ? !isSecretRequired : clientSecret === settings.clientSecret;
  if (clientId === settings.clientId && isSecretGood) return undefined;
  return {
    ...oauthError('invalid_client', 'The client id or secret is wrong.'),
    status: settings.invalidClientStatus,
  };
}

function oauthError(error: string, description: string): Answer {
  return {
    status: 400,
    headers: { 'Cache-Control': 'no-store' },
    body: { error, error_description: description },
  };
}
