import { describe, expect, it } from 'vitest';
import { decodeIdCursor, encodeCursor, toList } from './paging.ts';
import { ProblemError } from './problem.ts';

describe('cursors', () => {
  it('come back as they went out', () => {
    expect(decodeIdCursor(encodeCursor({ id: 'con_1' }))).toBe('con_1');
    expect(decodeIdCursor(undefined)).toBeUndefined();
  });
  it('are refused when they are of another shape or no cursor at all', () => {
    for (const cursor of [
      '',
      'x',
      encodeCursor({ id: "'; --" }),
      encodeCursor({ id: 'a', more: 1 }),
      encodeCursor('a'),
    ]) {
      expect(() => decodeIdCursor(cursor)).toThrow(ProblemError);
    }
  });
  it('are given while more follows, and not on the last page', () => {
    const present = (row: { id: string }) => row.id;
    const rows = [{ id: 'a' }, { id: 'b' }];
    expect(toList({ rows, more: true }, present, ({ id }) => ({ id }))).toEqual({
      data: ['a', 'b'],
      nextCursor: encodeCursor({ id: 'b' }),
    });
    expect(toList({ rows, more: false }, present, ({ id }) => ({ id })).nextCursor).toBeNull();
    expect(toList({ rows: [], more: false }, present, ({ id }) => ({ id }))).toEqual({
      data: [],
      nextCursor: null,
    });
  });
});
