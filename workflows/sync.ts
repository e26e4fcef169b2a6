import { CancellationScope, isCancellation, setCurrentDetails } from '@temporalio/workflow';
import { core, noteOf, providerActivities } from './activity-options.ts';
import type { SyncInput, SyncOutcome } from './messages.ts';

/**
 * One sync run: takes the integration over, reads what there is to read stream by stream, and says how it ended. It
 * never fails: a failure is an outcome that the person and the operator can read.
 */
export async function sync(input: SyncInput): Promise<SyncOutcome> {
  const { integrationId, runId, failuresInARow } = input;
  try {
    await readEverything(input);
    return await core.finishRun({ integrationId, runId, status: 'succeeded', failuresInARow });
  } catch (error) {
    const cancelled = isCancellation(error);
    const outcome = await CancellationScope.nonCancellable(() =>
      core.finishRun({
        integrationId,
        runId,
        failuresInARow,
        ...(cancelled
          ? { status: 'cancelled' as const }
          : { status: 'failed' as const, failure: noteOf(error) }),
      }),
    );
    setCurrentDetails(outcome.summary);
    return outcome;
  }
}

async function readEverything(input: SyncInput): Promise<void> {
  const { integrationId, provider } = input;
  const plan = await core.beginRun(input);
  if (plan.refreshCollections) {
    await providerActivities(provider, 'sync', 'List what can be ticked').refreshCollections({
      integrationId,
    });
  }
  for (const collectionId of plan.unsubscribed) {
    await core.purgeUnsubscribed({ integrationId, provider, generation: plan.generation, collectionId });
  }
  const expired: string[] = [];
  for (const { stream, label, collectionId } of await core.listStreams(input)) {
    const where = { integrationId, generation: plan.generation, runId: input.runId, stream, collectionId };
    const calls = providerActivities(provider, 'sync', label);
    let read = 0;
    for (;;) {
      setCurrentDetails(`Reading ${label} ${collectionId}: ${read} so far`);
      const result = await calls.syncStream({ ...where, mode: input.mode });
      read += result.read;
      if (result.cursorExpired) expired.push(collectionId);
      if (result.next === 'sweep') await calls.sweepStream(where);
      else if (result.next === 'done') break;
    }
  }
  if (plan.hasWatches) {
    await providerActivities(provider, 'sync', 'Keep pushes coming').ensureWatches({
      integrationId,
      renew: expired,
    });
  }
}
