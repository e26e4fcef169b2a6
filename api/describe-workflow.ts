import { type Client, type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client';
import type { WorkflowState } from './contract/support-bundle.ts';

/** The state of a workflow in ids, counts and types: messages of failures stay out. */
export async function describeWorkflow(client: Client, workflowId: string): Promise<WorkflowState> {
  try {
    return toState(await client.workflow.getHandle(workflowId).describe());
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { id: workflowId, status: 'NOT_FOUND' };
    throw error;
  }
}

function toState({ raw, ...workflow }: WorkflowExecutionDescription): WorkflowState {
  return {
    id: workflow.workflowId,
    status: workflow.status.name,
    runId: workflow.runId,
    startedAt: workflow.startTime.toISOString(),
    ...(workflow.closeTime === undefined ? {} : { closedAt: workflow.closeTime.toISOString() }),
    historyLength: workflow.historyLength,
    pendingChildren: (raw.pendingChildren ?? []).map((child) => child.workflowId ?? ''),
    pendingActivities: (raw.pendingActivities ?? []).map((activity) => {
      const failureType = activity.lastFailure?.applicationFailureInfo?.type;
      const next = activity.scheduledTime?.seconds;
      return {
        type: activity.activityType?.name ?? '',
        attempt: activity.attempt ?? 1,
        ...(failureType ? { lastFailureType: failureType } : {}),
        ...(next ? { nextAttemptAt: new Date(Number(next) * 1000).toISOString() } : {}),
      };
    }),
  };
}
