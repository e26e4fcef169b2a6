import { WorkflowNotFoundError } from '@temporalio/client';
import type { ActivityDeps } from '../deps.ts';

/** A failed look-up throws: it is never a reason to end or start anything. */
export async function isRunning(deps: ActivityDeps, workflowId: string): Promise<boolean> {
  try {
    const { status } = await deps.temporal.workflow.getHandle(workflowId).describe();
    return status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
