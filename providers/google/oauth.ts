/** Google's OAuth 2 for web server apps: https://developers.google.com/identity/protocols/oauth2/web-server */
import type { OAuthClient, ProviderEnvironment, ScopeNeed } from '../contract/index.ts';
import { createCodeFlow } from '../oauth/code-flow.ts';
import { classifyGoogleError } from './classify.ts';
import { originOf } from './environment.ts';
import { timeoutMs } from './transport.ts';

export function createGoogleOAuth(
  environment: ProviderEnvironment,
  scopes: readonly ScopeNeed[],
): OAuthClient {
  const classify = (error: unknown) => classifyGoogleError(error, { tokenEndpoint: true });
  const server = {
    // Id tokens name it, those of the stand-in too.
    issuer: 'https://accounts.google.com',
    authorization_endpoint: `${originOf(environment, 'accounts')}/o/oauth2/v2/auth`,
    token_endpoint: `${originOf(environment, 'oauth')}/token`,
    revocation_endpoint: `${originOf(environment, 'oauth')}/revoke`,
  };
  const flow = createCodeFlow({ environment, server, displayName: 'Google', timeoutMs, classify });

  return {
    scopes,
    exchange: flow.exchange,

    authorizationUrl(request) {
      const { loginHint, objects } = request;
      return flow.authorizationUrl(request, {
        scope: scopes
          .filter(({ enabledBy }) => enabledBy === undefined || objects?.includes(enabledBy))
          .map(({ scope }) => scope)
          .join(' '),
        // A refresh token comes only with offline access, and again only when consent is asked again.
        access_type: 'offline',
        prompt: 'consent',
        include_granted_scopes: 'true',
        ...(loginHint === undefined ? {} : { login_hint: loginHint }),
      });
    },

    async refresh(tokens, signal) {
      const fresh = await flow.refresh(tokens, signal);
      const { refreshToken, scopes: granted } = tokens;
      // Google never rotates, and may leave the scopes out.
      return {
        ...(granted === undefined ? {} : { scopes: granted }),
        ...fresh,
        ...(refreshToken === undefined ? {} : { refreshToken }),
      };
    },

    async revoke({ accessToken, refreshToken }, signal) {
      try {
        await flow.revoke(refreshToken ?? accessToken, signal);
      } catch (error) {
        const failure = classify(error);
        // 400 says that the token is dead already, which is what was wanted.
        if (failure.httpStatus !== 400 || failure.kind === 'transient') throw failure;
      }
    },
  };
}
