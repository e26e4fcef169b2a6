/** Google's OAuth 2 for web server apps: https://developers.google.com/identity/protocols/oauth2/web-server */
import * as oauth from 'oauth4webapi';
import {
  type OAuthClient,
  type ProviderEnvironment,
  ProviderError,
  type ScopeNeed,
  type Tokens,
} from '../contract/index.ts';
import { classifyGoogleError } from './classify.ts';
import { originOf } from './environment.ts';
import { timeoutMs } from './transport.ts';

export function createGoogleOAuth(
  environment: ProviderEnvironment,
  scopes: readonly ScopeNeed[],
): OAuthClient {
  const server = describeServer(environment);
  const client: oauth.Client = { client_id: environment.clientId };
  const secret = oauth.ClientSecretPost(environment.clientSecret);
  // The stand-in speaks plain http on this machine.
  const options = (signal: AbortSignal) => ({
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    [oauth.allowInsecureRequests]: !environment.live,
  });

  return {
    scopes,

    authorizationUrl(request) {
      const url = new URL(server.authorization_endpoint as string);
      const parameters = {
        client_id: environment.clientId,
        redirect_uri: request.redirectUri,
        response_type: 'code',
        scope: scopes
          .filter(({ enabledBy }) => enabledBy === undefined || request.objects?.includes(enabledBy))
          .map(({ scope }) => scope)
          .join(' '),
        state: request.state,
        code_challenge: request.codeChallenge,
        code_challenge_method: 'S256',
        // A refresh token comes only with offline access, and again only when consent is asked again.
        access_type: 'offline',
        prompt: 'consent',
        include_granted_scopes: 'true',
        ...(request.loginHint === undefined ? {} : { login_hint: request.loginHint }),
      };
      url.search = new URLSearchParams(parameters).toString();
      return url.href;
    },

    exchange({ code, codeVerifier, redirectUri, signal }) {
      return askForTokens(async () => {
        // The callback's own parameters (state, iss) are the caller's to check; only the code comes here.
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

    refresh(tokens, signal) {
      return askForTokens(async () => {
        const refreshToken = requireRefreshToken(tokens);
        const response = await oauth.refreshTokenGrantRequest(
          server,
          client,
          secret,
          refreshToken,
          options(signal),
        );
        const fresh = readTokens(await oauth.processRefreshTokenResponse(server, client, response));
        // Google never rotates, and may leave the scopes out.
        return {
          ...fresh,
          refreshToken,
          ...(fresh.scopes || !tokens.scopes ? {} : { scopes: tokens.scopes }),
        };
      });
    },

    async revoke(tokens, signal) {
      try {
        const token = tokens.refreshToken ?? tokens.accessToken;
        const response = await oauth.revocationRequest(server, client, secret, token, options(signal));
        await oauth.processRevocationResponse(response);
      } catch (error) {
        const failure = classifyGoogleError(error, { tokenEndpoint: true });
        // 400 says that the token is dead already, which is what was wanted.
        if (failure.httpStatus !== 400 || failure.kind === 'transient') throw failure;
      }
    },
  };
}

function describeServer(environment: ProviderEnvironment): oauth.AuthorizationServer {
  return {
    // Id tokens name it, those of the stand-in too.
    issuer: 'https://accounts.google.com',
    authorization_endpoint: `${originOf(environment, 'accounts')}/o/oauth2/v2/auth`,
    token_endpoint: `${originOf(environment, 'oauth')}/token`,
    revocation_endpoint: `${originOf(environment, 'oauth')}/revoke`,
  };
}

async function askForTokens(ask: () => Promise<Tokens>): Promise<Tokens> {
  try {
    return await ask();
  } catch (error) {
    throw classifyGoogleError(error, { tokenEndpoint: true });
  }
}

function readTokens(answer: oauth.TokenEndpointResponse): Tokens {
  return {
    accessToken: answer.access_token,
    ...(answer.refresh_token === undefined ? {} : { refreshToken: answer.refresh_token }),
    ...(answer.expires_in === undefined
      ? {}
      : { expiresAt: new Date(Date.now() + answer.expires_in * 1000).toISOString() }),
    ...(answer.scope === undefined ? {} : { scopes: answer.scope.split(' ').filter(Boolean) }),
  };
}

function requireRefreshToken({ refreshToken }: Tokens): string {
  if (refreshToken !== undefined) return refreshToken;
  throw new ProviderError({
    kind: 'auth_revoked',
    message: 'Google gave no refresh token at sign-in: sign in again.',
  });
}
