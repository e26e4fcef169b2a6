import { CancellationScope, log, setCurrentDetails, sleep } from '@temporalio/workflow';
import { core, providerActivities } from './activity-options.ts';
import type { DeleteInput } from './messages.ts';

/**
 * Delete, once begun, goes through: hides the integration and fences off every writer, ends what we hold at the
 * provider as far as it lets us, then removes mirrors and (where asked) records. Only the end of the grant may have to
 * wait, for a sign-in that may be about to live on it; the tokens are kept until then.
 */
export async function deleteIntegration(input: DeleteInput): Promise<{ removed: number }> {
  return CancellationScope.nonCancellable(async () => {
    const { integrationId, provider, records } = input;
    setCurrentDetails('Hiding the integration and fencing off its writers');
    await core.tombstone({ integrationId });
    const calls = providerActivities(provider, 'check', 'End what Harmony holds at the provider');
    await asFarAsPossible('Stopping its push subscriptions', () => calls.stopWatches({ integrationId }));
    const endGrant = async (evenDuringSignIns = false): Promise<boolean> => {
      const answer = await asFarAsPossible('Revoking the grant', () =>
        calls.revokeGrant({ integrationId, evenDuringSignIns }),
      );
      return answer?.outcome !== 'later';
    };
    let isEnded = await endGrant();
    setCurrentDetails('Removing its mirrors and records');
    const { removed } = await core.purge({ integrationId, provider, records });
    let waitedMs = 0;
    for (let pauseMs = 1000; !isEnded; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      setCurrentDetails(
        'Its data is gone. The grant is revoked once a sign-in that is under way, perhaps of the same account, has ended',
      );
      await sleep(pauseMs, { summary: 'Wait for a sign-in to end' });
      waitedMs += pauseMs;
      isEnded = await endGrant(waitedMs > longestWaitMs);
    }
    await core.forgetIntegration({ integrationId });
    return { removed };
  });
}

const longestPauseMs = 15_000;
/** A sign-in takes ten minutes at most; where one follows the other without end, the grant is revoked all the same. */
const longestWaitMs = 60 * 60 * 1000;

/** A provider that is away or has revoked us already must not keep a person's data from being removed. */
async function asFarAsPossible<T>(step: string, run: () => Promise<T>): Promise<T | undefined> {
  setCurrentDetails(step);
  try {
    return await run();
  } catch (error) {
    log.warn(`${step} did not succeed; going on`, { error });
    return undefined;
  }
}
