/** One page, one transaction: rows, position, marks, counts and progress, all or nothing. */
import { type Fence, fenced } from '../../db/queries/fence.ts';
import { publishEvent } from '../../db/queries/integration-events.ts';
import { markSeen } from '../../db/queries/listing-marks.ts';
import { addRunCounts, type RunCounts } from '../../db/queries/runs.ts';
import {
  type Advance,
  advanceListing,
  type StreamCursor,
  type StreamKey,
} from '../../db/queries/stream-cursors.ts';
import type { RecordPage } from '../../providers/contract/index.ts';
import type { ActivityDeps } from '../deps.ts';
import type { PageWriter } from '../records/store.ts';

/** A page with what writes it, shaped before its transaction begins. */
export interface LoadedPage {
  readonly page: RecordPage;
  readonly write: PageWriter;
}

/** A complete listing into a stream that had nothing: what it finds there comes from its own earlier pages. */
export const isFresh = (cursor: StreamCursor): boolean =>
  cursor.listingKind === 'full' && cursor.fullListedAt === null && !cursor.listingMarks;

export interface PageCommit extends LoadedPage {
  readonly fence: Fence;
  readonly runId: string;
  readonly owner: { readonly workspaceId: string; readonly userId: string };
  readonly key: StreamKey;
  readonly cursor: StreamCursor;
}

export interface CommittedPage {
  readonly cursor: StreamCursor;
  readonly counts: RunCounts;
}

/** Thrown inside the transaction to undo it when the listing moved on without us. */
class ListingMovedOn extends Error {}

/**
 * Returns undefined when the page was committed by somebody else or its collection is no longer subscribed: then
 * nothing was written. Throws FencedOffError when another operation took over.
 */
export async function commitPage(deps: ActivityDeps, input: PageCommit): Promise<CommittedPage | undefined> {
  const { cursor, key, page, runId, write } = input;
  const listingId = cursor.listingId as string;
  const next: Advance = page.next.kind === 'more' ? { kind: 'more', position: page.next.cursor } : page.next;
  try {
    return await fenced(deps.db, input.fence, async (tx) => {
      const outcome = await write(tx, {
        ...input.owner,
        integrationId: key.integrationId,
        stream: key.stream,
        collectionId: key.collectionId,
        runId,
        fresh: isFresh(cursor),
        empty: isFresh(cursor) && cursor.listingPages === 0,
      });
      const { unchanged = [], lost = [] } = page;
      const counts: RunCounts = {
        ...outcome,
        read: page.upserts.length + page.deletions.length + unchanged.length + lost.length,
        unchanged: outcome.unchanged + unchanged.length,
      };
      const advancing = advanceListing(tx, {
        key,
        listingId,
        pages: cursor.listingPages,
        read: counts.read,
        countChange: outcome.created - outcome.deleted,
        next,
        runId,
      });
      const remoteIds = [...page.upserts.map((record) => record.remoteId), ...unchanged];
      const [advanced] = await Promise.all([
        advancing,
        counts.read > 0 ? addRunCounts(tx, runId, counts) : undefined,
        cursor.listingMarks
          ? markSeen(tx, { key, listingId, page: cursor.listingPages, remoteIds })
          : undefined,
      ]);
      if (advanced === undefined) throw new ListingMovedOn();
      if (counts.read > 0) {
        await publishEvent(tx, {
          integrationId: key.integrationId,
          type: 'progress',
          data: {
            runId,
            stream: key.stream,
            ...(key.collectionId === '' ? {} : { collectionId: key.collectionId }),
            done: advanced.listingDone,
            ...(page.total === undefined ? {} : { total: page.total }),
          },
        });
      }
      return { cursor: advanced, counts };
    });
  } catch (error) {
    if (error instanceof ListingMovedOn) return undefined;
    throw error;
  }
}
