/** Calendar events as days of an agenda, in the reader's zone. Pure. */
import type { CalendarEvent } from '../../api/contract/index.ts';

type Timed = Pick<CalendarEvent, 'start' | 'end' | 'recurrence'>;

/** "2026-11-23": the day on which it starts for the reader; undefined where it has no start. */
export function startDay({ start }: Pick<CalendarEvent, 'start'>, timeZone?: string): string | undefined {
  if (start?.date) return start.date;
  if (!start?.dateTime) return undefined;
  return dayOf(new Date(start.dateTime), timeZone);
}

const dayOf = (date: Date, timeZone?: string): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(
    date,
  );

/** "All day", "14:05 – 15:00". */
export function timeOfDay({ start, end }: Timed, timeZone?: string): string {
  if (!start?.dateTime) return 'All day';
  const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone });
  const from = clock.format(new Date(start.dateTime));
  return end?.dateTime ? `${from} – ${clock.format(new Date(end.dateTime))}` : from;
}

export interface Agenda<Event> {
  /** Series whose first occurrence lies outside the month. */
  readonly repeating: readonly Event[];
  readonly days: readonly { readonly day: string; readonly events: readonly Event[] }[];
}

export function groupByDay<Event extends Timed>(
  events: readonly Event[],
  month: Month,
  timeZone?: string,
): Agenda<Event> {
  const days = new Map<string, Event[]>();
  const repeating: Event[] = [];
  const prefix = monthName(month);
  const [firstDay, dayAfter] = [`${prefix}-01`, `${monthName(monthAfter(month, 1))}-01`];
  for (const event of events) {
    // Asked for by instants, whole days of the months beside come along: a day has no zone, and ends where the next begins.
    const { start, end } = event;
    if ((end?.date && end.date <= firstDay) || (start?.date && start.date >= dayAfter)) continue;
    const day = startDay(event, timeZone);
    if (event.recurrence.length > 0 && !day?.startsWith(prefix)) repeating.push(event);
    else if (day !== undefined) days.set(day, [...(days.get(day) ?? []), event]);
  }
  const startMs = ({ start }: Event): number => Date.parse(start?.dateTime ?? start?.date ?? '');
  return {
    repeating,
    days: [...days]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([day, found]) => ({
        day,
        events: found.sort(
          (a, b) =>
            Number(a.start?.date === undefined) - Number(b.start?.date === undefined) ||
            startMs(a) - startMs(b),
        ),
      })),
  };
}

/** `index` counts from 0, as in Date. */
export interface Month {
  readonly year: number;
  readonly index: number;
}

const monthName = ({ year, index }: Month): string => `${year}-${String(index + 1).padStart(2, '0')}`;

export function monthAfter({ year, index }: Month, steps: number): Month {
  const months = year * 12 + index + steps;
  return { year: Math.floor(months / 12), index: ((months % 12) + 12) % 12 };
}

/** The month's bounds as instants, by the reader's clock. */
export function monthBounds(month: Month): { from: string; to: string } {
  const next = monthAfter(month, 1);
  return {
    from: new Date(month.year, month.index, 1).toISOString(),
    to: new Date(next.year, next.index, 1).toISOString(),
  };
}
