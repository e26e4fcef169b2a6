import * as oauth from 'oauth4webapi';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunningSandbox } from '../../server.ts';
import {
  allScopes,
  authorizationRequest,
  control,
  postToken,
  signIn,
  startTestSandbox,
} from '../sign-in.fixture.ts';

const contacts = 'https://www.googleapis.com/auth/contacts';
const calendar = 'https://www.googleapis.com/auth/calendar';
let sandbox: RunningSandbox;

beforeEach(async () => {
  sandbox = await startTestSandbox();
});
afterEach(() => sandbox.close());

const get = (path: string, token: string) =>
  fetch(sandbox.url + path, { headers: { Authorization: `Bearer ${token}` } });
const readContacts = (token: string) => get('/v1/people/me/connections?personFields=names', token);
const readCalendars = (token: string) => get('/calendar/v3/users/me/calendarList', token);

/** The code that the authorization endpoint redirects with. */
async function authorize(request: { url: URL }): Promise<URLSearchParams> {
  const answer = await fetch(request.url, { redirect: 'manual' });
  expect(answer.status).toBe(302);
  return new URL(answer.headers.get('location') ?? '').searchParams;
}

describe('a sign-in with a certified client', () => {
  it('discovers, exchanges with PKCE, validates the id token, refreshes and revokes', async () => {
    const options = { [oauth.allowInsecureRequests]: true } as const;
    await control(sandbox, 'PATCH', '/settings', { google: { issuer: sandbox.url } });
    const issuer = new URL(sandbox.url);
    const server = await oauth.processDiscoveryResponse(
      issuer,
      await oauth.discoveryRequest(issuer, options),
    );
    const client: oauth.Client = { client_id: 'sandbox-google-client' };
    const secret = oauth.ClientSecretBasic('sandbox-google-secret');
    const { url, verifier } = authorizationRequest(sandbox, { more: { nonce: 'n1' } });
    const redirect = await fetch(url, { redirect: 'manual' });
    const answer = new URL(redirect.headers.get('location') ?? '');
    const parameters = oauth.validateAuthResponse(server, client, answer, 'a state');
    const exchanged = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      secret,
      parameters,
      'http://127.0.0.1:9/oauth/callback',
      verifier,
      options,
    );
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, exchanged, {
      expectedNonce: 'n1',
    });
    await oauth.validateApplicationLevelSignature(server, exchanged, options);
    expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({
      sub: '108204268033311374519',
      email: 'ada@example.com',
    });
    const refreshed = await oauth.processRefreshTokenResponse(
      server,
      client,
      await oauth.refreshTokenGrantRequest(server, client, secret, tokens.refresh_token as string, options),
    );
    expect(refreshed.refresh_token).toBeUndefined();
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(server, client, secret, refreshed.access_token, options),
    );
    expect(
      (
        await postToken(sandbox, {
          grant_type: 'refresh_token',
          refresh_token: tokens.refresh_token as string,
        })
      ).body.error,
    ).toBe('invalid_grant');
  });
});

