import { providerActivities } from './activity-options.ts';
import type { OperationInput, SyncUsersOutcome } from './messages.ts';

/** Sync Users: reads the people of the other side and maps those whose e-mail a Harmony user has, too. */
export async function syncUsers(input: OperationInput): Promise<SyncUsersOutcome> {
  const { integrationId, provider } = input;
  return providerActivities(provider, 'person', 'List the people').syncUsers({ integrationId });
}
