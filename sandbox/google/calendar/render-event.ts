import type { GoogleAccount } from '../accounts.ts';
import type { CalendarRecord } from './calendar-seed.ts';
import { type CalendarEvent, type EventRecord, type EventTime, eventEtag } from './event.ts';
import { readTime, writeTime } from './recurrence.ts';

/** Where and for whom events are shown. */
export interface EventView {
  calendar: CalendarRecord;
  account: GoogleAccount;
  /** The `timeZone` parameter: times are written in it. */
  timeZone?: string;
  maxAttendees?: number;
}

/** An event as the API serves it. */
export function renderEvent(record: EventRecord, view: EventView): object {
  const { event } = record;
  if (event.status === 'cancelled') return renderCancelled(record);
  const organizer = view.calendar.primary
    ? { email: view.account.email, self: true }
    : { email: view.calendar.id, displayName: view.calendar.summary, self: true };
  return {
    kind: 'calendar#event',
    etag: eventEtag(record),
    htmlLink: `https://www.google.com/calendar/event?eid=${event.id}`,
    created: record.created,
    updated: record.updated,
    creator: view.calendar.holidays ? organizer : { email: view.account.email, self: true },
    organizer,
    ...event,
    ...inZone(event, view.timeZone),
    ...fewerAttendees(event, view.maxAttendees),
  };
}

/** Of a deleted event only the id is sure; of a cancelled occurrence also which one it was. Both documented. */
function renderCancelled({ event, ...record }: EventRecord): object {
  return {
    kind: 'calendar#event',
    etag: eventEtag({ event, ...record }),
    id: event.id,
    status: 'cancelled',
    ...(event.recurringEventId !== undefined && {
      recurringEventId: event.recurringEventId,
      originalStartTime: event.originalStartTime,
    }),
  };
}

function inZone(event: CalendarEvent, timeZone: string | undefined): Partial<CalendarEvent> {
  if (timeZone === undefined) return {};
  const shifted: Record<string, EventTime> = {};
  for (const name of ['start', 'end', 'originalStartTime'] as const) {
    const time = event[name];
    if (time?.dateTime !== undefined)
      shifted[name] = {
        ...writeTime(readTime(time), false, timeZone),
        ...(time.timeZone && { timeZone: time.timeZone }),
      };
  }
  return shifted;
}

function fewerAttendees(event: CalendarEvent, most: number | undefined): Partial<CalendarEvent> {
  const attendees = event.attendees as { self?: boolean }[] | undefined;
  if (most === undefined || attendees === undefined || attendees.length <= most) return {};
  return { attendees: attendees.filter((one) => one.self === true), attendeesOmitted: true };
}
