import { expect, test } from 'vitest';
import type { ProviderEnvironment } from '../contract/index.ts';
import { googleEnvironment } from './environment.ts';
import { environmentAt, serve } from './local-server.ts';
import { createGoogleOAuth } from './oauth.ts';
import { identityScopes } from './scopes.ts';

const live: ProviderEnvironment = {
  live: true,
  origins: googleEnvironment.liveOrigins,
  clientId: 'client',
  clientSecret: 'secret',
};
const request = { redirectUri: 'https://harmony.example/oauth/callback', state: 's', codeChallenge: 'c' };

test('the authorization URL asks for offline access, fresh consent, earlier grants and PKCE', () => {
  const oauth = createGoogleOAuth(live, identityScopes);
  const url = new URL(oauth.authorizationUrl({ ...request, loginHint: 'ada@example.com' }));
  expect(url.origin + url.pathname).toBe('https://accounts.google.com/o/oauth2/v2/auth');
  expect(Object.fromEntries(url.searchParams)).toEqual({
    client_id: 'client',
    redirect_uri: 'https://harmony.example/oauth/callback',
    response_type: 'code',
    scope: identityScopes.map(({ scope }) => scope).join(' '),
    state: 's',
    code_challenge: 'c',
    code_challenge_method: 'S256',
    access_type: 'offline',
    prompt: 'consent',
    include_granted_scopes: 'true',
    login_hint: 'ada@example.com',
  });
  expect(url.href).not.toContain('secret');
});

test('an exchange sends the verifier beside the secret, and keeps what was granted', async () => {
  let sent = new URLSearchParams();
  const origin = await serve((incoming, response) => {
    let body = '';
    incoming.on('data', (chunk) => {
      body += chunk;
    });
    incoming.on('end', () => {
      sent = new URLSearchParams(body);
      const answer = {
        access_token: 'at',
        refresh_token: 'rt',
        expires_in: 3599,
        scope: 'a b',
        token_type: 'Bearer',
      };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  const oauth = createGoogleOAuth(environmentAt(origin), identityScopes);
  const startedAtMs = Date.now();
  const tokens = await oauth.exchange({
    code: 'code',
    codeVerifier: 'v'.repeat(43),
    redirectUri: request.redirectUri,
    signal: new AbortController().signal,
  });
  expect(Object.fromEntries(sent)).toEqual({
    grant_type: 'authorization_code',
    client_id: 'client',
    client_secret: 'secret-client-secret',
    code: 'code',
    code_verifier: 'v'.repeat(43),
    redirect_uri: request.redirectUri,
  });
  expect(tokens).toMatchObject({ accessToken: 'at', refreshToken: 'rt', scopes: ['a', 'b'] });
  const lifetimeMs = Date.parse(tokens.expiresAt as string) - startedAtMs;
  expect(lifetimeMs).toBeGreaterThan(3_590_000);
  expect(lifetimeMs).toBeLessThan(3_610_000);
});

test('a live provider is never spoken to in the clear', async () => {
  const origin = await serve((_request, response) => response.end('{}'));
  const oauth = createGoogleOAuth({ ...environmentAt(origin), live: true }, identityScopes);
  const refresh = oauth.refresh({ accessToken: 'a', refreshToken: 'r' }, new AbortController().signal);
  await expect(refresh).rejects.toThrow(expect.objectContaining({ name: 'ProviderError' }));
});
