import { expect, test } from 'vitest';
import { createCursors } from './cursor.ts';
import { nextOf, recordsOf } from './listing.ts';

const cursors = createCursors({ fields: 'a,b' });

test('a cursor comes back as it was written, and null is the start', () => {
  expect(cursors.read(null)).toEqual({});
  for (const position of [{ syncToken: 's' }, { pageToken: 'p' }, { syncToken: 's', pageToken: 'p' }]) {
    expect(cursors.read(cursors.write(position))).toEqual(position);
  }
});

test('a cursor of another version or other parameters, a broken or an empty one means a complete listing', () => {
  const own = cursors.write({ syncToken: 's' });
  const broken = [own.slice(0, -1), own.replace('"s"', '7'), own.replace('"syncToken":"s"', '')];
  const foreign = [own.replace('v1', 'v2'), createCursors({ fields: 'a,b,c' }).write({ syncToken: 's' })];
  for (const cursor of ['', 'null', ...broken, ...foreign]) {
    expect(() => cursors.read(cursor)).toThrow(expect.objectContaining({ kind: 'cursor_expired' }));
  }
});

test('the pages of an increment keep its sync token, and an empty page with a page token is not the end', () => {
  const next = nextOf({ records: [], nextPageToken: 'p2' }, { syncToken: 's1', pageToken: 'p1' }, cursors);
  expect(next.kind).toBe('more');
  expect(cursors.read(next.cursor)).toEqual({ syncToken: 's1', pageToken: 'p2' });
});

test('the end of a listing holds the new sync token alone, or null where there is none', () => {
  const position = { syncToken: 's1', pageToken: 'p1' };
  const done = nextOf({ records: [], nextSyncToken: 's2' }, position, cursors);
  expect(done.kind).toBe('done');
  expect(cursors.read(done.cursor)).toEqual({ syncToken: 's2' });
  expect(nextOf({ records: [] }, {}, cursors)).toEqual({ kind: 'done', cursor: null });
});

test('a listing may leave an empty list out, but an answer with nothing in it is not a complete listing', () => {
  expect(recordsOf({ records: undefined, nextSyncToken: 's' })).toEqual([]);
  for (const records of [undefined, 'x', {}]) {
    expect(() => recordsOf({ records })).toThrow(expect.objectContaining({ kind: 'schema_drift' }));
  }
});
