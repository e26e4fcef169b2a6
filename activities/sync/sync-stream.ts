/** Reads a stream page by page for a while: the next page is fetched while the last one is committed. */
import { Context } from '@temporalio/activity';
import type { Transaction } from '../../db/client.ts';
import { isRefusedCopy } from '../../db/copy.ts';
import { markMissing } from '../../db/queries/collections.ts';
import { beginListing, restartListing, type StreamCursor } from '../../db/queries/stream-cursors.ts';
import { ProviderError } from '../../providers/contract/index.ts';
import type { SyncMode } from '../../workflows/messages.ts';
import type { ActivityDeps } from '../deps.ts';
import { storeOf } from '../records/index.ts';
import { commitPage, isFresh } from './commit-page.ts';
import { fullListingAge } from './full-listing-age.ts';
import { gatherPages } from './gather-pages.ts';
import { createPageLoader } from './load-pages.ts';
import { openReader, type StreamInput, type StreamReader } from './stream-reader.ts';
import { sweepUnseen } from './sweep-unseen.ts';

export interface SyncStreamInput extends StreamInput {
  readonly mode: SyncMode;
}

export interface SyncStreamResult {
  /** `more`: call again. `sweep`: the complete listing is in, and what it did not see is not all swept. `done`: nothing is left. */
  readonly next: 'more' | 'sweep' | 'done';
  /** Records read by this call. */
  readonly read: number;
  /** The provider no longer took the cursor, and a complete listing was begun. */
  readonly cursorExpired?: boolean;
}

/** One activity works this long at most and then lets the next one go on, so that histories show progress. */
const workForMs = 45_000;

export function createSyncStream(deps: ActivityDeps) {
  return async function syncStream(input: SyncStreamInput): Promise<SyncStreamResult> {
    const reader = await openReader(deps, input);
    const endAtMs = Date.now() + workForMs;
    const { sweepAfter, ...result } = await readStream(deps, reader, { mode: input.mode, endAtMs });
    if (sweepAfter === undefined) return result;
    const { listingId, isOfThisRun } = sweepAfter;
    if (!(await sweepAtOnce(deps, reader, { listingId, endAtMs }))) return result;
    return { ...result, next: isOfThisRun ? 'done' : 'more' };
  };
}

/**
 * With the listing after which the stream has to be swept, where the next step is that. One that an earlier run left unswept
 * says nothing of what has changed since: once it is swept, this run has the stream still to read.
 */
type ReadResult = SyncStreamResult & {
  readonly sweepAfter?: { readonly listingId: string; readonly isOfThisRun: boolean };
};

function readOn({ sweepListingId, completedRunId }: StreamCursor, runId: string, read: number): ReadResult {
  if (sweepListingId === null) return { next: 'done', read };
  const sweepAfter = { listingId: sweepListingId, isOfThisRun: completedRunId === runId };
  return { next: 'sweep', read, sweepAfter };
}

/**
 * Most complete listings leave nothing to sweep, or little: that needs no activity of its own. What the provider refuses
 * is left to one, with its own attempts. Returns whether all is swept.
 */
async function sweepAtOnce(
  deps: ActivityDeps,
  reader: StreamReader,
  sweep: { listingId: string; endAtMs: number },
): Promise<boolean> {
  try {
    const { finished } = await sweepUnseen(deps, reader, sweep);
    return finished;
  } catch (error) {
    if (error instanceof ProviderError) return false;
    throw error;
  }
}

async function readStream(
  deps: ActivityDeps,
  reader: StreamReader,
  { mode, endAtMs }: { mode: SyncMode; endAtMs: number },
): Promise<ReadResult> {
  const { access, definition, fence, key, runId } = reader;
  const dueFullMs = fullListingAge(definition, access.integration);
  const cursor = await beginListing(deps.db, fence, {
    ...{ key, runId, mode },
    ...(dueFullMs === undefined ? {} : { dueFullMs }),
  });
  if (cursor.sweepListingId !== null) return readOn(cursor, runId, 0);
  if (cursor.listingId === null || !reader.subscribed) return { next: 'done', read: 0 };
  try {
    return await readPages(deps, reader, { begun: cursor, endAtMs });
  } catch (error) {
    if (definition.notFoundHides === true && isKind(error, 'not_found')) {
      await markMissing(deps.db, fence, key.collectionId);
      return { next: 'done', read: 0 };
    }
    if (!isDeadCursor(error, cursor)) throw error;
    const begun = await restartListing(deps.db, fence, key, runId);
    return { ...(await readPages(deps, reader, { begun, endAtMs })), cursorExpired: true };
  }
}

