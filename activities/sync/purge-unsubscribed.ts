import { Context } from '@temporalio/activity';
import { fenced } from '../../db/queries/fence.ts';
import { addRunCounts, noCounts } from '../../db/queries/runs.ts';
import { dropStreamsOfCollection, notePurged } from '../../db/queries/stream-cursors.ts';
import type { ActivityDeps } from '../deps.ts';
import { storeOf } from '../records/index.ts';

const batchSize = 5000;

export interface PurgeUnsubscribedInput {
  readonly integrationId: string;
  readonly provider: string;
  readonly generation: number;
  /** Absent from runs that began before this was passed on: their counts leave it out. */
  readonly runId?: string;
  readonly collectionId: string;
}

/**
 * Removes the records of one unticked collection, counted as deleted by the run, and forgets how far it was read; all others
 * stay untouched.
 */
export function createPurgeUnsubscribed(deps: ActivityDeps) {
  return async function purgeUnsubscribed(input: PurgeUnsubscribedInput): Promise<{ removed: number }> {
    const { integrationId, collectionId, runId } = input;
    const fence = { integrationId, generation: input.generation };
    const { adapter } = deps.provider(input.provider);
    let removed = 0;
    for (const { name: stream, kind } of adapter.streams.filter(({ perCollection }) => perCollection)) {
      const store = storeOf(kind);
      const key = { integrationId, stream, collectionId };
      for (;;) {
        const count = await fenced(deps.db, fence, async (tx) => {
          const deleted = (await store.purgeCollection?.(tx, collectionId, batchSize)) ?? 0;
          await notePurged(tx, key, deleted);
          if (runId !== undefined && deleted > 0) await addRunCounts(tx, runId, { ...noCounts, deleted });
          return deleted;
        });
        removed += count;
        Context.current().heartbeat({ removed });
        if (count < batchSize) break;
      }
    }
    await fenced(deps.db, fence, (tx) => dropStreamsOfCollection(tx, integrationId, collectionId));
    return { removed };
  };
}
