import { expect, test } from 'vitest';
import { readCalendarPush } from './read-push.ts';

const headers = {
  'x-goog-channel-id': 'wch_1',
  'x-goog-channel-token': 'token',
  'x-goog-message-number': '12',
  'x-goog-resource-state': 'exists',
};
const read = (over: Record<string, string | undefined>) =>
  readCalendarPush({ headers: { ...headers, ...over }, body: new Uint8Array(), receivedAtMs: 0 });

test('a push names its channel, its token and its delivery', () => {
  expect(read({})).toEqual({
    kind: 'channel',
    channelId: 'wch_1',
    channelToken: 'token',
    deliveryId: 'wch_1:12',
    initial: false,
  });
});

test('a push carries what the answer to opening its channel would have said', () => {
  const said = {
    'x-goog-resource-id': 'o3hgv1538sdjfh',
    'x-goog-channel-expiration': 'Tue, 19 Nov 2030 01:13:52 GMT',
  };
  expect(read(said)).toMatchObject({
    watch: { resourceId: 'o3hgv1538sdjfh', expiresAt: '2030-11-19T01:13:52.000Z' },
  });
  expect(read({ ...said, 'x-goog-channel-expiration': 'soon' })).not.toHaveProperty('watch');
});

test('the first message of a channel is only its greeting', () => {
  expect(read({ 'x-goog-resource-state': 'sync' })).toMatchObject({ initial: true });
});

test('a push without its headers, or without a token, is refused', () => {
  for (const name of ['x-goog-channel-id', 'x-goog-message-number', 'x-goog-resource-state']) {
    expect(read({ [name]: undefined })).toMatchObject({ kind: 'refused', status: 400 });
  }
  expect(read({ 'x-goog-message-number': '1;x' })).toMatchObject({ kind: 'refused', status: 400 });
  expect(read({ 'x-goog-channel-token': undefined })).toMatchObject({ kind: 'refused', status: 401 });
});
