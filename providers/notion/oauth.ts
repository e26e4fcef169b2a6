/** Notion's OAuth: Basic client authentication, JSON bodies, rotating tokens without a lifetime: https://developers.notion.com/guides/get-started/authorization */
import type { OauthTokenResponse } from '@notionhq/client';
import { type OAuthClient, type ProviderEnvironment, ProviderError, type Tokens } from '../contract/index.ts';
import { accountOf } from './account-of.ts';
import { originOf } from './environment.ts';
import { createNotion } from './transport.ts';

export function createNotionOAuth(environment: ProviderEnvironment): OAuthClient {
  const app = { client_id: environment.clientId, client_secret: environment.clientSecret };
  const call = createNotion(environment, { tokenEndpoint: true });
  return {
    // What the connection may do is fixed where it was made, and the person picks pages, not scopes.
    scopes: [],
    // Notion documents no code_verifier and refuses fields that it does not know.
    pkce: false,

    authorizationUrl({ redirectUri, state }) {
      const url = new URL('/v1/oauth/authorize', originOf(environment));
      url.search = new URLSearchParams({
        client_id: environment.clientId,
        redirect_uri: redirectUri,
        response_type: 'code',
        owner: 'user',
        state,
      }).toString();
      return url.href;
    },

    async exchange({ code, redirectUri, signal }) {
      const answer = await call(signal, ({ oauth }) =>
        oauth.token({ ...app, grant_type: 'authorization_code', code, redirect_uri: redirectUri }),
      );
      const account = accountOf(answer);
      return { ...readTokens(answer), ...(account === undefined ? {} : { account }) };
    },

    async refresh({ refreshToken }, signal) {
      if (refreshToken === undefined) {
        throw new ProviderError({
          kind: 'auth_revoked',
          message: 'Notion gave no refresh token at sign-in: sign in again.',
        });
      }
      const grant = { grant_type: 'refresh_token' as const, refresh_token: refreshToken };
      return readTokens(await call(signal, ({ oauth }) => oauth.token({ ...app, ...grant })));
    },

    async revoke({ accessToken }, signal) {
      try {
        await call(signal, ({ oauth }) => oauth.revoke({ ...app, token: accessToken }));
      } catch (error) {
        // 400 says that the token is dead already, which is what was wanted.
        if (!(error instanceof ProviderError) || error.httpStatus !== 400) throw error;
      }
    },
  };
}

/** No lifetime comes along: an access token holds until a call is answered 401. */
function readTokens(answer: OauthTokenResponse): Tokens {
  if (typeof answer.access_token !== 'string' || answer.access_token === '') {
    throw new ProviderError({ kind: 'schema_drift', message: 'Notion answered without an access token.' });
  }
  return {
    accessToken: answer.access_token,
    ...(answer.refresh_token ? { refreshToken: answer.refresh_token } : {}),
  };
}
