import { expect, test } from 'vitest';
import { sortEvents } from './map-event.ts';

test('a cancelled event is a deletion, a cancelled occurrence of a series stays as a record', () => {
  const occurrence = {
    id: 'series_20261102',
    status: 'cancelled',
    recurringEventId: 'series',
    originalStartTime: { dateTime: '2026-11-02T10:00:00+01:00', timeZone: 'Europe/Berlin' },
  };
  const { upserts, deletions } = sortEvents([{ id: 'gone', status: 'cancelled' }, occurrence]);
  expect(deletions).toEqual(['gone']);
  expect(upserts).toMatchObject([
    {
      remoteId: 'series_20261102',
      status: 'cancelled',
      seriesRemoteId: 'series',
      originalStart: occurrence.originalStartTime,
      title: null,
      start: null,
    },
  ]);
});

test('an event becomes a record whose raw is the parsed answer itself', () => {
  const event = {
    id: 'e1',
    etag: '"1"',
    updated: '2026-11-01T10:00:00.000Z',
    status: 'tentative',
    summary: 'Planning',
    start: { date: '2026-11-02' },
    end: { date: '2026-11-03' },
    recurrence: ['RRULE:FREQ=WEEKLY'],
    htmlLink: 'https://calendar.google.com/event?eid=1',
  };
  const [record] = sortEvents([event]).upserts;
  expect(record).toEqual({
    remoteId: 'e1',
    etag: '"1"',
    updatedAt: '2026-11-01T10:00:00.000Z',
    raw: event,
    title: 'Planning',
    description: null,
    location: null,
    start: { date: '2026-11-02' },
    end: { date: '2026-11-03' },
    status: 'tentative',
    recurrence: ['RRULE:FREQ=WEEKLY'],
    seriesRemoteId: null,
    originalStart: null,
    url: 'https://calendar.google.com/event?eid=1',
  });
  expect(record?.raw).toBe(event);
});

test('an event without its id is schema drift', () => {
  for (const event of [{ summary: 'x' }, { id: '', status: 'cancelled' }]) {
    expect(() => sortEvents([event])).toThrow(expect.objectContaining({ kind: 'schema_drift' }));
  }
});
