/** What of a client's event is taken over, and what Google would refuse. */
import { calendarRefusal } from '../errors.ts';
import type { CalendarEvent, EventTime } from './event.ts';
import { checkRecurrence, readTime } from './recurrence.ts';
import { formatDateTime, isTimeZone, toUtc } from './time-zones.ts';

/** Members that a client may set; the others are Google's and are ignored. */
const writable = [
  'summary',
  'description',
  'location',
  'status',
  'colorId',
  'start',
  'end',
  'recurrence',
  'attendees',
  'transparency',
  'visibility',
  'reminders',
  'extendedProperties',
  'guestsCanInviteOthers',
  'guestsCanModify',
  'guestsCanSeeOtherGuests',
  'anyoneCanAddSelf',
  'source',
  'attachments',
  'conferenceData',
  'eventType',
  'focusTimeProperties',
  'outOfOfficeProperties',
  'workingLocationProperties',
  'birthdayProperties',
  'sequence',
  'originalStartTime',
] as const;

/** Every member that a client may send: the writable ones, and Google's own, sent back as they were read. */
export const eventMembers: readonly string[] = [
  ...writable,
  'attendeesOmitted',
  'created',
  'creator',
  'etag',
  'hangoutLink',
  'htmlLink',
  'iCalUID',
  'id',
  'kind',
  'locked',
  'organizer',
  'privateCopy',
  'recurringEventId',
  'updated',
];

const statuses = ['confirmed', 'tentative', 'cancelled'];

/** The writable members of a body. Throws 400 where it is no object. */
export function readEventBody(body: unknown): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw calendarRefusal(400, 'parseError', 'Parse Error');
  const sent = body as Record<string, unknown>;
  const taken: Record<string, unknown> = {};
  for (const member of writable) if (sent[member] !== undefined) taken[member] = sent[member];
  return taken;
}

/** Patch semantics: objects merge, lists are replaced, null deletes. */
export function mergePatch(before: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const merged: Record<string, unknown> =
    typeof before === 'object' && before !== null && !Array.isArray(before) ? { ...before } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else merged[name] = mergePatch(merged[name], value);
  }
  return merged;
}

/** Checks an event and writes its times as Google would. Throws 400. */
export function finishEvent(event: CalendarEvent, calendarZone: string): CalendarEvent {
  if (!statuses.includes(event.status)) throw invalid('status', 'Invalid value for: status');
  if (event.start === undefined || event.end === undefined)
    throw calendarRefusal(400, 'required', `Missing ${event.start === undefined ? 'start' : 'end'} time.`);
  const start = finishTime(event.start, calendarZone);
  const end = finishTime(event.end, calendarZone);
  if ((start.date === undefined) !== (end.date === undefined))
    throw invalid('end', 'Start and end times must either both be date or both be dateTime.');
  const [from, to] = [readTime(start), readTime(end)];
  if (to < from || (start.date !== undefined && to === from))
    throw calendarRefusal(400, 'timeRangeEmpty', 'The specified time range is empty.', {
      domain: 'calendar',
    });
  const { recurrence } = event;
  if (recurrence !== undefined) {
    try {
      checkRecurrence(recurrence);
    } catch {
      throw invalid('recurrence', 'Invalid recurrence rule.');
    }
    if (start.dateTime !== undefined && start.timeZone === undefined)
      throw calendarRefusal(400, 'required', 'Missing time zone definition for start time.');
  }
  const { recurrence: _, ...rest } = event;
  return { ...rest, ...(recurrence && recurrence.length > 0 && { recurrence }), start, end };
}

function finishTime(time: EventTime, calendarZone: string): EventTime {
  if (time.timeZone !== undefined && !isTimeZone(time.timeZone))
    throw invalid('timeZone', `Invalid time zone definition: ${time.timeZone}`);
  if (time.dateTime === undefined) {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(time.date ?? '') || Number.isNaN(readTime(time)))
      throw invalid('date', `Invalid value for: ${time.date ?? 'start time'}`);
    return { date: time.date as string };
  }
  const hasOffset = /(Z|[+-]\d{2}:?\d{2})$/i.test(time.dateTime);
  const parsed = Date.parse(hasOffset ? time.dateTime : `${time.dateTime}Z`);
  if (Number.isNaN(parsed) || (!hasOffset && time.timeZone === undefined))
    throw invalid('dateTime', `Invalid value for: Invalid format: "${time.dateTime}"`);
  const zone = time.timeZone ?? calendarZone;
  return { dateTime: formatDateTime(hasOffset ? parsed : toUtc(parsed, zone), zone), timeZone: zone };
}

export const invalid = (location: string, message: string) =>
  calendarRefusal(400, 'invalid', message, { locationType: 'parameter', location });
