/** One page, one transaction: rows, position, marks, counts and progress, all or nothing. */
import { sql } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { type Fence, fenced } from '../../db/queries/fence.ts';
import { markSeen } from '../../db/queries/listing-marks.ts';
import { noteProgress, type RunCounts } from '../../db/queries/runs.ts';
import {
  type Advance,
  advanceListing,
  type StreamCursor,
  type StreamKey,
} from '../../db/queries/stream-cursors.ts';
import { together } from '../../db/together.ts';
import type { RecordPage } from '../../providers/contract/index.ts';
import type { ActivityDeps } from '../deps.ts';
import type { PageWriter } from '../records/store.ts';

/**
 * What is kept of a page while it waits to be written: its rows are in `write`, and the parsed records are let go at
 * once, so that they die young instead of growing the heap.
 */
export interface LoadedPage {
  readonly next: RecordPage['next'];
  readonly total?: number;
  readonly seenIds: readonly string[];
  /** Records of the page, and those of them that the adapter knows to be as they were. */
  readonly read: number;
  readonly unchanged: number;
  readonly write: PageWriter;
}

export function shapePage(page: RecordPage, write: PageWriter): LoadedPage {
  const { upserts, deletions, next, total, unchanged = [], lost = [] } = page;
  return {
    next,
    ...(total === undefined ? {} : { total }),
    seenIds: [...upserts.map((record) => record.remoteId), ...unchanged],
    read: upserts.length + deletions.length + unchanged.length + lost.length,
    unchanged: unchanged.length,
    write,
  };
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
  /** Whether what the page was shaped by still holds, until the transaction ends; see RecordStore. */
  readonly holdSettings?: (tx: Transaction) => Promise<boolean>;
  /** Called once the rows are on their way and Postgres works on them: the moment to shape the next page. */
  readonly onSent?: () => void;
}

export interface CommittedPage {
  readonly cursor: StreamCursor;
  readonly counts: RunCounts;
}

/** Thrown inside the transaction to undo it when the listing or the settings moved on without us. */
class MovedOn extends Error {}

/**
 * Returns undefined when the page was committed by somebody else, its collection is no longer subscribed, or settings
 * changed by which it was shaped: then nothing was written. Throws FencedOffError when another operation took over.
 */
export async function commitPage(deps: ActivityDeps, input: PageCommit): Promise<CommittedPage | undefined> {
  const { cursor, key, runId } = input;
  const listingId = cursor.listingId as string;
  const next: Advance =
    input.next.kind === 'more' ? { kind: 'more', position: input.next.cursor } : input.next;
  try {
    return await fenced(deps.db, input.fence, async (tx) => {
      if ((await input.holdSettings?.(tx)) === false) throw new MovedOn();
      const outcome = await input.write(tx, { ...input.owner, ...key, runId });
      const { recordChange, ...outcomes } = outcome;
      const counts: RunCounts = {
        ...outcomes,
        read: input.read,
        unchanged: outcomes.unchanged + input.unchanged,
      };
      const advancing = advanceListing(tx, {
        key,
        listingId,
        pages: cursor.listingPages,
        read: counts.read,
        countChange: recordChange ?? outcome.created - outcome.deleted,
        next,
        runId,
      });
      input.onSent?.();
      const [advanced] = await together([
        advancing,
        // The disk is waited for at the listing's end; till then a lost commit takes its position along (0015).
        next.kind === 'more' ? tx.execute(sql`set local synchronous_commit = off`) : undefined,
        cursor.listingMarks
          ? markSeen(tx, { key, listingId, page: cursor.listingPages, remoteIds: [...input.seenIds] })
          : undefined,
      ]);
      if (advanced === undefined) throw new MovedOn();
      if (counts.read > 0) {
        const { integrationId, stream, collectionId } = key;
        await noteProgress(tx, {
          ...{ integrationId, runId, counts },
          progress: {
            ...{ runId, stream },
            ...(collectionId === '' ? {} : { collectionId }),
            done: advanced.listingDone,
            ...(input.total === undefined ? {} : { total: input.total }),
          },
        });
      }
      return { cursor: advanced, counts };
    });
  } catch (error) {
    if (error instanceof MovedOn) return undefined;
    throw error;
  }
}
