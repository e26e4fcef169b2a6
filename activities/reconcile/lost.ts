/** Telling what is lost from what runs, or is on its way. */
import { WorkflowNotFoundError } from '@temporalio/client';
import type { ActivityDeps } from '../deps.ts';

/** What is younger than this may be on its way from the API to its workflow. */
const youngForMs = 60_000;

/** Since when (ISO 8601) a run or write without a workflow is lost, and not only on its way. */
export const lostSince = (): string => new Date(Date.now() - youngForMs).toISOString();

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
