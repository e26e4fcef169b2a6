import type { Call } from '../../core/call.ts';
import type { SandboxCore } from '../../core/sandbox-core.ts';
import type { GoogleAccount } from '../accounts.ts';
import { calendarNotFound, calendarRefusal } from '../errors.ts';
import type { Listings } from '../listings.ts';
import type { GoogleSettings } from '../settings.ts';
import type { CalendarRecord } from './calendar-seed.ts';
import type { CalendarStore } from './calendar-store.ts';
import type { Channels } from './channels.ts';

/** What the Calendar routes work on. */
export interface CalendarParts {
  core: SandboxCore<GoogleSettings>;
  listings: Listings;
  channels: Channels;
  calendars: (account: GoogleAccount) => CalendarStore;
}

/** The calendar that the path names. Throws 404. */
export function calendarOf(parts: CalendarParts, call: Call, account: GoogleAccount): CalendarRecord {
  const calendar = parts.calendars(account).find(call.param('calendarId'));
  if (calendar === undefined) throw calendarNotFound();
  return calendar;
}

/** The same, for a write. Throws 403 where the account may only read it. */
export function writableCalendar(parts: CalendarParts, call: Call, account: GoogleAccount): CalendarRecord {
  const calendar = calendarOf(parts, call, account);
  if (calendar.accessRole === 'reader')
    throw calendarRefusal(403, 'requiredAccessLevel', 'You need to have writer access to this calendar.', {
      domain: 'calendar',
    });
  return calendar;
}

/** Throws 412 where If-Match names another version than the current one. */
export function checkIfMatch(call: Call, etag: string): void {
  const wanted = call.headers['if-match'];
  if (wanted !== undefined && wanted !== '*' && wanted !== etag)
    throw calendarRefusal(412, 'conditionNotMet', 'Precondition Failed', {
      locationType: 'header',
      location: 'If-Match',
    });
}

/** A whole number of at least 1. Throws 400. */
export function readMaxResults(call: Call, otherwise: number, most: number): number {
  const text = call.query.get('maxResults');
  if (text === null) return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw invalidParameter('maxResults', `Invalid value '${text}'. Values must be at least 1.`);
  return Math.min(value, most);
}

export const invalidParameter = (location: string, message: string) =>
  calendarRefusal(400, 'invalidParameter', message, { locationType: 'parameter', location });

export const isTrue = (call: Call, name: string): boolean => call.query.get(name) === 'true';
