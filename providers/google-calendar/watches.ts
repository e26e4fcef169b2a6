/** Push channels: https://developers.google.com/workspace/calendar/api/guides/push */
import { setTimeout } from 'node:timers/promises';
import type { calendar_v3 } from '@googleapis/calendar';
import { ProviderError, type Watch, type WatchCalls } from '../contract/index.ts';
import { drift } from '../google/listing.ts';
import { callGoogle } from '../google/transport.ts';
import { calendarListScope, eventsScope } from './scopes.ts';

/** Should it be wrong that there is no such channel, that would stay open for a week: it has to be said so often. */
const timesToBelieve = 4;
const betweenTimesMs = 250;

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
      const requestBody = { id: channelId, resourceId };
      for (let time = 1; ; time += 1) {
        try {
          await callGoogle({ accessToken, signal }, (options) =>
            calendar.channels.stop({ requestBody }, options),
          );
          return;
        } catch (error) {
          if (!(error instanceof ProviderError) || error.kind !== 'not_found') throw error;
          if (time === timesToBelieve) return;
          await setTimeout(betweenTimesMs, undefined, { signal });
        }
      }
    },
  };
}

function readChannel(channelId: string, channel: calendar_v3.Schema$Channel): Watch {
  const expiresAtMs = Number(channel.expiration);
  if (!channel.resourceId || !Number.isFinite(expiresAtMs) || expiresAtMs <= 0) throw drift('a push channel');
  return { channelId, resourceId: channel.resourceId, expiresAt: new Date(expiresAtMs).toISOString() };
}
