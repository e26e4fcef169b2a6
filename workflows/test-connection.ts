import { providerActivities } from './activity-options.ts';
import type { ConnectionReport, OperationInput } from './messages.ts';

/** Test Connection: outside the line of operations, so that it answers while a sync runs. */
export async function testConnection(input: OperationInput): Promise<ConnectionReport> {
  const { integrationId, provider } = input;
  return providerActivities(provider, 'once', 'Check token, account, scopes and reading').testConnection({
    integrationId,
    provider,
  });
}
