import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  authorizeUrl,
  clientOf,
  connect,
  oauthOf,
  obtainCode,
  startTestSandbox,
  type TestSandbox,
} from './testing.ts';

let sandbox: TestSandbox;
beforeEach(async () => {
  sandbox = await startTestSandbox();
});
afterEach(() => sandbox.close());

test('the SDK exchanges a code for a pair that names bot, owner and workspace and no lifetime', async () => {
  const tokens = await oauthOf(sandbox).exchange(await obtainCode(sandbox));
  expect(tokens).toMatchObject({
    token_type: 'bearer',
    workspace_name: 'Lovelace Labs',
    owner: { type: 'user', user: { type: 'person', person: { email: 'ada@example.com' } } },
    duplicated_template_id: null,
  });
  expect(tokens).not.toHaveProperty('expires_in');
  expect(tokens).not.toHaveProperty('scope');
  const me = await clientOf(sandbox, tokens.access_token).users.me({});
  expect(me).toMatchObject({ object: 'user', type: 'bot', id: tokens.bot_id });
  expect(me).toMatchObject({ bot: { workspace_id: tokens.workspace_id } });
  await sandbox.control('PATCH', '/settings', { notion: { meNamesWorkspace: false } });
  const silent = await clientOf(sandbox, tokens.access_token).users.me({});
  expect(silent).toMatchObject({ type: 'bot', bot: { owner: { type: 'user' } } });
  expect(silent).not.toHaveProperty('bot.workspace_id');
});

test('a code works once and only with its own redirect URI', async () => {
  const code = await obtainCode(sandbox);
  await oauthOf(sandbox).exchange(code);
  await expect(oauthOf(sandbox).exchange(code)).rejects.toMatchObject({ status: 400 });
  const other = await fetch(`${sandbox.url}/v1/oauth/token`, {
    method: 'POST',
    headers: {
      Authorization: `Basic ${Buffer.from('sandbox-notion-client:sandbox-notion-secret').toString('base64')}`,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({
      grant_type: 'authorization_code',
      code: await obtainCode(sandbox),
      redirect_uri: 'http://127.0.0.1:3000/elsewhere',
    }),
  });
  expect(other.status).toBe(400);
  expect(await other.json()).toMatchObject({
    object: 'error',
    code: 'invalid_grant',
    error: 'invalid_grant',
  });
});

test('a wrong client secret is refused with 401', async () => {
  const response = await fetch(`${sandbox.url}/v1/oauth/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${Buffer.from('sandbox-notion-client:wrong').toString('base64')}` },
    body: JSON.stringify({ grant_type: 'refresh_token', refresh_token: 'x' }),
  });
  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({ error: 'invalid_client' });
});

test('a refresh rotates both tokens: the old refresh token is refused, the old access token ends', async () => {
  const first = await connect(sandbox);
  const second = await oauthOf(sandbox).refresh(first.refreshToken);
  expect(second.access_token).not.toBe(first.token);
  expect(second.refresh_token).not.toBe(first.refreshToken);
  expect(second.bot_id).toBe(first.botId);
  await expect(oauthOf(sandbox).refresh(first.refreshToken)).rejects.toMatchObject({ status: 400 });
  await expect(first.client.users.me({})).rejects.toMatchObject({ status: 401, code: 'unauthorized' });
  await clientOf(sandbox, second.access_token).users.me({});
});

test('a grace setting lets a replaced refresh token work once more', async () => {
  await sandbox.control('PATCH', '/settings', { notion: { replacedRefreshTokenGraceSeconds: 60 } });
  const first = await connect(sandbox);
  await oauthOf(sandbox).refresh(first.refreshToken);
  await oauthOf(sandbox).refresh(first.refreshToken);
  await sandbox.control('POST', '/clock', { advanceMs: 61_000 });
  await expect(oauthOf(sandbox).refresh(first.refreshToken)).rejects.toMatchObject({ status: 400 });
});

test('expired access tokens answer 401 while the refresh token stays good', async () => {
  const { client, refreshToken } = await connect(sandbox);
  await sandbox.control('POST', '/notion/lovelace-labs/access-tokens/expire');
  await expect(client.users.me({})).rejects.toMatchObject({ status: 401, code: 'unauthorized' });
  const renewed = await oauthOf(sandbox).refresh(refreshToken);
  await clientOf(sandbox, renewed.access_token).users.me({});
});

test('a person who removes the connection ends both tokens', async () => {
  const { client, refreshToken } = await connect(sandbox);
  await sandbox.control('POST', '/notion/lovelace-labs/revoke');
  await expect(client.users.me({})).rejects.toMatchObject({ status: 401 });
  await expect(oauthOf(sandbox).refresh(refreshToken)).rejects.toMatchObject({ status: 400 });
});

