import { Context } from '@temporalio/activity';
import { fenced } from '../../db/queries/fence.ts';
import { dropStreamsOfCollection } from '../../db/queries/stream-cursors.ts';
import type { ActivityDeps } from '../deps.ts';
import { storeOf } from '../records/index.ts';

const batchSize = 5000;

export interface PurgeUnsubscribedInput {
  readonly integrationId: string;
  readonly provider: string;
  readonly generation: number;
  readonly collectionId: string;
}

/** Removes the records of one unticked collection and forgets how far it was read; all others stay untouched. */
export function createPurgeUnsubscribed(deps: ActivityDeps) {
  return async function purgeUnsubscribed(input: PurgeUnsubscribedInput): Promise<{ removed: number }> {
    const { integrationId, collectionId } = input;
    const fence = { integrationId, generation: input.generation };
    const { adapter } = deps.provider(input.provider);
    let removed = 0;
    for (const kind of new Set(
      adapter.streams.filter((stream) => stream.perCollection).map((stream) => stream.kind),
    )) {
      const store = storeOf(kind);
      for (;;) {
        const count = await fenced(
          deps.db,
          fence,
          async (tx) => store.purgeCollection?.(tx, collectionId, batchSize) ?? 0,
        );
        removed += count;
        Context.current().heartbeat({ removed });
        if (count < batchSize) break;
      }
    }
    await fenced(deps.db, fence, (tx) => dropStreamsOfCollection(tx, integrationId, collectionId));
    return { removed };
  };
}
