/** After a complete listing: removes what it did not see, in batches, and only then. */
import { Context } from '@temporalio/activity';
import { listCollections } from '../../db/queries/collections.ts';
import { fenced } from '../../db/queries/fence.ts';
import { dropMarks, markFound } from '../../db/queries/listing-marks.ts';
import { addRunCounts, noCounts } from '../../db/queries/runs.ts';
import { listStreamCursors, noteSwept, type StreamKey } from '../../db/queries/stream-cursors.ts';
import {
  type Absence,
  type ContactRecord,
  ProviderError,
  type RecordPage,
} from '../../providers/contract/index.ts';
import { openProviderAccess, type ProviderAccess } from '../access/provider-access.ts';
import type { ActivityDeps } from '../deps.ts';
import { integrationGone } from '../failure.ts';
import { storeOf } from '../records/index.ts';
import type { SyncStreamInput } from './sync-stream.ts';

/** As many as are confirmed in one call where the stream says nothing else. */
const usualBatchSize = 200;

/** One activity works this long at most and leaves the rest to the next one. */
const workForMs = 45_000;

/**
 * Returns how many records went. A repeat goes on with what is left: a stream is not read before its sweep is done, so
 * whoever reads it next comes here again.
 */
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
    const settings = await store.loadSettings?.(deps, integrationId);
    const confirm = await confirmation(deps, access, key);
    const fence = { integrationId, generation: input.generation };

    const { workspaceId, userId } = access.integration;
    const limit = definition.confirmAtOnce ?? usualBatchSize;

    const endAtMs = Date.now() + workForMs;
    let removed = 0;
    let afterId = '';
    for (let batch = 0; ; batch += 1) {
      Context.current().cancellationSignal.throwIfAborted();
      const unseen = await store.findUnseen(deps.db, { key, listingId, afterId, limit });
      const absence = await confirm(unseen).catch((error: unknown) => {
        // What was swept stays swept, and the next activity waits for the limit in place of this one.
        if (batch > 0 && error instanceof ProviderError && error.kind === 'rate_limited') return undefined;
        throw error;
      });
      if (absence === undefined) return { removed };
      const { gone, lost = [], renamed = [] } = absence;
      const absent = new Set([...gone, ...lost]);
      const writeRenamed = renamed.length === 0 ? undefined : store.prepare(asPage(renamed), settings);
      const finished = unseen.length < limit;
      removed += await fenced(deps.db, fence, async (tx) => {
        const context = { ...key, workspaceId, userId, runId: input.runId };
        const rewritten = await writeRenamed?.(tx, context);
        const hidden = (await store.hide?.(tx, key, lost)) ?? 0;
        const count = (await store.remove(tx, key, gone, settings)) + hidden - (rewritten?.recordChange ?? 0);
        await noteSwept(tx, { key, removed: count, finished });
        if (count > 0 && !store.plansRemovals)
          await addRunCounts(tx, input.runId, { ...noCounts, deleted: count });
        if (finished) await dropMarks(tx, key);
        else await markFound(tx, { key, listingId, remoteIds: unseen.filter((id) => !absent.has(id)) });
        return count;
      });
      Context.current().heartbeat({ removed });
      if (finished || Date.now() > endAtMs) return { removed };
      afterId = unseen.at(-1) as string;
    }
  };
}

const asPage = (upserts: readonly ContactRecord[]): RecordPage => ({
  ...{ upserts, deletions: [], next: { kind: 'done', cursor: null } },
});

/**
 * Where the provider can say for sure that a record does not exist it is asked, so that a listing that was cut short
 * removes nothing. Elsewhere absence from a complete listing is all the evidence there is.
 */
async function confirmation(
  deps: ActivityDeps,
  access: ProviderAccess,
  key: StreamKey,
): Promise<(remoteIds: readonly string[]) => Promise<Absence>> {
  const collections = key.collectionId === '' ? [] : await listCollections(deps.db, key.integrationId);
  const collection = collections.find((row) => row.id === key.collectionId)?.remoteId;
  const signal = Context.current().cancellationSignal;
  return async (remoteIds) => {
    if (remoteIds.length === 0) return { gone: [] };
    return access.call(async (session) => {
      if (session.confirmGone === undefined) return { gone: remoteIds };
      return session.confirmGone({
        stream: key.stream,
        ...(collection === undefined ? {} : { collection }),
        remoteIds,
        signal,
      });
    });
  };
}
