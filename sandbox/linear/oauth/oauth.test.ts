import * as oauth from 'oauth4webapi';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSandbox, type TestSandbox } from '../testing.ts';

const redirectUri = 'http://127.0.0.1:3000/oauth/callback';
const client: oauth.Client = { client_id: 'sandbox-linear-client' };
const clientAuth = oauth.ClientSecretPost('sandbox-linear-secret');
const insecure = { [oauth.allowInsecureRequests]: true };

let sandbox: TestSandbox;
let server: oauth.AuthorizationServer;

beforeEach(async () => {
  sandbox = await openSandbox();
  server = {
    issuer: sandbox.url,
    authorization_endpoint: `${sandbox.url}/oauth/authorize`,
    token_endpoint: `${sandbox.url}/oauth/token`,
    revocation_endpoint: `${sandbox.url}/oauth/revoke`,
  };
});
afterEach(() => sandbox.close());

async function authorize(scope = 'read,write'): Promise<{ callback: URL; verifier: string; state: string }> {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const url = new URL(server.authorization_endpoint as string);
  const query = {
    client_id: client.client_id,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  };
  url.search = new URLSearchParams(query).toString();
  const answer = await fetch(url, { redirect: 'manual' });
  return { callback: new URL(answer.headers.get('location') ?? ''), verifier, state };
}

async function exchange(
  { callback, verifier, state }: Awaited<ReturnType<typeof authorize>>,
  auth: oauth.ClientAuth = clientAuth,
): Promise<oauth.TokenEndpointResponse> {
  const parameters = oauth.validateAuthResponse(server, client, callback, state);
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    auth,
    parameters,
    redirectUri,
    verifier,
    insecure,
  );
  return oauth.processAuthorizationCodeResponse(server, client, response);
}

async function refresh(token: string): Promise<oauth.TokenEndpointResponse> {
  const response = await oauth.refreshTokenGrantRequest(server, client, clientAuth, token, insecure);
  return oauth.processRefreshTokenResponse(server, client, response);
}

async function viewer(
  token: string,
): Promise<{ status: number; body: { data?: { viewer: { email: string } } } }> {
  const answer = await fetch(`${sandbox.url}/graphql`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: '{viewer{email}}' }),
  });
  return { status: answer.status, body: (await answer.json()) as { data?: { viewer: { email: string } } } };
}

test('a code with PKCE becomes a 24-hour token of the first member, with space-separated scopes', async () => {
  const tokens = await exchange(await authorize());
  expect(tokens).toMatchObject({ expires_in: 86_399, scope: 'read write', token_type: 'bearer' });
  expect((await viewer(tokens.access_token)).body.data?.viewer.email).toBe('ada@example.com');
});

test('with PKCE the secret may be left out; a wrong verifier or a second use is invalid_grant', async () => {
  const first = await authorize();
  expect((await exchange(first, oauth.None())).access_token).toBeTruthy();
  await expect(exchange(first)).rejects.toMatchObject({ error: 'invalid_grant', status: 400 });
  const second = { ...(await authorize()), verifier: oauth.generateRandomCodeVerifier() };
  await expect(exchange(second)).rejects.toMatchObject({ error: 'invalid_grant' });
});

test('a wrong secret is invalid_client', async () => {
  const grant = await authorize();
  await expect(exchange(grant, oauth.ClientSecretPost('wrong'))).rejects.toMatchObject({
    error: 'invalid_client',
  });
});

test('a refusal, an unknown scope and a foreign redirect URI are told apart', async () => {
  await sandbox.control('POST', '/consent', { mode: 'deny' });
  expect((await authorize()).callback.searchParams.get('error')).toBe('access_denied');
  await sandbox.control('POST', '/consent', { mode: 'allow' });
  expect((await authorize('read,fly')).callback.searchParams.get('error')).toBe('invalid_scope');
  const foreign = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: 'https://evil.example.com/',
  });
  const answer = await fetch(`${server.authorization_endpoint}?${foreign}`, { redirect: 'manual' });
  expect(answer.status).toBe(400);
  expect(answer.headers.get('location')).toBeNull();
});

test('the consent page offers both workspaces, and the chosen one is signed in', async () => {
  await sandbox.control('POST', '/consent', { mode: 'ask' });
  const query = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'read,write',
    state: 's',
  });
  const page = await (await fetch(`${server.authorization_endpoint}?${query}`)).text();
  const account = /value="(lumen\/[^"]+)"/.exec(page)?.[1] ?? '';
  expect(page).toContain('Northwind Labs');
  const answer = await fetch(server.authorization_endpoint as string, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ request: query.toString(), account, decision: 'allow' }),
  });
  const callback = new URL(answer.headers.get('location') ?? '');
  const token = await fetch(server.token_endpoint as string, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: callback.searchParams.get('code') ?? '',
      redirect_uri: redirectUri,
      client_id: client.client_id,
      client_secret: 'sandbox-linear-secret',
    }),
  });
  const body = (await token.json()) as { access_token: string; scope: string };
  expect(body.scope).toBe('read');
  expect((await viewer(body.access_token)).body.data?.viewer.email).toBe('grace@example.com');
});

test('a refresh rotates the refresh token; the former one is spent unless a grace time is set', async () => {
  const first = await exchange(await authorize());
  const second = await refresh(first.refresh_token ?? '');
  expect(second.refresh_token).not.toBe(first.refresh_token);
  await expect(refresh(first.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
    status: 400,
  });
  await sandbox.control('PATCH', '/settings', { linear: { refreshGraceSeconds: 60 } });
  expect((await refresh(first.refresh_token ?? '')).access_token).toBeTruthy();
});

test('an expired access token answers 401 and a refresh heals it', async () => {
  const tokens = await exchange(await authorize());
  await sandbox.control('POST', '/linear/northwind/access-tokens/expire');
  expect((await viewer(tokens.access_token)).status).toBe(401);
  const fresh = await refresh(tokens.refresh_token ?? '');
  expect((await viewer(fresh.access_token)).status).toBe(200);
});

test('revoking ends both tokens; revoking again is refused with 400', async () => {
  const tokens = await exchange(await authorize());
  const response = await oauth.revocationRequest(
    server,
    client,
    clientAuth,
    tokens.refresh_token ?? '',
    insecure,
  );
  await oauth.processRevocationResponse(response);
  expect((await viewer(tokens.access_token)).status).toBe(401);
  await expect(refresh(tokens.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' });
  const again = await fetch(server.revocation_endpoint as string, {
    method: 'POST',
    headers: { Authorization: `Bearer ${tokens.access_token}` },
  });
  expect(again.status).toBe(400);
  expect((await fetch(server.revocation_endpoint as string, { method: 'POST' })).status).toBe(401);
});

test('a scope taken away is missed by the next write, and reading goes on', async () => {
  const tokens = await exchange(await authorize());
  await sandbox.control('POST', '/linear/northwind/scopes', { granted: ['read'] });
  const answer = await fetch(`${sandbox.url}/graphql`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${tokens.access_token}` },
    body: JSON.stringify({ query: 'mutation{issueDelete(id:"ENG-1"){success}}' }),
  });
  expect(answer.status).toBe(403);
  const body = (await answer.json()) as { errors: { message: string; extensions: { type: string } }[] };
  expect(body.errors[0]).toMatchObject({
    message: 'Invalid scope: `write` required',
    extensions: { type: 'forbidden' },
  });
  expect((await viewer(tokens.access_token)).status).toBe(200);
});
