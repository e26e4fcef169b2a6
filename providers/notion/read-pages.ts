/** From pages as a listing has them to records: contents by a call each, as far as the limits allow. */
import type { PageObjectResponse } from '@notionhq/client';
import type { DocumentRecord, FetchRequest, ProviderError } from '../contract/index.ts';
import { completeProperties, hasCutProperties } from './long-properties.ts';
import { readProperties, readTitle } from './property-values.ts';
import { readContent } from './read-content.ts';
import { readContents } from './read-contents.ts';
import { cutSignatures, withoutSignatures } from './signed-addresses.ts';
import type { Notion } from './transport.ts';
import { isCurrent, markOf, unreadMark } from './version-mark.ts';

export interface ReadPages {
  readonly upserts: readonly DocumentRecord[];
  /** Held already, as they are. */
  readonly unchanged: readonly string[];
  /** Listed, but no longer readable a moment later. */
  readonly lost: readonly string[];
  /** A call failed on the way, and what came before it is here. */
  readonly cutShortBy?: ProviderError;
}

export interface PagesToRead {
  readonly pages: readonly PageObjectResponse[];
  /** An increment leaves pages out that are held as they are; a complete listing names them. */
  readonly leaveOutCurrent: boolean;
}

/**
 * A page whose content Notion can't give comes without one, to be asked for again when the page comes up the next time.
 *
 * Throws ProviderError only where nothing was read at all: otherwise the contents that were paid for are kept, and the
 * call that comes next meets the same failure, or none.
 */
export async function readPages(
  notion: Notion,
  request: Pick<FetchRequest, 'known' | 'peek' | 'signal'>,
  { pages, leaveOutCurrent }: PagesToRead,
): Promise<ReadPages> {
  const known = pages.length === 0 ? undefined : await request.known?.(pages.map(({ id }) => id));
  const upserts: DocumentRecord[] = [];
  const unchanged: string[] = [];
  const toRead: PageObjectResponse[] = [];
  for (const page of pages) {
    const mark = known?.get(page.id);
    if (isCurrent(mark, page)) {
      if (leaveOutCurrent) continue;
      // Computed values and names of properties change without the page, but a cut list is no list to compare.
      if (hasCutProperties(page)) unchanged.push(page.id);
      else upserts.push(toRecord(page, { etag: mark as string }));
    } else if (request.peek === true) upserts.push(toRecord(page, {}));
    else toRead.push(page);
  }
  const { read, lost, unreadable, failure } = await readContents(
    toRead,
    (page) => readPage(notion, page, request.signal),
    request.signal,
  );
  for (const page of unreadable) {
    // What is held of it stays, and a cut list is none to put in its place.
    if (known?.has(page.id) === true && hasCutProperties(page)) unchanged.push(page.id);
    else upserts.push(toRecord(page, { etag: unreadMark }));
  }
  if (failure !== undefined && upserts.length + unchanged.length + read.length + lost.length === 0)
    throw failure;
  return {
    ...{ upserts: [...upserts, ...read], unchanged, lost },
    ...(failure === undefined ? {} : { cutShortBy: failure }),
  };
}

async function readPage(
  notion: Notion,
  page: PageObjectResponse,
  signal: AbortSignal,
): Promise<DocumentRecord> {
  const readAtMs = Date.now();
  const content = await readContent(notion, page.id, signal);
  const whole = hasCutProperties(page) ? await completeProperties(notion, page, signal) : page;
  return toRecord(whole, { etag: markOf(page, readAtMs), content: cutSignatures(content) });
}

/** `raw` is the page as Notion has it; a content comes beside it. */
export function toRecord(
  page: PageObjectResponse,
  held: { readonly etag?: string; readonly content?: string },
): DocumentRecord {
  return {
    remoteId: page.id,
    updatedAt: page.last_edited_time,
    raw: withoutSignatures(page),
    title: readTitle(page.properties),
    properties: readProperties(page.properties),
    url: page.url,
    ...held,
  };
}
