/** The occurrences of a recurring event, from its RRULE, RDATE and EXDATE lines (RFC 5545), in its own time zone. */
import ICAL from 'ical.js';
import type { CalendarEvent, EventTime } from './event.ts';
import { occurrenceStamp } from './event.ts';
import { formatDate, formatDateTime, toLocal, toUtc } from './time-zones.ts';

export interface Occurrence {
  /** ms; for an all-day event midnight UTC of its date. */
  startMs: number;
  endMs: number;
  allDay: boolean;
}

/** No series is expanded further: what a page token can count, and more than a person scrolls through. */
export const MAX_OCCURRENCES = 4000;

/** All occurrences that start before `untilMs`, exceptions not considered. */
export function expandSeries(master: CalendarEvent, untilMs: number, calendarZone: string): Occurrence[] {
  const allDay = master.start?.date !== undefined;
  const zone = allDay ? 'UTC' : (master.start?.timeZone ?? calendarZone);
  const first = readTime(master.start);
  const lengthMs = readTime(master.end) - first;
  const starts = new Set<number>([first]);
  const excluded = new Set<number>();
  for (const line of master.recurrence ?? []) {
    const [name = '', value = ''] = splitLine(line);
    if (name === 'RRULE') for (const start of expandRule(value, first, zone, untilMs)) starts.add(start);
    else if (name === 'RDATE') for (const start of readDates(line, zone)) starts.add(start);
    else if (name === 'EXDATE') for (const start of readDates(line, zone)) excluded.add(start);
    else if (name === 'EXRULE')
      for (const start of expandRule(value, first, zone, untilMs)) excluded.add(start);
  }
  return [...starts]
    .filter((start) => !excluded.has(start) && start < untilMs)
    .sort((a, b) => a - b)
    .slice(0, MAX_OCCURRENCES)
    .map((startMs) => ({ startMs, endMs: startMs + lengthMs, allDay }));
}

/** Throws where a line is not a recurrence. */
export function checkRecurrence(lines: readonly string[]): void {
  for (const line of lines) {
    const [name = '', value = ''] = splitLine(line);
    if (!['RRULE', 'EXRULE', 'RDATE', 'EXDATE'].includes(name)) throw new Error(`no recurrence: ${line}`);
    if (name.endsWith('RULE')) ICAL.Recur.fromString(value);
  }
}

/** The occurrence as an event of its own. */
export function occurrenceEvent(
  master: CalendarEvent,
  occurrence: Occurrence,
  calendarZone: string,
): CalendarEvent {
  const { recurrence: _, ...rest } = master;
  const zone = master.start?.timeZone ?? calendarZone;
  const start = writeTime(occurrence.startMs, occurrence.allDay, zone);
  return {
    ...rest,
    id: `${master.id}_${occurrenceStamp(occurrence.startMs, occurrence.allDay)}`,
    recurringEventId: master.id,
    originalStartTime: start,
    start,
    end: writeTime(occurrence.endMs, occurrence.allDay, zone),
  };
}

/** ms since the epoch; an all-day date is its midnight in UTC, so that dates compare without a zone. */
export function readTime(time: EventTime | undefined): number {
  if (time?.dateTime !== undefined) return Date.parse(time.dateTime);
  return time?.date === undefined ? Number.NaN : Date.parse(time.date);
}

export function writeTime(ms: number, allDay: boolean, timeZone: string): EventTime {
  return allDay ? { date: formatDate(ms) } : { dateTime: formatDateTime(ms, timeZone), timeZone };
}

function expandRule(rule: string, first: number, zone: string, untilMs: number): number[] {
  const recur = ICAL.Recur.fromString(rule);
  if (recur.until?.zone === ICAL.Timezone.utcTimezone)
    recur.until = localTime(toLocal(recur.until.toUnixTime() * 1000, zone));
  const iterator = recur.iterator(localTime(toLocal(first, zone)));
  const starts: number[] = [];
  for (let next = iterator.next(); next && starts.length < MAX_OCCURRENCES; next = iterator.next()) {
    const start = toUtc(Date.parse(`${next.toString().slice(0, 19)}Z`), zone);
    if (start >= untilMs) break;
    starts.push(start);
  }
  return starts;
}

function localTime(localMs: number): ICAL.Time {
  return ICAL.Time.fromDateTimeString(new Date(localMs).toISOString().slice(0, 19));
}

function readDates(line: string, zone: string): number[] {
  const [, value = '', parameters = ''] = splitLine(line);
  const ownZone = /TZID=([^;:]+)/.exec(parameters)?.[1] ?? zone;
  return value.split(',').map((text) => {
    const digits = text.replace(/[^\dTZ]/g, '');
    const iso = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`;
    if (digits.length < 15) return Date.parse(iso);
    const ms = Date.parse(`${iso}T${digits.slice(9, 11)}:${digits.slice(11, 13)}:${digits.slice(13, 15)}Z`);
    return digits.endsWith('Z') ? ms : toUtc(ms, ownZone);
  });
}

/** Name, value and parameters of a line such as `EXDATE;TZID=Europe/Berlin:20261103T090000`. */
function splitLine(line: string): [string, string, string] {
  const colon = line.indexOf(':');
  const head = line.slice(0, colon);
  const [name = '', ...parameters] = head.split(';');
  return [name.toUpperCase(), line.slice(colon + 1), parameters.join(';')];
}
