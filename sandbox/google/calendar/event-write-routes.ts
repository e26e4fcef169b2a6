/** events: insert, import, quickAdd, update, patch, delete, move. */
import { randomBytes } from 'node:crypto';
import type { Call } from '../../core/call.ts';
import type { Answer } from '../../core/provider.ts';
import type { GoogleAccount } from '../accounts.ts';
import { calendarNotFound, calendarRefusal } from '../errors.ts';
import type { ApiRoute } from '../guard.ts';
import { scopesFor } from '../scopes.ts';
import { type CalendarParts, checkIfMatch, invalidParameter, writableCalendar } from './calendar-parts.ts';
import type { CalendarRecord } from './calendar-seed.ts';
import { type CalendarEvent, type EventRecord, type EventTime, eventEtag } from './event.ts';
import { finishEvent, invalid, mergePatch, readEventBody } from './event-body.ts';
import type { EventStore } from './event-store.ts';
import { writeTime } from './recurrence.ts';
import { renderEvent } from './render-event.ts';

const base = '/calendar/v3/calendars/{calendarId}/events';

/** Changing these counts as a new version of the invitation. */
const sequenced = ['start', 'end', 'recurrence', 'location', 'status'];

export function eventWriteRoutes(parts: CalendarParts): ApiRoute[] {
  const scopes = scopesFor.writeEvents;
  const open = (call: Call, account: GoogleAccount) => {
    const calendar = writableCalendar(parts, call, account);
    return { account, calendar, store: parts.calendars(account).events(calendar) };
  };
  const answer = (
    record: EventRecord,
    where: { account: GoogleAccount; calendar: CalendarRecord },
  ): Answer => ({
    status: 200,
    body: renderEvent(record, where),
  });
  const change = (how: ChangeKind) => (call: Call, account: GoogleAccount) => {
    const where = open(call, account);
    const before = findForWrite(where.store, call.param('eventId'));
    checkIfMatch(call, eventEtag(before));
    return answer(changeEvent(where.store, before, call.json(), how), where);
  };
  return [
    {
      method: 'POST',
      path: base,
      scopes,
      handle: (call, account) => {
        const where = open(call, account);
        return answer(insertEvent(where.store, call.json()), where);
      },
    },
    {
      method: 'POST',
      path: `${base}/import`,
      scopes,
      handle: (call, account) => {
        const where = open(call, account);
        const { iCalUID } = (call.json() ?? {}) as { iCalUID?: string };
        if (!iCalUID) throw calendarRefusal(400, 'required', 'Missing iCal UID.');
        return answer(insertEvent(where.store, call.json(), iCalUID), where);
      },
    },
    {
      method: 'POST',
      path: `${base}/quickAdd`,
      scopes,
      handle: (call, account) => {
        const where = open(call, account);
        const text = call.query.get('text');
        if (!text) throw calendarRefusal(400, 'required', 'Required parameter: text');
        const hourMs = Math.ceil(parts.core.clock.now() / 3_600_000) * 3_600_000;
        const at = (ms: number) => writeTime(ms, false, where.calendar.timeZone);
        const event = { summary: text, start: at(hourMs), end: at(hourMs + 3_600_000) };
        return answer(insertEvent(where.store, event), where);
      },
    },
    { method: 'PUT', path: `${base}/{eventId}`, scopes, handle: change('replace') },
    { method: 'PATCH', path: `${base}/{eventId}`, scopes, handle: change('patch') },
    {
      method: 'DELETE',
      path: `${base}/{eventId}`,
      scopes,
      handle: (call, account) => {
        const { store } = open(call, account);
        const record = findForWrite(store, call.param('eventId'));
        if (record.gone || record.event.status === 'cancelled')
          throw calendarRefusal(410, 'deleted', 'Resource has been deleted');
        checkIfMatch(call, eventEtag(record));
        store.delete(record);
        return { status: 204 };
      },
    },
    {
      method: 'POST',
      path: `${base}/{eventId}/move`,
      scopes,
      handle: (call, account) => move(parts, call, account),
    },
  ];
}

function findForWrite(store: EventStore, id: string): EventRecord {
  const record = store.findOrExpand(id);
  if (record === undefined) throw calendarNotFound();
  return record;
}

/** A new event. Throws 409 where the client's own id is in use, also by a deleted event: documented. */
export function insertEvent(store: EventStore, body: unknown, iCalUID?: string): EventRecord {
  const fields = readEventBody(body);
  const { id: asked } = (body ?? {}) as { id?: string };
  if (asked !== undefined && !/^[a-v0-9]{5,1024}$/.test(asked))
    throw invalid('id', 'Invalid resource id value.');
  const id =
    asked ??
    BigInt(`0x${randomBytes(16).toString('hex')}`)
      .toString(32)
      .padStart(26, '0');
  if (asked !== undefined && store.find(asked) !== undefined)
    throw calendarRefusal(409, 'duplicate', 'The requested identifier already exists.');
  const event: CalendarEvent = {
    status: 'confirmed',
    eventType: 'default',
    reminders: { useDefault: true },
    ...fields,
    sequence: Number(fields.sequence ?? 0),
    id,
    iCalUID: iCalUID ?? `${id}@google.com`,
  };
  return store.put(finishEvent(event, store.timeZone()));
}

export type ChangeKind = 'replace' | 'patch';

/** An update or a patch of an event, or of one occurrence of a series, which then becomes an exception. */
export function changeEvent(
  store: EventStore,
  before: EventRecord,
  body: unknown,
  how: ChangeKind,
): EventRecord {
  const { event } = before;
  const fields = how === 'patch' ? (mergePatch(event, keepWritable(body)) as object) : readEventBody(body);
  const changed: CalendarEvent = {
    status: 'confirmed',
    reminders: { useDefault: true },
    ...fields,
    id: event.id,
    ...(event.iCalUID !== undefined && { iCalUID: event.iCalUID }),
    ...(event.recurringEventId !== undefined && {
      recurringEventId: event.recurringEventId,
      originalStartTime: event.originalStartTime as EventTime,
    }),
    eventType: event.eventType ?? 'default',
    sequence: Number(event.sequence ?? 0),
  };
  const finished = finishEvent(changed, store.timeZone());
  const isSequenced = sequenced.some(
    (name) => JSON.stringify(finished[name]) !== JSON.stringify(event[name]),
  );
  if (finished.status === 'cancelled') {
    store.delete({ ...before, event: finished });
    return store.find(event.id) ?? before;
  }
  return store.put({ ...finished, sequence: Number(event.sequence ?? 0) + (isSequenced ? 1 : 0) }, before);
}

/** The writable members of a patch; unlike a new event's, null means "remove". */
function keepWritable(patch: unknown): Record<string, unknown> {
  const written = readEventBody(patch);
  const nulls = Object.entries(patch as object).filter(([, value]) => value === null);
  return { ...written, ...Object.fromEntries(nulls) };
}

function move(parts: CalendarParts, call: Call, account: GoogleAccount): Answer {
  const calendar = writableCalendar(parts, call, account);
  const calendars = parts.calendars(account);
  const destination = calendars.find(call.query.get('destination') ?? '');
  if (destination === undefined || destination.accessRole === 'reader')
    throw invalidParameter('destination', 'The destination calendar cannot be written to.');
  const record = calendars.events(calendar).find(call.param('eventId'));
  if (record === undefined || record.gone) throw calendarNotFound();
  calendars.events(calendar).delete(record);
  const moved = calendars.events(destination).put(record.event);
  return { status: 200, body: renderEvent(moved, { account, calendar: destination }) };
}
