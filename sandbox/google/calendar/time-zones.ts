/** Local and absolute times. "Local ms" is a wall-clock time read as if it were UTC. */

const formatters = new Map<string, Intl.DateTimeFormat>();
const offsetsByDay = new Map<string, number>();

/** How far the zone is ahead of UTC at that moment, in ms. Throws RangeError on an unknown zone. */
export function offsetAt(utcMs: number, timeZone: string): number {
  if (timeZone === 'UTC') return 0;
  // Offsets change at most at one moment of a day; only days whose ends differ need a look at the moment itself.
  const day = Math.floor(utcMs / 86_400_000);
  const before = offsetAtDayStart(day, timeZone);
  return before === offsetAtDayStart(day + 1, timeZone) ? before : readOffset(utcMs, timeZone);
}

export function toLocal(utcMs: number, timeZone: string): number {
  return utcMs + offsetAt(utcMs, timeZone);
}

export function toUtc(localMs: number, timeZone: string): number {
  const guess = localMs - offsetAt(localMs, timeZone);
  return localMs - offsetAt(guess, timeZone);
}

/** `2026-11-03T09:30:00+01:00`; `Z` in UTC. */
export function formatDateTime(utcMs: number, timeZone: string): string {
  const offset = offsetAt(utcMs, timeZone);
  const text = new Date(utcMs + offset).toISOString().slice(0, 19);
  if (offset === 0) return `${text}Z`;
  const minutes = Math.abs(offset) / 60_000;
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `${text}${offset > 0 ? '+' : '-'}${two(minutes / 60)}:${two(minutes % 60)}`;
}

/** `2026-11-03` */
export const formatDate = (utcMs: number): string => new Date(utcMs).toISOString().slice(0, 10);

export function isTimeZone(timeZone: string): boolean {
  try {
    formatter(timeZone);
    return true;
  } catch {
    return false;
  }
}

function offsetAtDayStart(day: number, timeZone: string): number {
  const key = `${timeZone} ${day}`;
  const known = offsetsByDay.get(key);
  if (known !== undefined) return known;
  const offset = readOffset(day * 86_400_000, timeZone);
  if (offsetsByDay.size > 50_000) offsetsByDay.clear();
  offsetsByDay.set(key, offset);
  return offset;
}

function formatter(timeZone: string): Intl.DateTimeFormat {
  let found = formatters.get(timeZone);
  if (found === undefined) {
    found = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formatters.set(timeZone, found);
  }
  return found;
}

function readOffset(utcMs: number, timeZone: string): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatter(timeZone).formatToParts(utcMs)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(utcMs / 1000) * 1000;
}
