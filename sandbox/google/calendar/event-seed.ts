/** Seeded events of one calendar, as pure functions of (seed, index): single ones, series, and their exceptions. */
import { createIndexScrambler, hashText, mixPair, pick } from '../../core/seeded-random.ts';
import type { GoogleAccount } from '../accounts.ts';
import { type CalendarEvent, type EventRecord, nextVersion, occurrenceStamp } from './event.ts';
import { places, projects, summaries, talk } from './event-texts.ts';
import type { Holiday } from './holidays.ts';
import { writeTime } from './recurrence.ts';
import { toLocal, toUtc } from './time-zones.ts';

export interface EventSeedOptions {
  seed: number;
  count: number;
  calendarId: string;
  account: GoogleAccount;
  /** ISO date around which events are gathered. */
  worldDate: string;
  /** A calendar of holidays instead of a person's days. */
  holidays?: readonly Holiday[];
}

/** In each block of 25 events one is a series with two exceptions (one moved, one cancelled), and one more is a series. */
const BLOCK = 25;
const SERIES = 5;
const MOVED = 6;
const CANCELLED = 7;
const PLAIN_SERIES = 15;
const DAY_MS = 86_400_000;

const rules = [
  { rule: 'RRULE:FREQ=WEEKLY', everyDays: 7 },
  { rule: 'RRULE:FREQ=DAILY;COUNT=20', everyDays: 1 },
  { rule: 'RRULE:FREQ=WEEKLY;INTERVAL=2', everyDays: 14 },
] as const;
const plainRules = ['RRULE:FREQ=MONTHLY', 'RRULE:FREQ=YEARLY', 'RRULE:FREQ=WEEKLY;COUNT=12'] as const;

export class EventSeed {
  readonly count: number;
  readonly #options: EventSeedOptions;
  readonly #seed: number;
  readonly #prefix: string;
  readonly #scrambler;
  readonly #worldMs: number;

  constructor(options: EventSeedOptions) {
    this.count = options.count;
    this.#options = options;
    this.#seed = mixPair(options.seed, hashText(`${options.account.email} ${options.calendarId}`));
    this.#prefix = `${this.#seed.toString(32)}${mixPair(this.#seed, 1).toString(32)}`.padEnd(14, 'h');
    this.#scrambler = createIndexScrambler(this.#seed);
    this.#worldMs = Date.parse(options.worldDate);
  }

  /** Ids use the letters that Google allows, a to v and digits. */
  id(index: number): string {
    const role = this.#role(index);
    if (role !== MOVED && role !== CANCELLED) return this.#ownId(index);
    const master = index - (role - SERIES);
    return `${this.#ownId(master)}_${occurrenceStamp(this.#occurrenceMs(master, role - SERIES), false)}`;
  }

