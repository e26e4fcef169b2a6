import { CancellationScope, log, setCurrentDetails } from '@temporalio/workflow';
import { core, providerActivities } from './activity-options.ts';
import type { DeleteInput } from './messages.ts';

/**
 * Delete, once begun, goes through: hides the integration and fences off every writer, ends what we hold at the
 * provider as far as it lets us, then removes tokens, mirrors and (where asked) records.
 */
export async function deleteIntegration(input: DeleteInput): Promise<{ removed: number }> {
  return CancellationScope.nonCancellable(async () => {
    const { integrationId, provider, records } = input;
    setCurrentDetails('Hiding the integration and fencing off its writers');
    await core.tombstone({ integrationId });
    const calls = providerActivities(provider, 'check', 'End what Harmony holds at the provider');
    await asFarAsPossible('Stopping its push subscriptions', () => calls.stopWatches({ integrationId }));
    await asFarAsPossible('Revoking the grant', () => calls.revokeGrant({ integrationId }));
    setCurrentDetails('Removing its tokens, mirrors and records');
    return core.purge({ integrationId, provider, records });
  });
}

/** A provider that is away or has revoked us already must not keep a person's data from being removed. */
async function asFarAsPossible(step: string, run: () => Promise<unknown>): Promise<void> {
  setCurrentDetails(step);
  try {
    await run();
  } catch (error) {
    log.warn(`${step} did not succeed; going on`, { error });
  }
}
