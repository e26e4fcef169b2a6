import { expect, test } from 'vitest';
import { groupByDay, monthAfter, startDay, timeOfDay } from './agenda.ts';

const event = (start: { date?: string; dateTime?: string }, recurrence: string[] = [], end = start) => ({
  start,
  end,
  recurrence,
});
const november = { year: 2026, index: 10 };

test('a timed event is on the reader’s day, an all-day one on its own whatever the zone', () => {
  expect(startDay(event({ dateTime: '2026-11-23T23:30:00Z' }), 'Asia/Tokyo')).toBe('2026-11-24');
  expect(startDay(event({ date: '2026-11-23' }), 'Pacific/Honolulu')).toBe('2026-11-23');
});

test('times are told by the reader’s clock', () => {
  const meeting = event({ dateTime: '2026-11-23T09:00:00+01:00' }, [], {
    dateTime: '2026-11-23T10:30:00+01:00',
  });
  expect(timeOfDay(meeting, 'UTC')).toBe('08:00 – 09:30');
  expect(timeOfDay(event({ date: '2026-11-23' }))).toBe('All day');
});

test('days are in order, all-day events lead, and a series begun before stands apart', () => {
  const late = event({ dateTime: '2026-11-23T15:00:00Z' });
  const early = event({ dateTime: '2026-11-23T08:00:00Z' });
  const allDay = event({ date: '2026-11-23' });
  const series = event({ dateTime: '2025-01-06T08:00:00Z' }, ['RRULE:FREQ=WEEKLY']);
  const dayBefore = event({ date: '2026-11-22' });
  const agenda = groupByDay([late, series, early, allDay, dayBefore], november, 'UTC');
  expect(agenda.repeating).toEqual([series]);
  expect(agenda.days).toEqual([
    { day: '2026-11-22', events: [dayBefore] },
    { day: '2026-11-23', events: [allDay, early, late] },
  ]);
});

test('a whole day of the month before or after is left out, one that reaches into the month is not', () => {
  const lastOfOctober = event({ date: '2026-10-31' }, [], { date: '2026-11-01' });
  const acrossTheEnd = event({ date: '2026-10-31' }, [], { date: '2026-11-02' });
  const firstOfDecember = event({ date: '2026-12-01' }, [], { date: '2026-12-02' });
  expect(groupByDay([lastOfOctober, acrossTheEnd, firstOfDecember], november, 'Europe/Berlin').days).toEqual([
    { day: '2026-10-31', events: [acrossTheEnd] },
  ]);
});

test('months go round the year in both directions', () => {
  expect(monthAfter({ year: 2026, index: 11 }, 1)).toEqual({ year: 2027, index: 0 });
  expect(monthAfter({ year: 2026, index: 0 }, -1)).toEqual({ year: 2025, index: 11 });
});
