/** What providers that keep to the standard share of OAuth 2: a code with PKCE, refreshing, and tokens as we keep them. */
import * as oauth from 'oauth4webapi';
import { type OAuthClient, type ProviderEnvironment, ProviderError, type Tokens } from '../contract/index.ts';

export interface CodeFlowSetup {
  readonly environment: ProviderEnvironment;
  readonly server: oauth.AuthorizationServer;
  /** As a person knows the provider. */
  readonly displayName: string;
  /** One request may take this long. */
  readonly timeoutMs: number;
  /** What the token endpoint's failures mean. */
  readonly classify: (error: unknown) => ProviderError;
}

export interface CodeFlow extends Pick<OAuthClient, 'exchange' | 'refresh'> {
  /** The address to which a person is sent; `parameters` are added to those that every provider takes. */
  authorizationUrl(
    request: Pick<Parameters<OAuthClient['authorizationUrl']>[0], 'redirectUri' | 'state' | 'codeChallenge'>,
    parameters: Readonly<Record<string, string>>,
  ): string;
  /** RFC 7009. */
  revoke(token: string, signal: AbortSignal): Promise<void>;
}

/** The client's secret goes in the body (client_secret_post). Failures come as ProviderError. */
export function createCodeFlow(setup: CodeFlowSetup): CodeFlow {
  const { environment, server, displayName, timeoutMs, classify } = setup;
  const client: oauth.Client = { client_id: environment.clientId };
  const secret = oauth.ClientSecretPost(environment.clientSecret);
  // The stand-in speaks plain http on this machine.
  const options = (signal: AbortSignal) => ({
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    [oauth.allowInsecureRequests]: !environment.live,
  });
  const classified = <T>(ask: () => Promise<T>): Promise<T> =>
    ask().catch((error: unknown) => {
      throw classify(error);
    });

  return {
    authorizationUrl({ redirectUri, state, codeChallenge }, parameters) {
      const url = new URL(server.authorization_endpoint as string);
      url.search = new URLSearchParams({
        client_id: environment.clientId,
        redirect_uri: redirectUri,
        response_type: 'code',
        state,
        code_challenge: codeChallenge,
        code_challenge_method: 'S256',
        ...parameters,
      }).toString();
      return url.href;
    },

    exchange: ({ code, codeVerifier, redirectUri, signal }) =>
      classified(async () => {
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
      }),

    refresh: ({ refreshToken }, signal) =>
      classified(async () => {
        if (refreshToken === undefined) {
          throw new ProviderError({
            kind: 'auth_revoked',
            message: `${displayName} gave no refresh token at sign-in: sign in again.`,
          });
        }
        const response = await oauth.refreshTokenGrantRequest(
          server,
          client,
          secret,
          refreshToken,
          options(signal),
        );
        return readTokens(await oauth.processRefreshTokenResponse(server, client, response));
      }),

    revoke: (token, signal) =>
      classified(async () => {
        const response = await oauth.revocationRequest(server, client, secret, token, options(signal));
        await oauth.processRevocationResponse(response);
      }),
  };
}

/** Scopes stand apart by blanks, and here and there by commas. */
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
