import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import { reconcileScheduleId, workflowTaskQueue, workflowTypes } from '../workflows/messages.ts';

/** The platform's one Schedule; made by the first worker that starts, left alone by the others. */
export async function ensureReconcileSchedule(client: Client): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId: reconcileScheduleId,
      spec: { intervals: [{ every: '5 minutes' }] },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' },
      action: {
        type: 'startWorkflow',
        workflowType: workflowTypes.reconcile,
        workflowId: reconcileScheduleId,
        taskQueue: workflowTaskQueue,
        args: [],
        staticSummary: 'Compares Postgres with what runs',
      },
      state: { triggerImmediately: true },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}
