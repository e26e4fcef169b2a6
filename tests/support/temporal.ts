/** A real Temporal dev server for one test file, and a worker that runs the real workflows on given activities. */
import type { Duration } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import type { CoreActivities, ProviderActivities } from '../../activities/index.ts';
import { findTemporalCli } from '../../dev/temporal-cli.ts';
import { prepareWorkflowBundle } from '../../worker/workflow-bundle.ts';
import { providerTaskQueue, workflowTaskQueue } from '../../workflows/messages.ts';
import { searchAttributes } from '../../workflows/start-options.ts';

/** Warnings that tests provoke on purpose (cancelled activities, refused updates) stay out of the output. */
Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });

export async function startTemporal(): Promise<TestWorkflowEnvironment> {
  return TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: await findTemporalCli() },
      searchAttributes: Object.values(searchAttributes),
      log: { format: 'pretty', level: 'error' },
    },
  });
}

export interface WorkerHandle {
  stop(): Promise<void>;
}

/**
 * Runs the workflows with these activities; a provider's on its own queue, as in production. `workflowBundle`: other
 * code than today's. Each has a connection of its own, so that several may run side by side.
 */
export async function startTestWorker(
  environment: TestWorkflowEnvironment,
  activities: { core: Partial<CoreActivities>; provider: Partial<ProviderActivities>; providerId: string },
  options: { workflowBundle?: WorkflowBundleOption; maxHeartbeatThrottleInterval?: Duration } = {},
): Promise<WorkerHandle> {
  const connection = await NativeConnection.connect({ address: environment.address });
  const shared = {
    connection,
    maxHeartbeatThrottleInterval: options.maxHeartbeatThrottleInterval ?? '200 milliseconds',
    // Many are held at once.
    maxConcurrentActivityTaskExecutions: 300,
  } as const;
  const workers = await Promise.all([
    Worker.create({
      ...shared,
      taskQueue: workflowTaskQueue,
      workflowBundle: options.workflowBundle ?? (await prepareWorkflowBundle()),
      activities: activities.core,
      // As in production: each task replays its workflow.
      maxCachedWorkflows: 0,
    }),
    Worker.create({
      ...shared,
      taskQueue: providerTaskQueue(activities.providerId),
      activities: activities.provider,
    }),
  ]);
  const running = Promise.all(workers.map((worker) => worker.run()));
  return {
    async stop() {
      for (const worker of workers) worker.shutdown();
      await running;
      await connection.close();
    },
  };
}
