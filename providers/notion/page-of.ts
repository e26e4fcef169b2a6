/** One page of a listing from an answer of Notion: its records, and where it goes on. */
import type { PageObjectResponse } from '@notionhq/client';
import type { FetchRequest, RecordPage } from '../contract/index.ts';
import { type Full, type Increment, writeCursor } from './cursor.ts';
import { readPages } from './read-pages.ts';
import type { Notion } from './transport.ts';

export interface AnsweredPages {
  readonly at: Full | Increment;
  readonly pages: readonly PageObjectResponse[];
  /** Where the listing goes on once all of these are read. */
  readonly following: () => RecordPage['next'];
}

/** Where a limit cut the reading short, the same answer is asked for again and what is done is left out. */
export async function pageOf(
  notion: Notion,
  request: FetchRequest,
  { at, pages, following }: AnsweredPages,
): Promise<RecordPage> {
  const done = new Set(at.done);
  const read = await readPages(notion, request, {
    pages: pages.filter(({ id }) => !done.has(id)),
    leaveOutCurrent: at.kind === 'increment',
  });
  const { upserts, unchanged, lost, cutShortBy } = read;
  if (cutShortBy === undefined) return { upserts, unchanged, lost, deletions: [], next: following() };
  const ids = [...done, ...upserts.map(({ remoteId }) => remoteId), ...unchanged, ...lost];
  return {
    ...{ upserts, unchanged, lost, deletions: [], cutShortBy },
    next: { kind: 'more', cursor: writeCursor({ ...at, done: ids }) },
  };
}

/** Trashed pages come up as long as they are in the overlap: those that we don't hold (any more) are no news. */
export async function trashedOf(
  request: Pick<FetchRequest, 'known'>,
  pages: readonly PageObjectResponse[],
): Promise<string[]> {
  const ids = pages.map(({ id }) => id);
  if (request.known === undefined || ids.length === 0) return ids;
  const known = await request.known(ids);
  return ids.filter((id) => known.has(id));
}
