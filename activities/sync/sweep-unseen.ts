/** Removes what a complete listing did not see, in batches. */
import { Context } from '@temporalio/activity';
import { fenced } from '../../db/queries/fence.ts';
import { markFound, tallyListing } from '../../db/queries/listing-marks.ts';
import { addRunCounts, addRunNotice, noCounts } from '../../db/queries/runs.ts';
import { endSweep, noteSwept } from '../../db/queries/stream-cursors.ts';
import {
  type Absence,
  type ContactRecord,
  ProviderError,
  type RecordPage,
} from '../../providers/contract/index.ts';
import type { ActivityDeps } from '../deps.ts';
import { storeOf } from '../records/index.ts';
import { describeShortListing } from './short-listing.ts';
import type { StreamReader } from './stream-reader.ts';

/** As many as are confirmed in one call where the stream says nothing else. */
const usualBatchSize = 200;

export interface Swept {
  readonly removed: number;
  /** Nothing is left that the listing did not see. */
  readonly finished: boolean;
}

/** A repeat goes on with what is left: a stream is not read again before its sweep is finished. */
export async function sweepUnseen(
  deps: ActivityDeps,
  reader: StreamReader,
  {
    listingId,
    endAtMs,
  }: {
    /** The complete listing after which the stream has still to be swept. */
    listingId: string;
    /** No batch begins after this time; the first one always does. */
    endAtMs: number;
  },
): Promise<Swept> {
  const { access, definition, fence, key, runId, settings } = reader;
  const store = storeOf(definition.kind);
  const confirm = confirmation(reader);
  const { workspaceId, userId } = access.integration;
  const limit = definition.confirmAtOnce ?? usualBatchSize;

  let removed = 0;
  let afterId = '';
  for (let batch = 0; ; batch += 1) {
    Context.current().cancellationSignal.throwIfAborted();
    const unseen = await store.findUnseen(deps.db, { key, listingId, afterId, limit });
    if (unseen.length === 0) {
      const notice = describeShortListing(reader, await tallyListing(deps.db, { key, listingId }));
      if (notice === undefined) await endSweep(deps.db, fence, key);
      else
        await fenced(deps.db, fence, async (tx) => {
          await addRunNotice(tx, runId, notice);
          await noteSwept(tx, { key, removed: 0, finished: true });
        });
      return { removed, finished: true };
    }
    const absence = await confirm(unseen).catch((error: unknown) => {
      // What was swept stays swept, and the next activity waits for the limit in place of this one.
      if (batch > 0 && error instanceof ProviderError && error.kind === 'rate_limited') return undefined;
      throw error;
    });
    if (absence === undefined) return { removed, finished: false };
    const { gone, lost = [], renamed = [] } = absence;
    const absent = new Set([...gone, ...lost]);
    const moved = new Set(renamed.flatMap(({ formerRemoteIds = [] }) => formerRemoteIds));
    const found = unseen.filter((id) => !absent.has(id) && !moved.has(id));
    const elsewhere = unseen.filter((id) => !absent.has(id) && moved.has(id));
    const writeRenamed = renamed.length === 0 ? undefined : store.prepare(asPage(renamed), settings);
    const finished = unseen.length < limit;
    const swept = await fenced(deps.db, fence, async (tx) => {
      if ((await store.holdSettings?.(tx, key, settings)) === false) return undefined;
      const context = { ...key, workspaceId, userId, runId };
      const rewritten = await writeRenamed?.(tx, context);
      const hidden = (await store.hide?.(tx, key, lost)) ?? 0;
      const removed = gone.length === 0 ? 0 : await store.remove(tx, key, gone, settings);
      const count = removed + hidden - (rewritten?.recordChange ?? 0);
      if (count > 0 && !store.plansRemovals) await addRunCounts(tx, runId, { ...noCounts, deleted: count });
      await markFound(tx, { key, listingId, remoteIds: found });
      await markFound(tx, { key, listingId, remoteIds: elsewhere, elsewhere: true });
      if (finished) {
        const notice = describeShortListing(reader, await tallyListing(tx, { key, listingId }));
        if (notice !== undefined) await addRunNotice(tx, runId, notice);
      }
      await noteSwept(tx, { key, removed: count, finished });
      return count;
    });
    // A person changed settings: the next activity goes by the new ones.
    if (swept === undefined) return { removed, finished: false };
    removed += swept;
    Context.current().heartbeat({ removed });
    if (finished || Date.now() > endAtMs) return { removed, finished };
    afterId = unseen.at(-1) as string;
  }
}

const asPage = (upserts: readonly ContactRecord[]): RecordPage => ({
  ...{ upserts, deletions: [], next: { kind: 'done', cursor: null } },
});

/**
 * Where the provider can say for sure that a record does not exist it is asked, so that a listing that was cut short
 * removes nothing. Elsewhere absence from a complete listing is all the evidence there is.
 */
function confirmation({
  access,
  key,
  collection,
}: StreamReader): (remoteIds: readonly string[]) => Promise<Absence> {
  const { stream } = key;
  const signal = Context.current().cancellationSignal;
  return async (remoteIds) => {
    return access.call(async (session) => {
      if (session.confirmGone === undefined) return { gone: remoteIds };
      const within = collection === undefined ? {} : { collection };
      return session.confirmGone({ stream, ...within, remoteIds, signal });
    });
  };
}
