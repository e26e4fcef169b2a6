import { expect, it, vi } from 'vitest';
import type { AnyRecord, RecordPage } from '../../providers/contract/index.ts';
import { gatherPages } from './gather-pages.ts';

const page = (ids: string[], next: string | null, more: Partial<RecordPage> = {}): RecordPage => ({
  upserts: ids.map((remoteId) => ({ remoteId, raw: {} }) as unknown as AnyRecord),
  deletions: [],
  next: next === null ? { kind: 'done', cursor: 'end' } : { kind: 'more', cursor: next },
  ...more,
});
const fetching = (pages: Record<string, RecordPage | Error>) =>
  vi.fn(async (cursor: string | null) => {
    const found = pages[cursor ?? ''];
    if (found === undefined || found instanceof Error) throw found ?? new Error('no such page');
    return found;
  });
const idsOf = (found: RecordPage) => found.upserts.map(({ remoteId }) => remoteId);

it('gathers until there are enough, and goes on behind the last page', async () => {
  const fetch = fetching({ '': page(['a', 'b'], 'p2'), p2: page(['c'], 'p3'), p3: page(['d'], null) });
  const gathered = await gatherPages(fetch, null, 3);
  expect(idsOf(gathered)).toEqual(['a', 'b', 'c']);
  expect(gathered.next).toEqual({ kind: 'more', cursor: 'p3' });
  expect(await gatherPages(fetch, 'p3', 3)).toMatchObject({ next: { kind: 'done', cursor: 'end' } });
});

it('gives what it has when a later page fails, and fails where the first does', async () => {
  const fetch = fetching({ '': page(['a'], 'p2'), p2: new Error('limited') });
  const gathered = await gatherPages(fetch, null, 10);
  expect(gathered.next).toEqual({ kind: 'more', cursor: 'p2' });
  await expect(gatherPages(fetch, 'p2', 10)).rejects.toThrow('limited');
});

it('keeps a record that a later page has again', async () => {
  const fetch = fetching({
    '': page(['x'], 'p2', { deletions: ['a', 'b'], lost: ['c'] }),
    p2: page(['a', 'c'], null),
  });
  expect(await gatherPages(fetch, null, 10)).toMatchObject({ deletions: ['b'], lost: [] });
});
