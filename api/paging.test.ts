import { describe, expect, it } from 'vitest';
import {
  decodeIdCursor,
  encodeCursor,
  markCursor,
  markOfList,
  pageOfWhole,
  toList,
  unmarkCursor,
} from './paging.ts';
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
  it('are taken by the list that gave them alone, whatever the size of its pages', () => {
    const runs = (query: object) => markOfList('/v1/integrations/{id}/runs', { id: 'int_1' }, { ...query });
    const cursor = markCursor(runs({ limit: 2, status: 'failed' }), encodeCursor({ id: 'run_1' }));
    const same = runs({ limit: 5, status: 'failed', cursor });
    expect(decodeIdCursor(unmarkCursor(same, cursor))).toBe('run_1');
    const others = [
      runs({ limit: 2 }),
      markOfList('/v1/integrations/{id}/runs', { id: 'int_2' }, { status: 'failed' }),
      markOfList('/v1/integrations/{id}/collections', { id: 'int_1' }, { status: 'failed' }),
    ];
    for (const other of others) expect(() => unmarkCursor(other, cursor)).toThrow(ProblemError);
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

describe('a list that is at hand as a whole', () => {
  const items = ['a', 'b', 'c'];
  const page = (query: { limit: number; cursor?: string }) => pageOfWhole(items, query, (item) => item);

  it('comes page by page, the last one without a cursor', () => {
    const first = page({ limit: 2 });
    expect(first.data).toEqual(['a', 'b']);
    expect(page({ limit: 2, cursor: first.nextCursor as string })).toEqual({ data: ['c'], nextCursor: null });
    expect(page({ limit: 3 })).toEqual({ data: items, nextCursor: null });
  });
  it('takes no cursor that names none of its items', () => {
    expect(() => page({ limit: 2, cursor: encodeCursor({ id: 'z' }) })).toThrow(ProblemError);
  });
});
