import { type NativeConnection, Worker } from '@temporalio/worker';
import type { createActivities } from '../activities/index.ts';
import type { Tracing } from '../platform/tracing.ts';
import { adapters } from '../providers/registry.ts';
import { providerTaskQueue, workflowTaskQueue } from '../workflows/messages.ts';

export interface WorkerSetup {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly workflowBundle: { readonly codePath: string };
  readonly activities: ReturnType<typeof createActivities>;
  readonly tracing?: Tracing | undefined;
}

export interface RunningWorkers {
  /** Settles when all have stopped; rejects when one failed. */
  readonly run: Promise<void>;
  shutdown(): void;
}

/** Cancellation reaches an activity with its next heartbeat, so heartbeats must not be held back for long. */
const maxHeartbeatThrottleInterval = '2 seconds';

/** One worker for workflows and the activities that touch no provider, one for each provider's activities. */
export async function startWorkers(setup: WorkerSetup): Promise<RunningWorkers> {
  const { connection, namespace, workflowBundle, activities, tracing } = setup;
  const shared = {
    connection,
    namespace,
    maxHeartbeatThrottleInterval,
    shutdownGraceTime: '5 seconds',
    ...tracing?.workerOptions,
  } as const;
  const workers = await Promise.all([
    Worker.create({
      ...shared,
      taskQueue: workflowTaskQueue,
      workflowBundle,
      activities: activities.core,
      // Tasks of those it kept would wait in a queue of its own, first come, first served: no fairness between tenants (0017).
      maxCachedWorkflows: 0,
      maxConcurrentWorkflowTaskExecutions: 10,
      maxConcurrentActivityTaskExecutions: 20,
    }),
    ...adapters.map((adapter) =>
      Worker.create({
        ...shared,
        taskQueue: providerTaskQueue(adapter.id),
        activities: activities.provider,
        maxConcurrentActivityTaskExecutions: 10,
      }),
    ),
  ]);
  const shutdown = (): void => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  const run = Promise.all(workers.map((worker) => worker.run())).then(
    () => undefined,
    (error: unknown) => {
      shutdown();
      throw error;
    },
  );
  return { run, shutdown };
}
