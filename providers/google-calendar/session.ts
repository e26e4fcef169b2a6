import { calendar_v3 } from '@googleapis/calendar';
import {
  type FetchRequest,
  type ProviderEnvironment,
  ProviderError,
  type RecordPage,
  type RemoteCollection,
  type Session,
} from '../contract/index.ts';
import { createCursors } from '../google/cursor.ts';
import { originOf } from '../google/environment.ts';
import { askGrantedScopes } from '../google/granted-scopes.ts';
import { nextOf, recordsOf, requireId } from '../google/listing.ts';
import { callGoogle } from '../google/transport.ts';
import { askWhoAmI } from '../google/who-am-i.ts';
import { sortEvents } from './map-event.ts';
import { calendarListScope, eventsScope } from './scopes.ts';
import { createCalendarWatches } from './watches.ts';

export function openCalendarSession(
  { accessToken }: { readonly accessToken: string },
  environment: ProviderEnvironment,
): Session {
  const calendar = new calendar_v3.Calendar({ rootUrl: originOf(environment, 'www') });
  return {
    whoAmI: (signal) => askWhoAmI({ accessToken, environment, signal }),
    grantedScopes: (signal) => askGrantedScopes({ accessToken, environment, signal }),
    fetchPage: (request) => fetchEvents(calendar, accessToken, request),
    listCollections: (signal) => listCalendars(calendar, accessToken, signal),
    watches: createCalendarWatches(calendar, accessToken),
  };
}

/**
 * Series unexpanded. Increments must repeat these, so there is neither a time range nor an order:
 * https://developers.google.com/workspace/calendar/api/guides/sync
 */
const eventParameters = { maxResults: 2500, singleEvents: false };
const eventCursors = createCursors(eventParameters);

/** One page of a calendar's events. */
async function fetchEvents(
  calendar: calendar_v3.Calendar,
  accessToken: string,
  { stream, collection, cursor, signal }: FetchRequest,
): Promise<RecordPage> {
  if (stream !== 'events' || collection === undefined) {
    throw new ProviderError({ kind: 'invalid_request', message: 'Events are listed for one calendar each.' });
  }
  const position = eventCursors.read(cursor);
  const call = { accessToken, signal, scope: eventsScope, withCursor: cursor !== null };
  const answer = await callGoogle(call, (options) =>
    calendar.events.list({ calendarId: collection, ...eventParameters, ...position }, options),
  );
  const listing = {
    records: answer.items,
    nextPageToken: answer.nextPageToken,
    nextSyncToken: answer.nextSyncToken,
  };
  return {
    ...sortEvents(recordsOf<calendar_v3.Schema$Event>(listing)),
    next: nextOf(listing, position, eventCursors),
  };
}

/** All calendars of the account, hidden ones too: hiding one in Google must not make it vanish here. */
async function listCalendars(
  calendar: calendar_v3.Calendar,
  accessToken: string,
  signal: AbortSignal,
): Promise<RemoteCollection[]> {
  const found: RemoteCollection[] = [];
  let pageToken: string | undefined;
  do {
    const page = pageToken === undefined ? {} : { pageToken };
    const answer = await callGoogle({ accessToken, signal, scope: calendarListScope }, (options) =>
      calendar.calendarList.list({ maxResults: 250, showHidden: true, ...page }, options),
    );
    const entries = recordsOf<calendar_v3.Schema$CalendarListEntry>({ ...answer, records: answer.items });
    for (const entry of entries) if (entry.deleted !== true) found.push(readCalendar(entry));
    pageToken = answer.nextPageToken ?? undefined;
  } while (pageToken !== undefined);
  return found;
}

function readCalendar(entry: calendar_v3.Schema$CalendarListEntry): RemoteCollection {
  const remoteId = requireId(entry.id);
  const primary = entry.primary === true;
  return {
    remoteId,
    name: entry.summaryOverride || entry.summary || remoteId,
    ...(entry.backgroundColor ? { color: entry.backgroundColor } : {}),
    primary,
    subscribedByDefault: primary || (entry.selected === true && entry.hidden !== true),
  };
}
