import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import type { ProviderEnvironment } from '../contract/index.ts';
import { readNotionPush } from './read-push.ts';

const environment: ProviderEnvironment = {
  ...{ live: false, origins: {}, clientId: 'c', clientSecret: 's' },
  webhookSecret: 'secret_token',
};
const { webhookSecret: _none, ...unset } = environment;
const receivedAtMs = Date.parse('2026-11-23T12:00:00.000Z');

const event = (values: object) => ({
  ...{ id: 'evt', timestamp: '2026-11-23T11:59:00.000Z', workspace_id: 'ws', type: 'page.created' },
  ...{ entity: { id: 'p1', type: 'page' }, data: { parent: { type: 'space' } } },
  ...values,
});

function read(
  body: object | string,
  options: { key?: string; signature?: string; to?: ProviderEnvironment } = {},
) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const signature =
    options.signature ??
    `sha256=${createHmac('sha256', options.key ?? 'secret_token')
      .update(text)
      .digest('hex')}`;
  const headers = signature === '' ? {} : { 'x-notion-signature': signature };
  return readNotionPush({ headers, body: Buffer.from(text), receivedAtMs }, options.to ?? environment);
}

test('a genuine event names its workspace, its delivery and where it happened', () => {
  const row = event({ data: { parent: { type: 'database', id: 'db', data_source_id: 'ds1' } } });
  expect(read(row)).toEqual({ kind: 'account', accountId: 'ws', deliveryId: 'evt', collections: ['ds1'] });
  expect(read(event({}))).toMatchObject({ collections: ['loose-pages'] });
  const source = { type: 'data_source.schema_updated', entity: { id: 'ds2', type: 'data_source' } };
  expect(read(event(source))).toMatchObject({ collections: ['ds2'] });
});

test('where it happened stays open when the event does not tell', () => {
  const moved = event({ type: 'page.moved', data: { parent: { data_source_id: 'ds1' } } });
  expect(read(moved)).toMatchObject({ kind: 'account', collections: [] });
  expect(read(event({ type: 'database.created', entity: { id: 'd', type: 'database' } }))).toMatchObject({
    collections: [],
  });
});

test('comments and views are of no interest', () => {
  expect(read(event({ type: 'comment.created', entity: { id: 'c', type: 'comment' } }))).toEqual({
    kind: 'ignored',
  });
});

test('a forged, unsigned, stale or malformed event is refused', () => {
  expect(read(event({}), { key: 'another' })).toMatchObject({ kind: 'refused', status: 401 });
  expect(read(event({}), { signature: 'sha256=short' })).toMatchObject({ kind: 'refused', status: 401 });
  expect(read(event({}), { signature: '' })).toMatchObject({ kind: 'refused', status: 401 });
  expect(read(event({}), { to: unset })).toMatchObject({ kind: 'refused', status: 401 });
  const stale = event({ timestamp: '2026-11-20T12:00:00.000Z' });
  expect(read(stale)).toMatchObject({ kind: 'refused', status: 401 });
  expect(read('[]')).toMatchObject({ kind: 'refused', status: 400 });
});

test('a handshake is answered when it brings the token that is set, and told to the operator when none is', () => {
  const greeting = { verification_token: 'secret_token' };
  expect(read(greeting, { signature: '' })).toEqual({ kind: 'handshake', answer: {} });
  expect(read({ verification_token: 'another_token' }, { signature: '' })).toMatchObject({ status: 401 });
  const first = read(greeting, { signature: '', to: unset });
  expect(first).toMatchObject({ kind: 'handshake', operatorNote: expect.stringContaining('secret_token') });
});
