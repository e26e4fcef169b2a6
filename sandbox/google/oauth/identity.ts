/** Who a token belongs to: userinfo, tokeninfo, the signing keys and the issuer's metadata. */
import type { Call } from '../../core/call.ts';
import type { GrantStore } from '../../core/grants.ts';
import type { Answer, Route } from '../../core/provider.ts';
import type { SandboxCore } from '../../core/sandbox-core.ts';
import { findAccount, type GoogleAccount } from '../accounts.ts';
import { insufficientScope, oauthError, unauthenticated } from '../errors.ts';
import { emailScope, profileScope, scopesFor } from '../scopes.ts';
import type { GoogleSettings } from '../settings.ts';
import type { IdTokens } from './id-token.ts';

export function identityRoutes(parts: {
  core: SandboxCore<GoogleSettings>;
  grants: GrantStore;
  idTokens: IdTokens;
}): Route[] {
  const { core, grants, idTokens } = parts;
  const userinfo = (call: Call, describe: typeof describeV2): Answer => {
    const token = grants.authenticate(call.bearer() ?? call.query.get('access_token') ?? '');
    const account = token && findAccount(token.grant.account);
    if (token === undefined || account === undefined) return unauthenticated('people');
    if (!token.scopes.some((scope) => scopesFor.userinfo.includes(scope)))
      return insufficientScope('people', '');
    return { status: 200, body: describe(account, token.scopes) };
  };
  const tokeninfo = (call: Call): Answer => {
    // In the header too, as google-auth-library asks.
    const value = call.query.get('access_token') ?? call.form().get('access_token') ?? call.bearer() ?? '';
    const token = grants.authenticate(value);
    const account = token && findAccount(token.grant.account);
    const expiresAt = grants.accessTokens.get(value)?.expiresAt;
    if (token === undefined || account === undefined || !expiresAt)
      return oauthError(400, 'invalid_token', 'Invalid Value');
    const seconds = Math.floor((expiresAt - core.clock.now()) / 1000);
    const hasEmail = token.scopes.includes(emailScope);
    const scope = token.scopes.join(' ');
    const { clientId } = token.grant;
    if (call.path.startsWith('/oauth2/v2/'))
      return {
        status: 200,
        body: {
          issued_to: clientId,
          audience: clientId,
          user_id: account.sub,
          scope,
          expires_in: seconds,
          ...(hasEmail && { email: account.email, verified_email: true }),
        },
      };
    return {
      status: 200,
      body: {
        azp: clientId,
        aud: clientId,
        sub: account.sub,
        scope,
        exp: String(Math.floor(expiresAt / 1000)),
        expires_in: String(seconds),
        access_type: 'offline',
        ...(hasEmail && { email: account.email, email_verified: 'true' }),
      },
    };
  };
  return [
    { method: 'GET', path: '/oauth2/v2/userinfo', handle: (call) => userinfo(call, describeV2) },
    { method: 'GET', path: '/userinfo/v2/me', handle: (call) => userinfo(call, describeV2) },
    { method: 'GET', path: '/oauth2/v3/userinfo', handle: (call) => userinfo(call, describeOpenId) },
    { method: 'GET', path: '/v1/userinfo', handle: (call) => userinfo(call, describeOpenId) },
    { method: 'GET', path: '/tokeninfo', handle: tokeninfo },
    { method: 'POST', path: '/tokeninfo', write: false, handle: tokeninfo },
    { method: 'POST', path: '/oauth2/v2/tokeninfo', write: false, handle: tokeninfo },
    { method: 'GET', path: '/oauth2/v3/certs', handle: () => ({ status: 200, body: idTokens.jwks() }) },
    {
      method: 'GET',
      path: '/.well-known/openid-configuration',
      handle: (call) => ({ status: 200, body: describeIssuer(core.settings().issuer, call.origin) }),
    },
  ];
}

function describeV2(account: GoogleAccount, scopes: readonly string[]): object {
  return {
    id: account.sub,
    ...(scopes.includes(emailScope) && { email: account.email, verified_email: true }),
    ...(scopes.includes(profileScope) && {
      name: account.name,
      given_name: account.givenName,
      family_name: account.familyName,
    }),
  };
}

function describeOpenId(account: GoogleAccount, scopes: readonly string[]): object {
  return {
    sub: account.sub,
    ...(scopes.includes(emailScope) && { email: account.email, email_verified: true }),
    ...(scopes.includes(profileScope) && {
      name: account.name,
      given_name: account.givenName,
      family_name: account.familyName,
    }),
  };
}

function describeIssuer(issuer: string, origin: string): object {
  return {
    issuer,
    authorization_endpoint: `${origin}/o/oauth2/v2/auth`,
    token_endpoint: `${origin}/token`,
    userinfo_endpoint: `${origin}/v1/userinfo`,
    revocation_endpoint: `${origin}/revoke`,
    jwks_uri: `${origin}/oauth2/v3/certs`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid', 'email', 'profile'],
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
    code_challenge_methods_supported: ['plain', 'S256'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
  };
}