describe('the consent page', () => {
  beforeEach(() => control(sandbox, 'POST', '/consent', { mode: 'ask' }));

  it('offers every account and each scope to untick, without anything from outside', async () => {
    const html = await (await fetch(authorizationRequest(sandbox).url)).text();
    for (const text of ['ada@example.com', 'grace@example.com', 'Allow', 'Cancel', contacts])
      expect(html).toContain(text);
    expect(html).not.toMatch(/(src|href)=(?!"data:)/);
  });

  it('grants what was ticked to the chosen account, and refuses when cancelled', async () => {
    const { url, verifier } = authorizationRequest(sandbox, { scopes: ['openid', calendar, contacts] });
    const post = (fields: [string, string][]) =>
      fetch(`${sandbox.url}/o/oauth2/v2/auth`, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams([['request', url.search.slice(1)], ...fields]),
      });
    const allowed = await post([
      ['decision', 'allow'],
      ['account', 'grace@example.com'],
      ['choice', contacts],
    ]);
    const code = new URL(allowed.headers.get('location') ?? '').searchParams.get('code') as string;
    const { body } = await postToken(sandbox, {
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
    });
    expect(body.scope.split(' ')).toEqual(['openid', contacts]);
    const userinfo = await get('/oauth2/v2/userinfo', body.access_token);
    expect(await userinfo.json()).toMatchObject({ id: '114629370518264097735' });
    const cancelled = await post([
      ['decision', 'deny'],
      ['account', 'ada@example.com'],
    ]);
    expect(cancelled.headers.get('location')).toContain('error=access_denied');
  });
});

describe('authorization requests', () => {
  it('never redirects to an address that is not registered, nor for a client that is unknown', async () => {
    const foreign = await fetch(
      authorizationRequest(sandbox, { more: { redirect_uri: 'https://evil.example/cb' } }).url,
      { redirect: 'manual' },
    );
    expect([foreign.status, await foreign.text()]).toEqual([
      400,
      expect.stringContaining('redirect_uri_mismatch'),
    ]);
    const unknown = await fetch(authorizationRequest(sandbox, { more: { client_id: 'nobody' } }).url, {
      redirect: 'manual',
    });
    expect(unknown.status).toBe(401);
  });

  it('answers access_denied at once when consent is set to deny, and only granted scopes when restricted', async () => {
    await control(sandbox, 'POST', '/consent', { mode: 'deny' });
    const denied = await authorize(authorizationRequest(sandbox));
    expect([denied.get('error'), denied.get('state')]).toEqual(['access_denied', 'a state']);
    await control(sandbox, 'POST', '/consent', { mode: 'allow', grantedScopes: [contacts] });
    expect((await signIn(sandbox)).scope).toBe(contacts);
  });

  it('gives a refresh token with the first consent or prompt=consent, offline only', async () => {
    const offline = { prompt: '', access_type: 'offline' };
    expect(
      (await signIn(sandbox, { more: { prompt: '', access_type: 'online' } })).refresh_token,
    ).toBeUndefined();
    expect(
      (await signIn(sandbox, { loginHint: 'grace@example.com', more: offline })).refresh_token,
    ).toBeDefined();
    expect(
      (await signIn(sandbox, { loginHint: 'grace@example.com', more: offline })).refresh_token,
    ).toBeUndefined();
    expect((await signIn(sandbox, { loginHint: 'grace@example.com' })).refresh_token).toBeDefined();
  });

  it('adds what was granted before when include_granted_scopes is true', async () => {
    await signIn(sandbox, { scopes: [calendar] });
    expect((await signIn(sandbox, { scopes: [contacts] })).scope).toBe(contacts);
    const more = { include_granted_scopes: 'true' };
    expect((await signIn(sandbox, { scopes: [contacts], more })).scope.split(' ').sort()).toEqual([
      calendar,
      contacts,
    ]);
  });
});

describe('the token endpoint', () => {
  it('refuses a wrong secret, verifier and redirect, and a code that was used', async () => {
    const request = authorizationRequest(sandbox);
    const code = (await authorize(request)).get('code') as string;
    const exchange = (more: Record<string, string>) =>
      postToken(sandbox, {
        grant_type: 'authorization_code',
        code,
        code_verifier: request.verifier,
        ...more,
      });
    expect(await exchange({ client_secret: 'wrong' })).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    });
    expect(await exchange({ code_verifier: 'wrong' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
    expect((await exchange({ redirect_uri: 'http://127.0.0.1:9/other' })).body.error).toBe(
      'redirect_uri_mismatch',
    );
    expect((await exchange({})).status).toBe(200);
    expect(await exchange({})).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('drops the oldest refresh token past the limit without a word', async () => {
    await control(sandbox, 'PATCH', '/settings', { google: { refreshTokensPerGrant: 2 } });
    const tokens = [await signIn(sandbox), await signIn(sandbox), await signIn(sandbox)];
    const refresh = (i: number) =>
      postToken(sandbox, { grant_type: 'refresh_token', refresh_token: tokens[i]?.refresh_token as string });
    expect([(await refresh(0)).status, (await refresh(1)).status, (await refresh(2)).status]).toEqual([
      400, 200, 200,
    ]);
  });
});

describe('a grant', () => {
  it('ends whole when revoked: Calendar and Contacts, access and refresh tokens, of that account only', async () => {
    const ada = await signIn(sandbox, { scopes: [calendar] });
    const adaToo = await signIn(sandbox, { scopes: [contacts] });
    const grace = await signIn(sandbox, { loginHint: 'grace@example.com' });
    const revoked = await fetch(`${sandbox.url}/revoke?token=${ada.refresh_token}`, { method: 'POST' });
    expect(revoked.status).toBe(200);
    expect((await readCalendars(ada.access_token)).status).toBe(401);
    expect((await readContacts(adaToo.access_token)).status).toBe(401);
    expect((await readContacts(grace.access_token)).status).toBe(200);
    expect((await fetch(`${sandbox.url}/revoke?token=${ada.refresh_token}`, { method: 'POST' })).status).toBe(
      400,
    );
  });

  it('answers each API’s own 401 and 403 bodies for expired tokens and missing scopes', async () => {
    const { access_token } = await signIn(sandbox, { scopes: ['openid', contacts] });
    const missing = await readCalendars(access_token);
    expect([missing.status, await missing.json()]).toMatchObject([
      403,
      {
        error: {
          errors: [{ reason: 'insufficientPermissions' }],
          details: [{ reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' }],
        },
      },
    ]);
    await control(sandbox, 'POST', '/google/ada@example.com/scopes', { granted: [calendar] });
    expect((await readCalendars(access_token)).status).toBe(200);
    const noContacts = await readContacts(access_token);
    expect([noContacts.status, await noContacts.json()]).toMatchObject([
      403,
      { error: { status: 'PERMISSION_DENIED' } },
    ]);
    await control(sandbox, 'POST', '/google/ada@example.com/access-tokens/expire');
    const expired = await readCalendars(access_token);
    expect([expired.status, await expired.json()]).toMatchObject([
      401,
      { error: { errors: [{ reason: 'authError' }] } },
    ]);
    expect(await (await readContacts(access_token)).json()).toMatchObject({
      error: { status: 'UNAUTHENTICATED' },
    });
  });

  it('keeps its tokens through a reset, after which the next consent is a first one', async () => {
    const before = await signIn(sandbox);
    await control(sandbox, 'POST', '/reset', { seed: 5 });
    expect((await readContacts(before.access_token)).status).toBe(200);
    const more = { prompt: '', include_granted_scopes: 'true' };
    const after = await signIn(sandbox, { scopes: [contacts], more });
    expect([after.scope, typeof after.refresh_token]).toEqual([contacts, 'string']);
    await control(sandbox, 'POST', '/google/ada@example.com/revoke');
    expect((await readContacts(before.access_token)).status).toBe(401);
  });

  it('tells who it belongs to, by userinfo and tokeninfo', async () => {
    const { access_token } = await signIn(sandbox, { scopes: allScopes });
    const info = await fetch(`${sandbox.url}/tokeninfo?access_token=${access_token}`);
    const told = await info.json();
    expect(told).toMatchObject({ aud: 'sandbox-google-client', email: 'ada@example.com' });
    const headers = { Authorization: `Bearer ${access_token}` };
    const byHeader = await fetch(`${sandbox.url}/tokeninfo`, { method: 'POST', headers });
    expect(await byHeader.json()).toEqual(told);
    const userinfo = await get('/oauth2/v2/userinfo', access_token);
    expect(await userinfo.json()).toEqual({
      id: '108204268033311374519',
      email: 'ada@example.com',
      verified_email: true,
    });
  });
});
