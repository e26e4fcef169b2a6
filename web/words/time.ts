/** Times and spans in words, in the reader's own zone and language of the page. */
import type { EventTime } from '../../api/contract/index.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

const date = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });

/** "4 minutes ago", "in 3 hours", "just now"; further than a month away the day, which says more. */
export function relativeTime(instant: string, nowMs: number): string {
  const deltaMs = Date.parse(instant) - nowMs;
  const sizeMs = Math.abs(deltaMs);
  if (sizeMs < 45_000) return deltaMs > 5_000 ? 'in less than a minute' : 'just now';
  if (sizeMs < hourMs) return relative.format(Math.round(deltaMs / minuteMs), 'minute');
  if (sizeMs < dayMs) return relative.format(Math.round(deltaMs / hourMs), 'hour');
  if (sizeMs < 31 * dayMs) return relative.format(Math.round(deltaMs / dayMs), 'day');
  return date.format(Date.parse(instant));
}

/** "Mon 23 Nov 2026, 14:05 CET"; `timeZone` is the reader's unless named. */
export function fullTime(instant: string, timeZone?: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
    timeZone,
  }).format(Date.parse(instant));
}

/** "14:05" today, "Mon 23 Nov, 14:05" on another day. */
export function clockTime(instant: string, nowMs: number, timeZone?: string): string {
  const day = new Intl.DateTimeFormat('en-CA', { timeZone });
  const date = new Date(instant);
  const sameDay = day.format(date) === day.format(nowMs);
  return new Intl.DateTimeFormat('en-GB', {
    ...(sameDay ? {} : { weekday: 'short', day: 'numeric', month: 'short' }),
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
  }).format(date);
}

/** "Mon 23 Nov 2026", or "Mon 23 Nov 2026, 14:05" where it has a time of day. */
export function eventStart({ date, dateTime }: EventTime, timeZone?: string): string {
  const at = new Date(dateTime ?? `${date}T00:00Z`);
  return new Intl.DateTimeFormat('en-GB', {
    ...{ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
    ...(dateTime ? { hour: '2-digit', minute: '2-digit' } : {}),
    // A whole day is the same day everywhere.
    timeZone: dateTime ? timeZone : 'UTC',
  }).format(at);
}

/** "under a second", "8 s", "2 min 5 s", "1 h 4 min". */
export function duration(spanMs: number): string {
  if (spanMs < 1_000) return 'under a second';
  const seconds = Math.round(spanMs / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** "Every 5 minutes", "Every hour", "Every 90 seconds". */
export function everyInterval(intervalSeconds: number): string {
  const units = [
    [86_400, 'day'],
    [3_600, 'hour'],
    [60, 'minute'],
    [1, 'second'],
  ] as const;
  const [size, unit] = units.find(([seconds]) => intervalSeconds % seconds === 0) ?? [1, 'second'];
  const count = intervalSeconds / size;
  return count === 1 ? `Every ${unit}` : `Every ${count} ${unit}s`;
}
