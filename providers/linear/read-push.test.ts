import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import type { ProviderEnvironment } from '../contract/index.ts';
import { readLinearPush } from './read-push.ts';

const environment: ProviderEnvironment = {
  ...{ live: false, origins: {}, clientId: 'c', clientSecret: 's', webhookSecret: 'hush' },
};
const receivedAtMs = Date.parse('2026-11-23T12:00:00Z');

function read(
  more: object = {},
  change: { secret?: string; headers?: Record<string, string | undefined> } = {},
) {
  const event = {
    type: 'Issue',
    action: 'update',
    organizationId: 'org',
    webhookTimestamp: receivedAtMs - 1000,
  };
  const body = Buffer.from(JSON.stringify({ ...event, data: { teamId: 't1' }, ...more }));
  const signature = createHmac('sha256', change.secret ?? 'hush')
    .update(body)
    .digest('hex');
  const headers = { 'linear-delivery': 'd-1', 'linear-signature': signature, ...change.headers };
  return readLinearPush({ headers, body, receivedAtMs }, environment);
}

it('names account, delivery, teams and stream; a moved issue names both teams', () => {
  const notice = { kind: 'account', accountId: 'org', deliveryId: 'd-1' };
  expect(read()).toEqual({ ...notice, collections: ['t1'], streams: ['issues'] });
  expect(read({ updatedFrom: { teamId: 't0' } })).toMatchObject({ collections: ['t1', 't0'] });
  const comment = { type: 'Comment', data: { issue: { teamId: 't2' } } };
  expect(read(comment)).toMatchObject({ collections: ['t2'], streams: ['comments'] });
  expect(read({ type: 'User', data: {} })).toMatchObject({ collections: [], streams: ['members'] });
  expect(read({ type: 'Cycle', data: {} })).not.toHaveProperty('streams');
});

it('tells when the organization removed the app', () => {
  const createdAt = '2026-11-23T11:00:00.000Z';
  expect(read({ type: 'OAuthApp', action: 'revoked', createdAt })).toMatchObject({ revokedAt: createdAt });
});

it('refuses what is forged, unsigned, stale or from the future, and without a secret everything', () => {
  const refused = { kind: 'refused', status: 401 };
  expect(read({}, { secret: 'guess' })).toMatchObject(refused);
  expect(read({}, { headers: { 'linear-signature': undefined } })).toMatchObject(refused);
  expect(read({}, { headers: { 'linear-signature': 'z'.repeat(64) } })).toMatchObject(refused);
  expect(read({ webhookTimestamp: receivedAtMs - 60_001 })).toMatchObject(refused);
  expect(read({ webhookTimestamp: receivedAtMs + 60_001 })).toMatchObject(refused);
  expect(read({ webhookTimestamp: receivedAtMs - 60_000 })).toMatchObject({ kind: 'account' });
  const { webhookSecret: _secret, ...without } = environment;
  const push = { headers: { 'linear-signature': 'a'.repeat(64) }, body: Buffer.from('{}'), receivedAtMs };
  expect(readLinearPush(push, without)).toMatchObject(refused);
});

it('refuses a signed push that has not Linear’s form', () => {
  expect(read({ organizationId: 7 })).toMatchObject({ kind: 'refused', status: 400 });
  expect(read({}, { headers: { 'linear-delivery': undefined } })).toMatchObject({
    kind: 'refused',
    status: 400,
  });
});
