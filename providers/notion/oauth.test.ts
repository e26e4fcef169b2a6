import { expect, test } from 'vitest';
import { answering, serve } from '../google/local-server.ts';
import { createNotionOAuth } from './oauth.ts';

const tokens = { access_token: 'access', token_type: 'bearer', refresh_token: 'refresh', bot_id: 'bot' };
const ada = { object: 'user', id: 'ada', type: 'person', person: { email: 'ada@example.com' } };

async function exchange(more: object) {
  const origin = await serve(answering(200, { ...tokens, ...more }));
  const environment = { live: false, origins: { api: origin }, clientId: 'c', clientSecret: 's' };
  return createNotionOAuth(environment).exchange({
    ...{ code: 'code', codeVerifier: 'unused', redirectUri: 'http://127.0.0.1:9/oauth/callback' },
    signal: AbortSignal.timeout(10_000),
  });
}

const kept = { accessToken: 'access', refreshToken: 'refresh' };

test('the answer to a code says whose grant it is', async () => {
  const workspace = { workspace_id: 'ws', workspace_name: 'Lovelace Labs' };
  expect(await exchange({ ...workspace, owner: { type: 'user', user: ada } })).toEqual({
    ...kept,
    account: { id: 'ws', name: 'Lovelace Labs', grantId: 'ws/ada', email: 'ada@example.com' },
  });
  const unnamed = { ...workspace, workspace_name: null, owner: { type: 'workspace', workspace: true } };
  expect(await exchange(unnamed)).toEqual({ ...kept, account: { id: 'ws', name: 'Notion' } });
});

test('an answer that does not say so is taken all the same', async () => {
  expect(await exchange({})).toEqual(kept);
  expect(await exchange({ owner: { type: 'user', user: ada } })).toEqual(kept);
});
