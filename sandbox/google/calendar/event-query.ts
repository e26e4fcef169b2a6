/** The parameters of events.list and events.instances, checked. */
import type { Call } from '../../core/call.ts';
import { calendarRefusal } from '../errors.ts';
import { invalidParameter, isTrue } from './calendar-parts.ts';
import type { EventRecord } from './event.ts';
import { readTime } from './recurrence.ts';
import { isTimeZone } from './time-zones.ts';

export interface EventQuery {
  singleEvents: boolean;
  showDeleted: boolean;
  orderBy: string | null;
  timeMinMs?: number;
  timeMaxMs?: number;
  updatedMinMs?: number;
  iCalUID?: string;
  text?: string;
  eventTypes: string[];
  privateProperties: string[];
  sharedProperties: string[];
  timeZone?: string;
  maxAttendees?: number;
}

/** Not allowed beside a sync token: documented. */
const notWithSyncToken = [
  'iCalUID',
  'orderBy',
  'privateExtendedProperty',
  'q',
  'sharedExtendedProperty',
  'timeMin',
  'timeMax',
  'updatedMin',
];

/** With these a listing ends without a sync token, because no later one could repeat it. */
const withoutSyncToken = [
  'iCalUID',
  'orderBy',
  'privateExtendedProperty',
  'q',
  'sharedExtendedProperty',
  'updatedMin',
];

export function readEventQuery(call: Call): EventQuery {
  const { query } = call;
  if (query.get('syncToken')) checkBesideSyncToken(call);
  const time = (name: string) => readInstant(query.get(name), name);
  const timeMinMs = time('timeMin');
  const timeMaxMs = time('timeMax');
  const updatedMinMs = time('updatedMin');
  if (timeMinMs !== undefined && timeMaxMs !== undefined && timeMaxMs <= timeMinMs)
    throw calendarRefusal(400, 'timeRangeEmpty', 'The specified time range is empty.', {
      domain: 'calendar',
      locationType: 'parameter',
      location: 'timeMax',
    });
  const singleEvents = isTrue(call, 'singleEvents');
  const orderBy = query.get('orderBy');
  if (orderBy !== null && orderBy !== 'updated' && !(orderBy === 'startTime' && singleEvents))
    throw invalidParameter('orderBy', 'The requested ordering is not available for the particular query.');
  const timeZone = query.get('timeZone');
  if (timeZone !== null && !isTimeZone(timeZone)) throw invalidParameter('timeZone', 'Invalid time zone.');
  const text = query.get('q');
  const iCalUID = query.get('iCalUID');
  const maxAttendees = query.get('maxAttendees');
  return {
    singleEvents,
    showDeleted: isTrue(call, 'showDeleted'),
    orderBy,
    ...(timeMinMs !== undefined && { timeMinMs }),
    ...(timeMaxMs !== undefined && { timeMaxMs }),
    ...(updatedMinMs !== undefined && { updatedMinMs }),
    ...(iCalUID && { iCalUID }),
    ...(text && { text: text.toLowerCase() }),
    eventTypes: query.getAll('eventTypes'),
    privateProperties: query.getAll('privateExtendedProperty'),
    sharedProperties: query.getAll('sharedExtendedProperty'),
    ...(timeZone && { timeZone }),
    ...(maxAttendees && { maxAttendees: Number(maxAttendees) }),
  };
}

/** What pages of one listing must share. */
export function pageParameters(call: Call): string[] {
  const skipped = new Set([
    'pageToken',
    'syncToken',
    'maxResults',
    'alt',
    'fields',
    'prettyPrint',
    'key',
    'quotaUser',
  ]);
  return [...call.query.entries()]
    .filter(([name]) => !skipped.has(name))
    .map(([name, value]) => `${name}=${value}`)
    .sort();
}

/** What an incremental listing must share with the first; what may not stand beside a sync token is left out. */
export function syncParameters(call: Call): string[] {
  return pageParameters(call).filter(
    (one) => !notWithSyncToken.includes(one.split('=')[0] ?? '') && !one.startsWith('showDeleted='),
  );
}

export const givesSyncToken = (call: Call): boolean => !withoutSyncToken.some((name) => call.query.has(name));

/** Whether nothing but the calendar's own order is asked: then a page needs no pass over the calendar. */
export function isPlain(query: EventQuery): boolean {
  return (
    !query.singleEvents &&
    !query.showDeleted &&
    query.orderBy === null &&
    query.timeMinMs === undefined &&
    query.timeMaxMs === undefined &&
    query.updatedMinMs === undefined &&
    !hasContentFilter(query)
  );
}

/** Whether a filter needs the event itself, not its times alone. */
export function hasContentFilter(query: EventQuery): boolean {
  return (
    query.text !== undefined ||
    query.iCalUID !== undefined ||
    query.eventTypes.length + query.privateProperties.length + query.sharedProperties.length > 0
  );
}

export function matchesContent({ event, updated }: EventRecord, query: EventQuery): boolean {
  if (query.updatedMinMs !== undefined && Date.parse(updated) < query.updatedMinMs) return false;
  if (query.iCalUID !== undefined && event.iCalUID !== query.iCalUID) return false;
  if (query.eventTypes.length > 0 && !query.eventTypes.includes(String(event.eventType ?? 'default')))
    return false;
  const properties = (event.extendedProperties ?? {}) as Record<string, Record<string, string> | undefined>;
  const has = (kind: string, wanted: string[]) =>
    wanted.every((one) => {
      const [name = '', ...value] = one.split('=');
      return properties[kind]?.[name] === value.join('=');
    });
  if (!has('private', query.privateProperties) || !has('shared', query.sharedProperties)) return false;
  if (query.text === undefined) return true;
  const texts = [event.summary, event.description, event.location, JSON.stringify(event.attendees ?? '')];
  return texts.some((one) =>
    String(one ?? '')
      .toLowerCase()
      .includes(query.text as string),
  );
}

/** timeMin bounds the end, timeMax the start; both exclusive as documented. */
export function isWithin(query: EventQuery, startMs: number, endMs: number): boolean {
  if (query.timeMinMs !== undefined && endMs <= query.timeMinMs) return false;
  return query.timeMaxMs === undefined || startMs < query.timeMaxMs;
}

export const isWithinQuery = (query: EventQuery, { event }: EventRecord): boolean =>
  isWithin(query, readTime(event.start), readTime(event.end));

function checkBesideSyncToken(call: Call): void {
  const wrong = notWithSyncToken.find((name) => call.query.has(name));
  if (wrong !== undefined)
    throw calendarRefusal(400, 'badRequest', `Sync token cannot be combined with the parameter ${wrong}.`, {
      locationType: 'parameter',
      location: wrong,
    });
  if (call.query.get('showDeleted') === 'false')
    throw calendarRefusal(400, 'badRequest', 'showDeleted must not be false when a sync token is given.', {
      locationType: 'parameter',
      location: 'showDeleted',
    });
}

function readInstant(text: string | null, name: string): number | undefined {
  if (text === null || text === '') return undefined;
  const ms = Date.parse(text);
  if (Number.isNaN(ms) || !/(Z|[+-]\d{2}:?\d{2})$/i.test(text))
    throw calendarRefusal(400, 'badRequest', 'Bad Request', { locationType: 'parameter', location: name });
  return ms;
}
