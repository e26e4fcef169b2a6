import { core, noteOf, providerActivities } from './activity-options.ts';
import type { OperationInput } from './messages.ts';

/**
 * Writes one task at the provider. What is to be written lies in Postgres, and so does how it ended. A new task carries
 * an id of ours, so that however often this is interrupted there is one task at the end.
 */
export async function writeTask(input: OperationInput): Promise<{ state: 'done' | 'refused' }> {
  const { integrationId, operationId, provider } = input;
  try {
    return await providerActivities(provider, 'write', 'Write the task').writeTask({
      integrationId,
      operationId,
    });
  } catch (error) {
    await core.refuseTaskWrite({ operationId, provider, failure: noteOf(error) });
    return { state: 'refused' };
  }
}
