/** events: list, get, instances. */
import type { Call } from '../../core/call.ts';
import { encodeJsonList } from '../../core/json-list.ts';
import type { Answer } from '../../core/provider.ts';
import type { GoogleAccount } from '../accounts.ts';
import { calendarNotFound, calendarRefusal, fullSyncRequired } from '../errors.ts';
import type { ApiRoute } from '../guard.ts';
import { hashParameters, type TokenProblem } from '../listings.ts';
import { scopesFor } from '../scopes.ts';
import { type CalendarParts, calendarOf, invalidParameter, readMaxResults } from './calendar-parts.ts';
import type { CalendarRecord } from './calendar-seed.ts';
import { type EventRecord, eventEtag } from './event.ts';
import { changedEvents } from './event-changes.ts';
import {
  type EventQuery,
  givesSyncToken,
  isWithinQuery,
  pageParameters,
  readEventQuery,
  syncParameters,
} from './event-query.ts';
import { type EventSource, replacedStamps, selectEvents } from './event-selection.ts';
import { expandSeries, occurrenceEvent, readTime } from './recurrence.ts';
import { type EventView, renderEvent } from './render-event.ts';

const DEFAULT_PAGE_SIZE = 250;
const MAX_PAGE_SIZE = 2500;
const DAY_MS = 86_400_000;
const base = '/calendar/v3/calendars/{calendarId}/events';

export function eventReadRoutes(parts: CalendarParts): ApiRoute[] {
  const scopes = scopesFor.readEvents;
  return [
    {
      method: 'GET',
      path: base,
      scopes,
      list: true,
      handle: (call, account) => {
        const calendar = calendarOf(parts, call, account);
        const query = readEventQuery(call);
        return listPage(
          parts,
          call,
          { account, calendar, query },
          `events ${calendar.id}`,
          (since, seq, untilMs) => {
            const store = parts.calendars(account).events(calendar);
            return since === null
              ? selectEvents(store, query, seq, untilMs)
              : changedEvents(store, query, { since, seq, untilMs });
          },
        );
      },
    },
    {
      method: 'GET',
      path: `${base}/{eventId}`,
      scopes,
      handle: (call, account) => {
        const calendar = calendarOf(parts, call, account);
        const store = parts.calendars(account).events(calendar);
        const record = store.findOrExpand(call.param('eventId'), parts.core.readSeq(call));
        if (record === undefined) throw calendarNotFound();
        if (call.headers['if-none-match'] === eventEtag(record)) return { status: 304 };
        const query = readEventQuery(call);
        const view = viewOf({ account, calendar, query });
        const body = renderEvent(record, view) as Record<string, unknown>;
        // A deleted event can still be got, and then shows what it was.
        return {
          status: 200,
          body: record.gone ? { ...renderEvent(alive(record), view), status: 'cancelled' } : body,
        };
      },
    },
    {
      method: 'GET',
      path: `${base}/{eventId}/instances`,
      scopes,
      list: true,
      handle: (call, account) => {
        const calendar = calendarOf(parts, call, account);
        const query = readEventQuery(call);
        const list = `instances ${calendar.id} ${call.param('eventId')}`;
        return listPage(parts, call, { account, calendar, query }, list, (_since, seq, untilMs) =>
          selectInstances(parts, call, { account, calendar, query }, seq, untilMs),
        );
      },
    },
  ];
}

interface Listing {
  account: GoogleAccount;
  calendar: CalendarRecord;
  query: EventQuery;
}

