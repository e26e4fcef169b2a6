import { CancellationScope, isCancellation, setCurrentDetails, sleep } from '@temporalio/workflow';
import type { RunPlan } from '../activities/sync/begin-run.ts';
import type { FinishRunInput } from '../activities/sync/finish-run.ts';
import { core, noteOf, providerActivities } from './activity-options.ts';
import type { SyncInput, SyncOutcome } from './messages.ts';

/**
 * One sync run: takes the integration over, reads what there is to read stream by stream, and says how it ended. It
 * never fails: a failure is an outcome that the person and the operator can read.
 */
export async function sync(input: SyncInput): Promise<SyncOutcome> {
  const { integrationId, runId, operationId, mode, trigger, failuresInARow } = input;
  const run = { integrationId, runId, operationId, mode, trigger, failuresInARow };
  try {
    const plan = await core.beginRun(input);
    // By half of a listing nobody is planned: who was renamed, or merged into whom, only the whole of it tells.
    if (readsProvider(input) || plan.isHalfRead === true) await readEverything(input, plan);
    const end = plan.plansContacts ? await carryOver(input, plan) : succeeded;
    return await core.finishRun({ ...run, ...end });
  } catch (error) {
    const cancelled = isCancellation(error);
    const outcome = await CancellationScope.nonCancellable(() =>
      core.finishRun({
        ...run,
        ...(cancelled
          ? { status: 'cancelled' as const }
          : { status: 'failed' as const, failure: noteOf(error) }),
      }),
    );
    setCurrentDetails(outcome.summary);
    return outcome;
  }
}

const succeeded = { status: 'succeeded' } as const;

/** Edits in Harmony are carried over without asking what is new at the provider, but for a listing that broke off. */
const readsProvider = ({ trigger }: SyncInput): boolean => trigger !== 'edit';

async function readEverything(input: SyncInput, plan: RunPlan): Promise<void> {
  const { integrationId, provider, runId } = input;
  const { generation } = plan;
  if (plan.refreshCollections) {
    await providerActivities(provider, 'sync', 'List what can be ticked').refreshCollections({
      integrationId,
    });
  }
  for (const collectionId of plan.unsubscribed) {
    await core.purgeUnsubscribed({ integrationId, provider, generation, runId, collectionId });
  }
  const expired: string[] = [];
  for (const { stream, label, collectionId } of await core.listStreams(input)) {
    const where = { integrationId, generation, runId, stream, collectionId };
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

/** Plan, write, and plan again what moved meanwhile: so many rounds are enough for all but somebody who edits without end. */
const mostRounds = 5;

/** What still backs off after as many waits is left to the next sync. */
const mostWaits = 5;

/** Carries contacts over both ways: plans what changed on either side, then writes at the provider. */
async function carryOver(
  input: SyncInput,
  { generation }: RunPlan,
): Promise<Pick<FinishRunInput, 'status' | 'failure' | 'attention'>> {
  const { integrationId, provider, runId } = input;
  const where = { integrationId, provider, generation, runId };
  const intents = { integrationId, generation, runId, isRead: readsProvider(input) };
  const calls = providerActivities(provider, 'sync', 'Write contacts');
  for (let round = 0; round < mostRounds; round += 1) {
    setCurrentDetails('Planning contacts');
    let plan = await core.planContacts(where);
    let planned = plan.planned;
    while (plan.next === 'more') {
      plan = await core.planContacts(where);
      planned += plan.planned;
    }
    if (plan.next === 'parked') {
      return { status: 'parked', ...(plan.attention === undefined ? {} : { attention: plan.attention }) };
    }
    setCurrentDetails('Writing contacts');
    let write = await calls.writeContacts(intents);
    let pushed = write.pushed;
    for (let waits = 0; write.next === 'more' || (write.next === 'later' && waits < mostWaits); ) {
      if (write.next === 'later') {
        waits += 1;
        await sleep(write.waitMs ?? 1000, { summary: 'A write backs off' });
      }
      write = await calls.writeContacts(intents);
      pushed += write.pushed;
    }
    if (write.next === 'blocked') {
      const missing = write.missing === undefined ? {} : { missing: write.missing };
      return { status: 'failed', failure: { type: 'WriteRefused', ...missing } };
    }
    if (planned === 0 || pushed === 0) break;
  }
  return succeeded;
}
