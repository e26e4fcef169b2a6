import { isCancellation } from '@temporalio/workflow';
import { core } from './activity-options.ts';
import type { PlanInput } from './messages.ts';

/** Works out what a change of direction or mappings would do: beside the line of operations, since it writes nothing. */
export async function computePlan(input: PlanInput): Promise<void> {
  const { integrationId, provider, planId } = input;
  try {
    await core.computePlan({ integrationId, provider, planId });
  } catch (error) {
    await core.failPlan({ planId });
    if (isCancellation(error)) throw error;
  }
}
