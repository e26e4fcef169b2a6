import { Context } from '@temporalio/activity';
import { purgeCalendarEvents } from '../../db/queries/calendar-events.ts';
import { fenced } from '../../db/queries/fence.ts';
import { dropStreamsOfCollection } from '../../db/queries/stream-cursors.ts';
import type { ActivityDeps } from '../deps.ts';

const batchSize = 5000;

export interface PurgeUnsubscribedInput {
  readonly integrationId: string;
  readonly generation: number;
  readonly collectionId: string;
}

/** Removes the records of one unticked collection and forgets how far it was read; all others stay untouched. */
export function createPurgeUnsubscribed(deps: ActivityDeps) {
  return async function purgeUnsubscribed(input: PurgeUnsubscribedInput): Promise<{ removed: number }> {
    const { integrationId, collectionId } = input;
    const fence = { integrationId, generation: input.generation };
    let removed = 0;
    for (;;) {
      const count = await fenced(deps.db, fence, (tx) => purgeCalendarEvents(tx, collectionId, batchSize));
      removed += count;
      Context.current().heartbeat({ removed });
      if (count < batchSize) break;
    }
    await fenced(deps.db, fence, (tx) => dropStreamsOfCollection(tx, integrationId, collectionId));
    return { removed };
  };
}
