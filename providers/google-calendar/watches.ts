/** Push channels: https://developers.google.com/workspace/calendar/api/guides/push */
import type { calendar_v3 } from '@googleapis/calendar';
import { ProviderError, type Watch, type WatchCalls } from '../contract/index.ts';
import { drift } from '../google/listing.ts';
import { callGoogle } from '../google/transport.ts';
import { calendarListScope, eventsScope } from './scopes.ts';

export function createCalendarWatches(calendar: calendar_v3.Calendar, accessToken: string): WatchCalls {
  return {
    async open({ channelId, address, token, collection, expiresAt, signal }) {
      const requestBody = {
        id: channelId,
        type: 'web_hook',
        address,
        token,
        expiration: String(Date.parse(expiresAt)),
      };
      const scope = collection === undefined ? calendarListScope : eventsScope;
      const channel = await callGoogle({ accessToken, signal, scope }, (options) =>
        collection === undefined
          ? calendar.calendarList.watch({ requestBody }, options)
          : calendar.events.watch({ calendarId: collection, requestBody }, options),
      );
      return readChannel(channelId, channel);
    },

    async stop({ channelId, resourceId, signal }) {
      try {
        const requestBody = { id: channelId, resourceId };
        await callGoogle({ accessToken, signal }, (options) =>
          calendar.channels.stop({ requestBody }, options),
        );
      } catch (error) {
        if (!(error instanceof ProviderError) || error.kind !== 'not_found') throw error;
      }
    },
  };
}

function readChannel(channelId: string, channel: calendar_v3.Schema$Channel): Watch {
  const expiresAtMs = Number(channel.expiration);
  if (!channel.resourceId || !Number.isFinite(expiresAtMs) || expiresAtMs <= 0) throw drift('a push channel');
  return { channelId, resourceId: channel.resourceId, expiresAt: new Date(expiresAtMs).toISOString() };
}
