/** Linear's OAuth 2 with PKCE and rotating refresh tokens: https://linear.app/developers/oauth-2-0-authentication */
import type { OAuthClient, ProviderEnvironment, ScopeNeed } from '../contract/index.ts';
import { createCodeFlow } from '../oauth/code-flow.ts';
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
    toWrite: true,
  },
];

export function createLinearOAuth(environment: ProviderEnvironment): OAuthClient {
  const site = originOf(environment, 'site');
  const api = originOf(environment, 'api');
  const classify = (error: unknown) => classifyLinearError(error, { tokenEndpoint: true });
  const server = {
    issuer: site,
    authorization_endpoint: `${site}/oauth/authorize`,
    token_endpoint: `${api}/oauth/token`,
  };
  const flow = createCodeFlow({ environment, server, displayName: 'Linear', timeoutMs, classify });

  return {
    scopes,
    exchange: flow.exchange,
    refresh: flow.refresh,

    authorizationUrl: (request) =>
      flow.authorizationUrl(request, {
        // Commas here, spaces in the token's answer.
        scope: scopes.map(({ scope }) => scope).join(','),
        // Without it a person who has consented before can't choose another workspace.
        prompt: 'consent',
        actor: 'user',
      }),

    // Not as RFC 7009 has it: the parameter is called after the kind of token.
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
        throw classify(error);
      }
    },
  };
}
