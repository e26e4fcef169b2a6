import { expect, test } from 'vitest';
import { clockTime, duration, eventStart, everyInterval, fullTime, relativeTime } from './time.ts';

const nowMs = Date.parse('2026-11-23T12:00:00Z');

test.each([
  ['2026-11-23T11:59:50Z', 'just now'],
  ['2026-11-23T12:00:03Z', 'just now'],
  ['2026-11-23T12:00:30Z', 'in less than a minute'],
  ['2026-11-23T11:56:00Z', '4 minutes ago'],
  ['2026-11-23T12:05:00Z', 'in 5 minutes'],
  ['2026-11-23T09:00:00Z', '3 hours ago'],
  ['2026-11-22T11:00:00Z', 'yesterday'],
  ['2025-06-01T12:00:00Z', '1 Jun 2025'],
])('%s is told as "%s"', (instant, words) => {
  expect(relativeTime(instant, nowMs)).toBe(words);
});

test('a full time is told in the named zone', () => {
  expect(fullTime('2026-11-23T23:30:00Z', 'Europe/Berlin')).toMatch(/Tue.*24 Nov 2026.*00:30/);
});

test('the day is left out today and told on another day, by the reader’s zone', () => {
  expect(clockTime('2026-11-23T13:05:00Z', nowMs, 'UTC')).toBe('13:05');
  expect(clockTime('2026-11-23T23:30:00Z', nowMs, 'Europe/Berlin')).toMatch(/Tue.*24 Nov.*00:30/);
});

test.each([
  [400, 'under a second'],
  [8_000, '8 s'],
  [125_000, '2 min 5 s'],
  [120_000, '2 min'],
  [3_840_000, '1 h 4 min'],
])('a span of %i ms is "%s"', (spanMs, words) => {
  expect(duration(spanMs)).toBe(words);
});

test.each([
  [60, 'Every minute'],
  [300, 'Every 5 minutes'],
  [90, 'Every 90 seconds'],
  [3_600, 'Every hour'],
  [86_400, 'Every day'],
])('an interval of %i s is "%s"', (seconds, words) => {
  expect(everyInterval(seconds)).toBe(words);
});

test('an event begins in the reader’s zone, and on one day everywhere where it takes the whole day', () => {
  const dateTime = '2026-11-23T23:30:00Z';
  expect(eventStart({ dateTime }, 'Europe/Berlin')).toBe('Tue, 24 Nov 2026, 00:30');
  expect(eventStart({ date: '2026-11-23' }, 'America/New_York')).toBe('Mon, 23 Nov 2026');
});
