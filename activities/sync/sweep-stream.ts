/** After a complete listing: removes what it did not see, in batches, and only then. */
import { Context } from '@temporalio/activity';
import { listCollections } from '../../db/queries/collections.ts';
import { fenced } from '../../db/queries/fence.ts';
import { dropMarks } from '../../db/queries/listing-marks.ts';
import { addRunCounts, noCounts } from '../../db/queries/runs.ts';
import { listStreamCursors, noteSwept, type StreamKey } from '../../db/queries/stream-cursors.ts';
import { openProviderAccess, type ProviderAccess } from '../access/provider-access.ts';
import type { ActivityDeps } from '../deps.ts';
import { integrationGone } from '../failure.ts';
import { storeOf } from '../records/index.ts';
import type { SyncStreamInput } from './sync-stream.ts';

/** As many as a provider confirms in one call. */
const batchSize = 200;

/** Returns how many records went. A repeat goes on with what is left. */
export function createSweepStream(deps: ActivityDeps) {
  return async function sweepStream(input: Omit<SyncStreamInput, 'mode'>): Promise<{ removed: number }> {
    const { integrationId, stream, collectionId } = input;
    const key: StreamKey = { integrationId, stream, collectionId };
    const cursors = await listStreamCursors(deps.db, integrationId);
    const listingId = cursors.find(
      (row) => row.stream === stream && row.collectionId === collectionId,
    )?.sweepListingId;
    if (listingId == null) return { removed: 0 };
    const access = await openProviderAccess(deps, integrationId);
    const definition = access.adapter.streams.find((candidate) => candidate.name === stream);
    if (definition === undefined) throw integrationGone(integrationId);
    const store = storeOf(definition.kind);
    const confirm = await confirmation(deps, access, key);
    const fence = { integrationId, generation: input.generation };

    let removed = 0;
    let afterId = '';
    for (;;) {
      Context.current().cancellationSignal.throwIfAborted();
      const unseen = await store.findUnseen(deps.db, { key, listingId, afterId, limit: batchSize });
      const gone = await confirm(unseen);
      const finished = unseen.length < batchSize;
      await fenced(deps.db, fence, async (tx) => {
        const count = await store.remove(tx, key, gone);
        removed += count;
        await noteSwept(tx, { key, removed: count, finished });
        if (count > 0) await addRunCounts(tx, input.runId, { ...noCounts, deleted: count });
        if (finished) await dropMarks(tx, key);
      });
      Context.current().heartbeat({ removed });
      if (finished) return { removed };
      afterId = unseen.at(-1) as string;
    }
  };
}

/**
 * Where the provider can say for sure that a record does not exist it is asked, so that a listing that was cut short
 * removes nothing. Elsewhere absence from a complete listing is all the evidence there is.
 */
async function confirmation(
  deps: ActivityDeps,
  access: ProviderAccess,
  key: StreamKey,
): Promise<(remoteIds: readonly string[]) => Promise<readonly string[]>> {
  const collections = key.collectionId === '' ? [] : await listCollections(deps.db, key.integrationId);
  const collection = collections.find((row) => row.id === key.collectionId)?.remoteId;
  const signal = Context.current().cancellationSignal;
  return async (remoteIds) => {
    if (remoteIds.length === 0) return remoteIds;
    return access.call(async (session) => {
      if (session.confirmGone === undefined) return remoteIds;
      return session.confirmGone({
        stream: key.stream,
        ...(collection === undefined ? {} : { collection }),
        remoteIds,
        signal,
      });
    });
  };
}