function listPage(
  parts: CalendarParts,
  call: Call,
  listing: Listing,
  list: string,
  select: (since: number | null, seq: number, untilMs: number) => EventSource,
): Answer {
  const { account, calendar, query } = listing;
  const size = readMaxResults(call, DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE);
  const request = {
    call,
    list: `${list} ${account.email}`,
    account: account.email,
    parameters: hashParameters(pageParameters(call)),
    syncParameters: hashParameters(syncParameters(call)),
  };
  const state = parts.listings.open(request, refuseToken(call));
  const store = parts.calendars(account).events(calendar);
  const fromMs = Math.floor((state.since === null ? state.fullAt : parts.core.clock.now()) / DAY_MS) * DAY_MS;
  const horizonMs = fromMs + parts.core.settings().expansionHorizonDays * DAY_MS;
  const source = select(state.since, state.seq, query.timeMaxMs ?? horizonMs);
  const view = viewOf(listing);
  const { items, nextPageToken, nextSyncToken } = parts.listings.page(request, state, {
    total: source.total,
    size,
    read: (from, to) => source.read(from, to).map((record) => JSON.stringify(renderEvent(record, view))),
  });
  const entry = parts.calendars(account).entry(calendar.id);
  const head = JSON.stringify({
    kind: 'calendar#events',
    etag: `"p${calendar.version}${store.lastChange(state.seq)}"`,
    summary: calendar.summary,
    ...(calendar.description !== undefined && { description: calendar.description }),
    updated: new Date(parts.core.clock.now()).toISOString(),
    timeZone: query.timeZone ?? calendar.timeZone,
    accessRole: calendar.accessRole,
    defaultReminders: entry?.defaultReminders ?? [],
    ...(nextPageToken !== undefined && { nextPageToken }),
    ...(nextSyncToken !== undefined &&
      list.startsWith('events') &&
      givesSyncToken(call) && { nextSyncToken }),
  });
  return { status: 200, body: encodeJsonList(`${head.slice(0, -1)},"items":[`, items, ']}') };
}

const viewOf = ({ account, calendar, query }: Listing): EventView => ({
  account,
  calendar,
  ...(query.timeZone !== undefined && { timeZone: query.timeZone }),
  ...(query.maxAttendees !== undefined && { maxAttendees: query.maxAttendees }),
});

const alive = (record: EventRecord): EventRecord => ({
  ...record,
  event: { ...record.event, status: 'confirmed' },
});

function selectInstances(
  parts: CalendarParts,
  call: Call,
  { account, calendar, query }: Listing,
  seq: number,
  untilMs: number,
): EventSource {
  const store = parts.calendars(account).events(calendar);
  const master = store.find(call.param('eventId'), seq);
  if (master === undefined || master.gone) throw calendarNotFound();
  const replaced = replacedStamps(store, master, seq);
  const zone = store.timeZone();
  const own = expandSeries(master.event, untilMs, zone)
    .map((one) => ({ ...master, event: occurrenceEvent(master.event, one, zone) }))
    .filter(({ event }) => !replaced.has(event.id.slice(master.event.id.length + 1)));
  const exceptions = store
    .exceptionsOf(master.event.id, seq)
    .filter(({ event }) => query.showDeleted || event.status !== 'cancelled');
  const wanted = call.query.get('originalStart');
  const records = [...own, ...exceptions]
    .filter((record) => isWithinQuery(query, record))
    .filter(({ event }) => wanted === null || readTime(event.originalStartTime) === Date.parse(wanted))
    .sort((a, b) => readTime(a.event.start) - readTime(b.event.start));
  return { total: records.length, read: (from, to) => records.slice(from, to) };
}

/** A sync token that is too old or not one at all: 410, and the client begins anew. */
export function refuseToken(call: Call): (problem: TokenProblem) => never {
  return (problem) => {
    if (problem === 'expired') throw fullSyncRequired();
    if (problem === 'unreadable') {
      if (call.query.get('pageToken')) throw invalidParameter('pageToken', 'Invalid page token value.');
      throw fullSyncRequired();
    }
    throw calendarRefusal(
      400,
      'badRequest',
      'The request does not repeat the parameters of the one that gave the token.',
      { locationType: 'parameter', location: call.query.get('pageToken') ? 'pageToken' : 'syncToken' },
    );
  };
}