test('introspection tells a live token from a revoked one; revoking twice is not an error', async () => {
  const { token } = await connect(sandbox);
  expect(await oauthOf(sandbox).introspect(token)).toMatchObject({ active: true, iat: expect.any(Number) });
  await oauthOf(sandbox).revoke(token);
  await oauthOf(sandbox).revoke(token);
  expect(await oauthOf(sandbox).introspect(token)).toMatchObject({ active: false });
});

test('a challenge that was sent is checked against the verifier', async () => {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = {
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  };
  const exchange = async (code_verifier: string) =>
    fetch(`${sandbox.url}/v1/oauth/token`, {
      method: 'POST',
      headers: {
        Authorization: `Basic ${Buffer.from('sandbox-notion-client:sandbox-notion-secret').toString('base64')}`,
      },
      body: JSON.stringify({
        grant_type: 'authorization_code',
        code: await obtainCode(sandbox, challenge),
        redirect_uri: 'http://127.0.0.1:3000/oauth/callback',
        code_verifier,
      }),
    });
  expect((await exchange('wrong')).status).toBe(400);
  expect((await exchange(verifier)).status).toBe(200);
});

test('a refusal goes back to the client with access_denied and its state', async () => {
  await sandbox.control('POST', '/consent', { mode: 'deny' });
  const response = await fetch(authorizeUrl(sandbox), { redirect: 'manual' });
  const location = new URL(response.headers.get('location') ?? 'missing:');
  expect(Object.fromEntries(location.searchParams)).toEqual({ error: 'access_denied', state: 's1' });
});

test('an unknown client or a foreign redirect URI is never redirected to', async () => {
  for (const wrong of [
    { client_id: 'nobody' },
    { redirect_uri: 'https://evil.example/cb' },
    { owner: 'workspace' },
  ]) {
    const response = await fetch(authorizeUrl(sandbox, wrong as unknown as Record<string, string>), {
      redirect: 'manual',
    });
    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
  }
});

test('on the page a person picks a workspace and pages, and only those are shared', async () => {
  await sandbox.control('POST', '/consent', { mode: 'ask' });
  const page = await (await fetch(authorizeUrl(sandbox))).text();
  const tasksDatabase =
    /value="([0-9a-f-]{36})"[^>]*> Tasks<small[^>]*>Database in Lovelace Labs/.exec(page)?.[1] ?? '';
  expect(tasksDatabase).not.toBe('');
  const form = new URLSearchParams({
    request: new URL(authorizeUrl(sandbox)).searchParams.toString(),
    account: 'lovelace-labs/grace@example.com',
    decision: 'allow',
    choice: tasksDatabase,
  });
  const response = await fetch(`${sandbox.url}/v1/oauth/authorize`, {
    method: 'POST',
    body: form,
    redirect: 'manual',
  });
  const code = new URL(response.headers.get('location') ?? 'missing:').searchParams.get('code') ?? '';
  const tokens = await oauthOf(sandbox).exchange(code);
  expect(tokens.owner).toMatchObject({ user: { person: { email: 'grace@example.com' } } });
  const client = clientOf(sandbox, tokens.access_token);
  const found = await client.search({ filter: { property: 'object', value: 'data_source' } });
  expect(found.results).toHaveLength(1);
  const sources = (await sandbox.control('GET', '/notion/lovelace-labs/data-sources')).body.data;
  const meetings = sources.find(
    (one: { title: { plain_text: string }[] }) => one.title[0]?.plain_text === 'Meeting notes',
  );
  await expect(client.dataSources.retrieve({ data_source_id: meetings.id })).rejects.toMatchObject({
    status: 404,
    code: 'object_not_found',
  });
});

test('a consent signs in to the workspace that the setting names', async () => {
  await sandbox.control('PATCH', '/settings', { notion: { signInAs: 'hopper-works/grace@example.com' } });
  const tokens = await oauthOf(sandbox).exchange(await obtainCode(sandbox));
  expect(tokens).toMatchObject({ workspace_name: 'Hopper Works' });
});

test('tokens outlive a reset, and see the new world', async () => {
  const { client } = await connect(sandbox);
  const search = () => client.search({ filter: { property: 'object', value: 'page' } });
  expect((await search()).results).toHaveLength(60);
  await sandbox.control('POST', '/reset', { seed: 9, notionPages: 25 });
  expect((await search()).results).toHaveLength(25);
});
