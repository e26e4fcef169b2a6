import { expect, test } from 'vitest';
import { readCursor, writeCursor } from './cursor.ts';
import { nextOf, recordsOf } from './listing.ts';

test('a cursor comes back as it was written, and null is the start', () => {
  expect(readCursor(null)).toEqual({});
  for (const position of [{ syncToken: 's' }, { pageToken: 'p' }, { syncToken: 's', pageToken: 'p' }]) {
    expect(readCursor(writeCursor(position))).toEqual(position);
  }
});

test('a cursor of another version, a broken or an empty one means a complete listing', () => {
  for (const cursor of ['', 'v2:{"syncToken":"s"}', 'v1:{', 'v1:{}', 'v1:null', 'v1:{"syncToken":7}']) {
    expect(() => readCursor(cursor)).toThrow(expect.objectContaining({ kind: 'cursor_expired' }));
  }
});

test('the pages of an increment keep its sync token, and an empty page with a page token is not the end', () => {
  const next = nextOf({ records: [], nextPageToken: 'p2' }, { syncToken: 's1', pageToken: 'p1' });
  expect(next.kind).toBe('more');
  expect(readCursor(next.cursor)).toEqual({ syncToken: 's1', pageToken: 'p2' });
});

test('the end of a listing holds the new sync token alone, or null where there is none', () => {
  const done = nextOf({ records: [], nextSyncToken: 's2' }, { syncToken: 's1', pageToken: 'p1' });
  expect(done.kind).toBe('done');
  expect(readCursor(done.cursor)).toEqual({ syncToken: 's2' });
  expect(nextOf({ records: [] }, {})).toEqual({ kind: 'done', cursor: null });
});

test('a listing may leave an empty list out, but an answer with nothing in it is not a complete listing', () => {
  expect(recordsOf({ records: undefined, nextSyncToken: 's' })).toEqual([]);
  for (const records of [undefined, 'x', {}]) {
    expect(() => recordsOf({ records })).toThrow(expect.objectContaining({ kind: 'schema_drift' }));
  }
});