  indexOf(id: string): number | undefined {
    const [own = '', stamp] = id.split('_');
    if (!own.startsWith(this.#prefix)) return undefined;
    const digits = own.slice(this.#prefix.length);
    if (!/^[0-9a-v]{7}$/.test(digits)) return undefined;
    const index = this.#scrambler.unscramble(Number.parseInt(digits, 32));
    if (index < 0 || index >= this.count) return undefined;
    if (stamp === undefined) return index;
    if (this.#role(index) !== SERIES) return undefined;
    return [index + 1, index + 2].find((exception) => exception < this.count && this.id(exception) === id);
  }

  record(index: number): EventRecord {
    const updatedMs = this.#worldMs - DAY_MS - (mixPair(this.#hash(index), 7) % (300 * DAY_MS));
    const time = new Date(updatedMs - (updatedMs % 1000)).toISOString();
    return {
      event: this.#options.holidays ? this.#holiday(index, this.#options.holidays) : this.#event(index),
      created: time,
      updated: time,
      version: nextVersion(Date.parse(time)),
    };
  }

  /** When it starts and ends (ms), without making the whole event; undefined for a series or an exception. */
  times(index: number): { startMs: number; endMs: number } | undefined {
    if (this.#options.holidays !== undefined || this.#role(index) !== 0) return undefined;
    const startMs = this.#startMs(index);
    if (!this.#isAllDay(index)) return { startMs, endMs: startMs + this.#lengthMs(index) };
    const dayMs = Math.floor(startMs / DAY_MS) * DAY_MS;
    return { startMs: dayMs, endMs: dayMs + this.#days(index) * DAY_MS };
  }

  /** 0 for a single event. */
  #role(index: number): number {
    if (this.#options.holidays !== undefined) return 0;
    const role = index % BLOCK;
    return role === SERIES || role === MOVED || role === CANCELLED || role === PLAIN_SERIES ? role : 0;
  }

  #event(index: number): CalendarEvent {
    const role = this.#role(index);
    const master = role === MOVED || role === CANCELLED ? index - (role - SERIES) : index;
    const hash = this.#hash(master);
    const { account } = this.#options;
    const event: CalendarEvent = {
      id: this.id(index),
      status: hash % 20 === 0 ? 'tentative' : 'confirmed',
      summary: `${pick(summaries, hash)}${hash % 3 === 0 ? `: ${pick(projects, mixPair(hash, 1))}` : ''}`,
      iCalUID: `${this.#ownId(master)}@google.com`,
      sequence: mixPair(hash, 2) % 3,
      eventType: 'default',
      reminders: { useDefault: true },
    };
    if (mixPair(hash, 3) % 3 === 0) event.location = pick(places, mixPair(hash, 4));
    if (mixPair(hash, 5) % 4 === 0) event.description = pick(talk, mixPair(hash, 6));
    if (mixPair(hash, 8) % 12 === 0) event.visibility = 'private';
    if (mixPair(hash, 9) % 9 === 0) event.transparency = 'transparent';
    if (mixPair(hash, 10) % 7 === 0) event.colorId = String(1 + (hash % 11));
    if (mixPair(hash, 11) % 3 === 0) event.attendees = attendees(hash, account);
    const startMs = this.#startMs(master);
    const endMs = startMs + this.#lengthMs(master);
    const at = (shiftMs: number) => ({
      start: writeTime(startMs + shiftMs, false, account.timeZone),
      end: writeTime(endMs + shiftMs, false, account.timeZone),
    });
    if (role === 0 && this.#isAllDay(index)) {
      const { startMs: from, endMs: to } = this.times(index) as { startMs: number; endMs: number };
      return { ...event, start: writeTime(from, true, ''), end: writeTime(to, true, '') };
    }
    if (role === SERIES) return { ...event, ...at(0), recurrence: [this.#rule(master).rule] };
    if (role === PLAIN_SERIES) return { ...event, ...at(0), recurrence: [pick(plainRules, hash)] };
    if (role === 0) return { ...event, ...at(0) };
    const original = this.#occurrenceMs(master, role - SERIES);
    const exception = {
      ...event,
      recurringEventId: this.#ownId(master),
      originalStartTime: writeTime(original, false, account.timeZone),
    };
    if (role === CANCELLED) return { ...exception, ...at(original - startMs), status: 'cancelled' };
    return { ...exception, ...at(original - startMs + 3_600_000), summary: `${event.summary} (moved)` };
  }

  #holiday(index: number, holidays: readonly Holiday[]): CalendarEvent {
    const holiday = holidays[index];
    // Past the last real holiday the calendar counts days, as Google's "Day of the Year" calendar does.
    const dayMs = Date.parse('2024-01-01') + (index - holidays.length) * DAY_MS;
    const date = holiday?.date ?? writeTime(dayMs, true, '').date ?? '';
    const id = this.#ownId(index);
    return {
      id,
      status: 'confirmed',
      summary: holiday?.name ?? `Day ${1 + index - holidays.length}`,
      description: 'Public holiday',
      start: { date },
      end: writeTime(Date.parse(date) + DAY_MS, true, ''),
      iCalUID: `${id}@google.com`,
      sequence: 0,
      eventType: 'default',
      transparency: 'transparent',
      visibility: 'public',
      reminders: { useDefault: false },
    };
  }

  /** Most events lie near the world's date, fewer up to a year away; series began before it. */
  #startMs(index: number): number {
    const hash = this.#hash(index);
    const spread = mixPair(hash, 12) / 4294967296;
    const days = Math.floor(spread * spread * 365) * (mixPair(hash, 13) % 2 === 0 ? 1 : -1);
    const day = this.#role(index) === 0 ? days : -30 - (mixPair(hash, 14) % 150);
    const minutes = 8 * 60 + (mixPair(hash, 15) % 44) * 15;
    return toUtc(this.#worldMs + day * DAY_MS + minutes * 60_000, this.#options.account.timeZone);
  }

  /** The n-th repetition of a series that has exceptions, at the same local time. */
  #occurrenceMs(master: number, n: number): number {
    const { timeZone } = this.#options.account;
    const startMs = this.#startMs(master);
    const days = n * this.#rule(master).everyDays;
    // Going through local time keeps the hour across a change to or from summer time.
    return toUtc(toLocal(startMs, timeZone) + days * DAY_MS, timeZone);
  }

  #rule(master: number) {
    return pick(rules, this.#hash(master));
  }

  #lengthMs(index: number): number {
    return (1 + (mixPair(this.#hash(index), 16) % 6)) * 900_000;
  }

  #isAllDay(index: number): boolean {
    return mixPair(this.#hash(index), 17) % 8 === 0;
  }

  #days(index: number): number {
    const hash = mixPair(this.#hash(index), 18);
    return hash % 4 === 0 ? 2 + (hash % 9) : 1;
  }

  #hash(index: number): number {
    return mixPair(this.#seed, index + 1);
  }

  #ownId(index: number): string {
    return this.#prefix + this.#scrambler.scramble(index).toString(32).padStart(7, '0');
  }
}

function attendees(hash: number, account: GoogleAccount): object[] {
  const states = ['accepted', 'needsAction', 'tentative', 'declined'];
  const guests = Array.from({ length: 1 + (hash % 4) }, (_, i) => ({
    email: `guest${1 + (mixPair(hash, 30 + i) % 40)}@example.org`,
    responseStatus: pick(states, mixPair(hash, 40 + i)),
  }));
  return [{ email: account.email, self: true, organizer: true, responseStatus: 'accepted' }, ...guests];
}
