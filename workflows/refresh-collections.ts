import { providerActivities } from './activity-options.ts';
import type { OperationInput, RefreshOutcome } from './messages.ts';

/** Refresh List: brings in what can be ticked now and keeps every choice. */
export async function refreshCollections(input: OperationInput): Promise<RefreshOutcome> {
  const { integrationId, provider } = input;
  return providerActivities(provider, 'person', 'List what can be ticked').refreshCollections({
    integrationId,
  });
}
