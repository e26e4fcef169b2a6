import type { PushNotice, PushRequest } from '../contract/index.ts';

/**
 * Google says everything in headers; the body is empty. Trust comes from the token that we chose for the channel:
 * https://developers.google.com/workspace/calendar/api/guides/push#making-watch-requests
 */
export function readCalendarPush({ headers }: PushRequest): PushNotice {
  const channelId = headers['x-goog-channel-id'];
  const channelToken = headers['x-goog-channel-token'];
  const messageNumber = headers['x-goog-message-number'];
  const state = headers['x-goog-resource-state'];
  if (!channelId || channelId.length > 64 || !state || !messageNumber || !/^\d{1,20}$/.test(messageNumber)) {
    return { kind: 'refused', status: 400, reason: 'The headers of a push channel are missing.' };
  }
  if (!channelToken || channelToken.length > 256) {
    return { kind: 'refused', status: 401, reason: 'The channel token is missing.' };
  }
  return {
    kind: 'channel',
    channelId,
    channelToken,
    deliveryId: `${channelId}:${messageNumber}`,
    initial: state === 'sync',
    ...readWatch(headers),
  };
}

function readWatch(headers: PushRequest['headers']): Pick<Extract<PushNotice, { kind: 'channel' }>, 'watch'> {
  const resourceId = headers['x-goog-resource-id'];
  const expiresAtMs = Date.parse(headers['x-goog-channel-expiration'] ?? '');
  if (!resourceId || resourceId.length > 200 || Number.isNaN(expiresAtMs)) return {};
  return { watch: { resourceId, expiresAt: new Date(expiresAtMs).toISOString() } };
}
