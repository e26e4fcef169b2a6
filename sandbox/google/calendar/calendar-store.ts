/** One account's calendars and their places in its list. A new title is no change of the list, as Google documents. */
import { randomBytes } from 'node:crypto';
import type { SandboxCore } from '../../core/sandbox-core.ts';
import { SeededTable } from '../../core/seeded-table.ts';
import type { Change, VersionedTable } from '../../core/versioned-table.ts';
import type { GoogleAccount } from '../accounts.ts';
import type { GoogleSettings } from '../settings.ts';
import { type CalendarRecord, type ListEntry, seedCalendars } from './calendar-seed.ts';
import { nextVersion } from './event.ts';
import { EventSeed } from './event-seed.ts';
import { EventStore } from './event-store.ts';
import { listHolidays } from './holidays.ts';

export interface ListedCalendar {
  calendar: CalendarRecord;
  entry: ListEntry;
}

interface CalendarStoreParts {
  core: SandboxCore<GoogleSettings>;
  account: GoogleAccount;
  world: { seed: number; calendars: number; eventsPerCalendar: number | undefined };
  /** Called after each change of a calendar's events, or of the list (`undefined`). */
  onChange: (calendarId: string | undefined) => void;
}

const DEFAULT_EVENTS = 150;
const DEFAULT_HOLIDAYS = 50;

export class CalendarStore {
  readonly #parts: CalendarStoreParts;
  readonly #seeded: Map<string, ListedCalendar>;
  readonly #calendars: VersionedTable<CalendarRecord>;
  readonly #entries: SeededTable<ListEntry>;
  readonly #events = new Map<string, EventStore>();

  constructor(parts: CalendarStoreParts) {
    this.#parts = parts;
    const { core, account, world } = parts;
    const seeded = seedCalendars(account, { seed: world.seed, count: world.calendars });
    this.#seeded = new Map(seeded.map((one) => [one.calendar.id, one]));
    this.#calendars = core.state.versioned(`google.world.calendars.${account.email}`);
    const ids = [...this.#seeded.keys()];
    this.#entries = new SeededTable(
      core.state.versioned<ListEntry>(`google.world.calendar-list.${account.email}`),
      {
        count: ids.length,
        indexOf: (id) => {
          const index = ids.indexOf(id);
          return index < 0 ? undefined : index;
        },
      },
      () => true,
    );
  }

  /** The calendar as of `seq`; `primary` names the first. Undefined where it is unknown or deleted. */
  find(id: string, seq?: number): CalendarRecord | undefined {
    const key = this.#key(id);
    const version = this.#calendars.get(key, seq);
    return version === undefined ? this.#seeded.get(key)?.calendar : (version.value ?? undefined);
  }

  /** The calendar's place in the list; undefined where it is not in it. */
  entry(id: string, seq?: number): ListEntry | undefined {
    const key = this.#key(id);
    const version = this.#entries.table.get(key, seq);
    return version === undefined ? this.#seeded.get(key)?.entry : (version.value ?? undefined);
  }

  /** Everything in the list as of `seq`. */
  list(seq: number): ListedCalendar[] {
    const snapshot = this.#entries.snapshot(seq);
    const ids = [...this.#seeded.keys()];
    const found: ListedCalendar[] = [];
    for (const one of this.#entries.range(snapshot, 0, snapshot.total)) {
      const id = typeof one === 'number' ? (ids[one] as string) : one;
      const calendar = this.find(id, seq);
      const entry = this.entry(id, snapshot.seq);
      if (calendar !== undefined && entry !== undefined) found.push({ calendar, entry });
    }
    return found;
  }

  changes(afterSeq: number, upToSeq: number): Change<ListEntry>[] {
    return this.#entries.changes(afterSeq, upToSeq);
  }

  create(fields: Partial<CalendarRecord>): CalendarRecord {
    const calendar: CalendarRecord = {
      summary: '',
      timeZone: this.#parts.account.timeZone,
      ...fields,
      id: `c_${randomBytes(32).toString('hex')}@group.calendar.google.com`,
      version: nextVersion(this.#parts.core.clock.now()),
      accessRole: 'owner',
    };
    this.#calendars.put(calendar.id, calendar);
    this.putEntry(calendar.id, {
      colorId: '14',
      backgroundColor: '#9fe1e7',
      foregroundColor: '#000000',
      selected: true,
      defaultReminders: [],
    });
    return calendar;
  }

  update(calendar: CalendarRecord, fields: Partial<CalendarRecord>): CalendarRecord {
    const version = nextVersion(this.#parts.core.clock.now(), calendar.version);
    const next = { ...calendar, ...fields, version };
    this.#calendars.put(calendar.id, next);
    return next;
  }

  putEntry(id: string, fields: Omit<ListEntry, 'version'>): ListEntry {
    const key = this.#key(id);
    const entry = { ...fields, version: nextVersion(this.#parts.core.clock.now(), this.entry(key)?.version) };
    this.#entries.table.put(key, entry);
    this.#parts.onChange(undefined);
    return entry;
  }

  /** Takes the calendar off the list; the calendar itself stays. */
  removeEntry(id: string): void {
    this.#entries.table.put(this.#key(id), null);
    this.#parts.onChange(undefined);
  }

  delete(calendar: CalendarRecord): void {
    this.#calendars.put(calendar.id, null);
    this.removeEntry(calendar.id);
  }

  events(calendar: CalendarRecord): EventStore {
    const known = this.#events.get(calendar.id);
    if (known !== undefined) return known;
    const { core, account, world, onChange } = this.#parts;
    const asked = world.eventsPerCalendar;
    const isSeeded = calendar.index !== undefined;
    const holidays = calendar.holidays
      ? listHolidays(account.country.code, asked ?? DEFAULT_HOLIDAYS)
      : undefined;
    const count = isSeeded ? (asked ?? (holidays ? DEFAULT_HOLIDAYS : DEFAULT_EVENTS)) : 0;
    const store = new EventStore({
      core,
      name: `${account.email}.${calendar.id}`,
      seed: new EventSeed({
        seed: world.seed,
        count,
        calendarId: calendar.id,
        account,
        worldDate: core.settings().worldDate,
        ...(holidays && { holidays }),
      }),
      timeZone: () => this.find(calendar.id)?.timeZone ?? account.timeZone,
      onChange: () => onChange(calendar.id),
    });
    this.#events.set(calendar.id, store);
    return store;
  }

  #key(id: string): string {
    return id === 'primary' ? this.#parts.account.email : id;
  }
}
