/** events/watch, calendarList/watch and channels/stop. */
import type { Call } from '../../core/call.ts';
import { type Grant, isLoopbackUri } from '../../core/grants.ts';
import type { Answer } from '../../core/provider.ts';
import type { GoogleAccount } from '../accounts.ts';
import { calendarRefusal } from '../errors.ts';
import type { ApiRoute } from '../guard.ts';
import { scopesFor } from '../scopes.ts';
import { type CalendarParts, calendarOf } from './calendar-parts.ts';
import { invalid } from './event-body.ts';

interface WatchBody {
  id?: string;
  type?: string;
  address?: string;
  token?: string;
  expiration?: string | number;
  params?: { ttl?: string };
}

export const eventsResource = (account: GoogleAccount, calendarId: string): string =>
  `events ${account.email} ${calendarId}`;
export const calendarListResource = (account: GoogleAccount): string => `calendarList ${account.email}`;

export function channelRoutes(parts: CalendarParts): ApiRoute[] {
  return [
    {
      method: 'POST',
      path: '/calendar/v3/calendars/{calendarId}/events/watch',
      scopes: scopesFor.readEvents,
      handle: (call, account, grant) => {
        const { id } = calendarOf(parts, call, account);
        const uri = `${call.origin}/calendar/v3/calendars/${encodeURIComponent(id)}/events?alt=json`;
        return watch(parts, call, { account, grant, resource: eventsResource(account, id), uri });
      },
    },
    {
      method: 'POST',
      path: '/calendar/v3/users/me/calendarList/watch',
      scopes: scopesFor.readCalendarList,
      handle: (call, account, grant) => {
        const uri = `${call.origin}/calendar/v3/users/me/calendarList?alt=json`;
        return watch(parts, call, { account, grant, resource: calendarListResource(account), uri });
      },
    },
    {
      method: 'POST',
      path: '/calendar/v3/channels/stop',
      scopes: [...scopesFor.readEvents, ...scopesFor.readCalendarList],
      handle: (call, account, grant) => {
        const { id = '', resourceId } = (call.json() ?? {}) as { id?: string; resourceId?: string };
        const channel = parts.channels.find(id);
        const isOwn = channel?.account === account.email && channel.clientId === grant.clientId;
        if (!isOwn || channel.resourceId !== resourceId)
          throw calendarRefusal(404, 'notFound', `Channel '${id}' not found for project`);
        parts.channels.close(id);
        return { status: parts.core.settings().channelStopStatus };
      },
    },
  ];
}

function watch(
  parts: CalendarParts,
  call: Call,
  target: { account: GoogleAccount; grant: Grant; resource: string; uri: string },
): Answer {
  const body = (call.json() ?? {}) as WatchBody;
  const settings = parts.core.settings();
  const { id = '', address = '', token } = body;
  if (!/^[A-Za-z0-9\-_+/=]{1,64}$/.test(id)) throw invalid('resource.id', 'Invalid channel id');
  if (body.type !== 'web_hook' && body.type !== 'webhook')
    throw invalid('resource.type', `Unknown channel type ${body.type ?? ''}`);
  if (token !== undefined && token.length > 256) throw invalid('resource.token', 'Channel token is too long');
  if (!isDeliverable(address, settings.pushToAnyHttpAddress))
    throw calendarRefusal(400, 'push.webhookUrlNotHttps', `WebHook callback must be HTTPS: ${address}`);
  if (parts.channels.find(id) !== undefined)
    throw calendarRefusal(400, 'channelIdNotUnique', `Channel id ${id} not unique`);
  const channel = parts.channels.open({
    id,
    resource: target.resource,
    resourceUri: target.uri,
    account: target.account.email,
    clientId: target.grant.clientId,
    grantId: target.grant.id,
    address,
    ...(token !== undefined && { token }),
    expiresAt: expirationOf(body, parts),
  });
  return {
    status: 200,
    body: {
      kind: 'api#channel',
      id,
      resourceId: channel.resourceId,
      resourceUri: channel.resourceUri,
      ...(token !== undefined && { token }),
      expiration: String(channel.expiresAt),
    },
  };
}

/** Asked in ms, or as a time to live; the server may shorten it. */
function expirationOf(body: WatchBody, parts: CalendarParts): number {
  const settings = parts.core.settings();
  const now = parts.core.clock.now();
  const ttlUnitMs = settings.watchTtlUnit === 'seconds' ? 1000 : 1;
  const asked =
    body.expiration !== undefined
      ? Number(body.expiration)
      : now + Number(body.params?.ttl ?? Number.NaN) * ttlUnitMs;
  const wanted = Number.isNaN(asked) ? now + settings.channelLifetimeSeconds * 1000 : asked;
  if (wanted <= now) throw invalid('resource.expiration', 'Channel expiration must be in the future');
  return Math.floor(Math.min(wanted, now + settings.channelLifetimeMaxSeconds * 1000));
}

/** Google takes https alone; the stand-in also takes http on loopback, since everything runs on one machine. */
function isDeliverable(address: string, anyHttp: boolean): boolean {
  if (isLoopbackUri(address)) return true;
  try {
    const { protocol } = new URL(address);
    return protocol === 'https:' || (anyHttp && protocol === 'http:');
  } catch {
    return false;
  }
}
