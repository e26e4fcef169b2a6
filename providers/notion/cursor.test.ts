import { expect, test } from 'vitest';
import { readCursor, restAfter, writeCursor } from './cursor.ts';
import { isCurrent, markOf } from './version-mark.ts';

const now = Date.parse('2026-11-23T12:00:30.000Z');

test('an increment begins two minutes before the listing before it began', () => {
  const full = readCursor(null, now);
  expect(full).toEqual({ kind: 'full', start: '2026-11-23T12:00:30.000Z' });
  const next = readCursor(restAfter(full), now + 300_000);
  expect(next).toEqual({
    ...{ kind: 'increment', part: 'living', since: '2026-11-23T11:58:30.000Z' },
    start: '2026-11-23T12:05:30.000Z',
  });
});

test('a listing goes on where it was', () => {
  const at = { kind: 'full', start: 's', from: 'f', next: 'n', done: ['a'] } as const;
  expect(readCursor(writeCursor({ ...at, done: ['a'] }), now)).toEqual(at);
});

test.each(['', 'v0:{}', 'v1:', 'v1:{"kind":"full"}', 'v1:{"kind":"rest","since":"s","more":1}', '{}'])(
  'a position of another form (%s) asks for a complete listing',
  (cursor) => {
    expect(() => readCursor(cursor, now)).toThrow(expect.objectContaining({ kind: 'cursor_expired' }));
  },
);

test('a content counts as current only when it was read well after the minute of the last edit', () => {
  const page = { last_edited_time: '2026-11-23T12:00:00.000Z' };
  const soon = markOf(page, Date.parse('2026-11-23T12:01:59.000Z'));
  const later = markOf(page, Date.parse('2026-11-23T12:02:00.000Z'));
  expect(isCurrent(soon, page)).toBe(false);
  expect(isCurrent(later, page)).toBe(true);
  expect(isCurrent(later, { last_edited_time: '2026-11-23T12:01:00.000Z' })).toBe(false);
  expect(isCurrent(undefined, page)).toBe(false);
});
