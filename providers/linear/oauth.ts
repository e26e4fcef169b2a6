/** Linear's OAuth 2 with PKCE and rotating refresh tokens: https://linear.app/developers/oauth-2-0-authentication */
import * as oauth from 'oauth4webapi';
import {
  type OAuthClient,
  type ProviderEnvironment,
  ProviderError,
  type ScopeNeed,
  type Tokens,
} from '../contract/index.ts';
import { classifyLinearError, LinearHttpFailure } from './classify.ts';
import { originOf } from './environment.ts';
import { timeoutMs } from './transport.ts';

export const writeScope = 'write';

const scopes: readonly ScopeNeed[] = [
  { scope: 'read', purpose: 'read the issues, comments and members of your teams', required: true },
  {
    scope: writeScope,
    satisfiedBy: ['admin'],
    purpose: 'create and change issues on your behalf',
    required: false,
  },
];

export function createLinearOAuth(environment: ProviderEnvironment): OAuthClient {
  const site = originOf(environment, 'site');
  const api = originOf(environment, 'api');
  const server: oauth.AuthorizationServer = {
    issuer: site,
    authorization_endpoint: `${site}/oauth/authorize`,
    token_endpoint: `${api}/oauth/token`,
  };
  const client: oauth.Client = { client_id: environment.clientId };
  const secret = oauth.ClientSecretPost(environment.clientSecret);
  const options = (signal: AbortSignal) => ({
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    // The stand-in speaks plain http on this machine.
    [oauth.allowInsecureRequests]: !environment.live,
  });

  return {
    scopes,

    authorizationUrl({ redirectUri, state, codeChallenge }) {
      const url = new URL(server.authorization_endpoint as string);
      url.search = new URLSearchParams({
        client_id: environment.clientId,
        redirect_uri: redirectUri,
        response_type: 'code',
        // Commas here, spaces in the token's answer.
        scope: scopes.map(({ scope }) => scope).join(','),
        state,
        code_challenge: codeChallenge,
        code_challenge_method: 'S256',
        // Without it a person who has consented before can't choose another workspace.
        prompt: 'consent',
        actor: 'user',
      }).toString();
      return url.href;
    },

    exchange({ code, codeVerifier, redirectUri, signal }) {
      return askForTokens(async () => {
        const callback = oauth.validateAuthResponse(server, client, new URLSearchParams({ code }));
        const response = await oauth.authorizationCodeGrantRequest(
          server,
          client,
          secret,
          callback,
          redirectUri,
          codeVerifier,
          options(signal),
        );
        return readTokens(await oauth.processAuthorizationCodeResponse(server, client, response));
      });
    },

    refresh({ refreshToken }, signal) {
      return askForTokens(async () => {
        if (refreshToken === undefined) throw noRefreshToken();
        const response = await oauth.refreshTokenGrantRequest(
          server,
          client,
          secret,
          refreshToken,
          options(signal),
        );
        return readTokens(await oauth.processRefreshTokenResponse(server, client, response));
      });
    },

    async revoke({ accessToken, refreshToken }, signal) {
      try {
        const token =
          refreshToken === undefined ? { access_token: accessToken } : { refresh_token: refreshToken };
        const response = await fetch(`${api}/oauth/revoke`, {
          method: 'POST',
          body: new URLSearchParams({
            ...token,
            client_id: environment.clientId,
            client_secret: environment.clientSecret,
          }),
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        });
        await response.body?.cancel();
        // 400 and 401 say that the token is dead already, which is what was wanted.
        if (!response.ok && response.status !== 400 && response.status !== 401) {
          throw new LinearHttpFailure(response.status);
        }
      } catch (error) {
        throw classifyLinearError(error, { tokenEndpoint: true });
      }
    },
  };
}

async function askForTokens(ask: () => Promise<Tokens>): Promise<Tokens> {
  try {
    return await ask();
  } catch (error) {
    throw classifyLinearError(error, { tokenEndpoint: true });
  }
}

function readTokens(answer: oauth.TokenEndpointResponse): Tokens {
  return {
    accessToken: answer.access_token,
    ...(answer.refresh_token === undefined ? {} : { refreshToken: answer.refresh_token }),
    ...(answer.expires_in === undefined
      ? {}
      : { expiresAt: new Date(Date.now() + answer.expires_in * 1000).toISOString() }),
    ...(answer.scope === undefined ? {} : { scopes: answer.scope.split(/[ ,]/).filter(Boolean) }),
  };
}

const noRefreshToken = () =>
  new ProviderError({
    kind: 'auth_revoked',
    message: 'Linear gave no refresh token at sign-in: sign in again.',
  });