/** A complete listing that has only begun can't have an expired cursor: then the provider is at fault, try later. */
function isDeadCursor(error: unknown, cursor: StreamCursor): boolean {
  if (!(error instanceof ProviderError)) return false;
  if (error.kind === 'cursor_expired')
    return cursor.listingKind !== 'full' || cursor.listingPosition !== null;
  // A page token kept over a long pause may be refused as malformed rather than expired.
  return error.kind === 'invalid_request' && cursor.listingPosition !== null;
}

const isKind = (error: unknown, kind: ProviderError['kind']): boolean =>
  error instanceof ProviderError && error.kind === kind;

async function readPages(
  deps: ActivityDeps,
  reader: StreamReader,
  { begun, endAtMs }: { begun: StreamCursor; endAtMs: number },
): Promise<ReadResult> {
  const activity = Context.current();
  const { workspaceId, userId } = reader.access.integration;
  const owner = { workspaceId, userId };
  const context = { ...reader.key, ...owner, runId: reader.runId };
  const store = storeOf(reader.definition.kind);
  const { settings } = reader;
  let loading = isFresh(begun) && ((await store.mayLoad?.(deps.db, settings)) ?? true);
  let cursor = begun;
  let read = 0;
  let pages = 0;
  const loadFrom = (from: string | null) =>
    createPageLoader({
      from,
      endAtMs,
      fetch: (position) => gatherPages(reader.fetch, position, reader.definition.gatherUpTo ?? 0),
      prepare: (page) =>
        (loading ? store.prepareLoad?.(page, context, settings) : undefined) ?? store.prepare(page, settings),
    });
  let load = loadFrom(positionOf(cursor));
  let pending = load();
  for (;;) {
    const page = await pending.catch((error: unknown) => {
      // What was read so far is kept: the next activity waits for the limit, with its own count of attempts.
      if (pages > 0 && isKind(error, 'rate_limited')) return undefined;
      throw error;
    });
    if (page === undefined) return { next: 'more', read };
    activity.cancellationSignal.throwIfAborted();
    let asked = false;
    const onSent = () => {
      // A transaction that gave way to a deadlock sends its rows again; the next page is asked for once.
      if (asked || !page.goesOn) return;
      asked = true;
      pending = load();
      // It is awaited in the next round; until then its failure must not count as unhandled.
      pending.catch(() => {});
    };
    const commit = {
      fence: reader.fence,
      runId: reader.runId,
      owner,
      key: reader.key,
      cursor,
      onSent,
      holdSettings: async (tx: Transaction) => (await store.holdSettings?.(tx, reader.key, settings)) ?? true,
      ...page,
    };
    const committed = await commitPage(deps, commit).catch((error: unknown) => {
      if (loading && isRefusedCopy(error)) return 'repeated' as const;
      throw error;
    });
    if (committed === 'repeated') {
      // A record came twice, since it changed or moved while it was listed, or others have come who may be
      // the same: from here on we look at what is there.
      loading = false;
      load = loadFrom(positionOf(cursor));
      pending = load();
      continue;
    }
    // The row is not where we left it: unticked, moved on by another attempt, or set back by a database that lost its
    // last commits. Or a person changed settings. The next activity begins with what holds now.
    if (committed === undefined) return { next: 'more', read };
    read += committed.counts.read;
    pages += 1;
    cursor = committed.cursor;
    activity.heartbeat({ read });
    if (page.next.kind === 'done') return readOn(cursor, reader.runId, read);
    if (!page.goesOn) return { next: 'more', read };
  }
}

/** Where a listing goes on: null is the beginning of a complete one. */
const positionOf = (cursor: StreamCursor): string | null =>
  cursor.listingPosition ?? (cursor.listingKind === 'incremental' ? cursor.cursor : null);
