/** The pages of a listing, ready to be committed: while one of them is shaped, the provider makes the next. */
import { setImmediate } from 'node:timers/promises';
import type { RecordPage } from '../../providers/contract/index.ts';
import type { PageWriter } from '../records/store.ts';
import { type LoadedPage, shapePage } from './commit-page.ts';

export interface ReadyPage extends LoadedPage {
  /** Another page follows within this activity; else this one is the last to be asked for. */
  readonly goesOn: boolean;
}

/** Each call of what this returns gives the next page; the page after it is being fetched by then. */
export function createPageLoader(listing: {
  readonly from: string | null;
  readonly endAtMs: number;
  fetch(cursor: string | null): Promise<RecordPage>;
  prepare(page: RecordPage): PageWriter;
}): () => Promise<ReadyPage> {
  let fetching = begin(listing.from);
  return async () => {
    const page = await fetching;
    const goesOn = page.next.kind === 'more' && Date.now() < listing.endAtMs;
    if (goesOn) fetching = begin(page.next.cursor);
    // Shaping keeps this thread for a while: what others have ready to send goes first.
    await setImmediate();
    return { ...shapePage(page, listing.prepare(page)), goesOn };
  };

  function begin(cursor: string | null): Promise<RecordPage> {
    const page = listing.fetch(cursor);
    // It is awaited by the next call; until then its failure must not count as unhandled.
    page.catch(() => {});
    return page;
  }
}
