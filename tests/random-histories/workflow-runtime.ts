/**
 * Runs the real workflow code without a server: activities are called straight, retried as their options say, and a
 * worker that died in one is replaced before the next attempt. A test file mocks `@temporalio/workflow` with this.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { ActivityFailure, ApplicationFailure, RetryState } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { ActivityOptions } from '@temporalio/workflow';

/** Failures are the daily bread of a history. */
const quiet = new DefaultLogger('ERROR', () => {});

type Activity = (...args: unknown[]) => Promise<unknown>;

/** Who works for the workflow that runs now. */
export interface Crew {
  /** A living worker's activity. */
  activity(name: string): Activity;
  /** Time goes by between attempts. */
  wait(ms: number): Promise<void>;
  readonly workflowId: string;
}

const crews = new AsyncLocalStorage<Crew>();

/** Runs a workflow with a crew; one inside another, as when a second run overtakes the first and may outlive it. */
export function withCrew<T>(crew: Crew, run: () => Promise<T>): Promise<T> {
  return crews.run(crew, run);
}

/** No transaction that gave way waits so long, and chance has no part in any wait that does. */
const shortestWaitMs = 250;

/** Of an activity that waits for somebody else. */
export async function pause<T>(ms: number, value?: T): Promise<T | undefined> {
  const mine = ms < shortestWaitMs ? undefined : crews.getStore();
  await (mine === undefined ? new Promise((resolve) => setTimeout(resolve, ms)) : mine.wait(ms));
  return value;
}

/** More than any fault schedule lasts; real policies go on for half an hour. */
const mostAttempts = 12;
const firstDelayMs = 1000;

function call(name: string, options: ActivityOptions): Activity {
  return async (...args) => {
    const mine = crews.getStore();
    if (mine === undefined) throw new Error('no workflow runs');
    const attempts = Math.min(options.retry?.maximumAttempts ?? mostAttempts, mostAttempts);
    for (let attempt = 1; ; attempt++) {
      const environment = new MockActivityEnvironment(
        { attempt, activityType: name, workflowExecution: { workflowId: mine.workflowId, runId: 'first' } },
        { logger: quiet },
      );
      try {
        return await environment.run(mine.activity(name), ...args);
      } catch (error) {
        const failure = error instanceof ApplicationFailure ? error : undefined;
        if (failure?.nonRetryable || attempt >= attempts) throw failed(name, failure ?? error);
        const delay = failure?.nextRetryDelay;
        await mine.wait(typeof delay === 'number' ? delay : firstDelayMs * 2 ** (attempt - 1));
      }
    }
  };
}

function failed(name: string, cause: unknown): ActivityFailure {
  const reason = cause instanceof Error ? cause : new Error(String(cause));
  return new ActivityFailure(
    `${name} failed`,
    name,
    name,
    RetryState.NON_RETRYABLE_FAILURE,
    'worker',
    reason,
  );
}

/** What replaces the exports of `@temporalio/workflow` that a sync uses. */
export const workflowShim = {
  proxyActivities: (options: ActivityOptions) =>
    new Proxy({}, { get: (_target, name) => call(String(name), options) }),
  setCurrentDetails: () => {},
  log: { warn: () => {} },
  isCancellation: () => false,
  sleep: (ms: number) => crews.getStore()?.wait(ms),
  CancellationScope: { nonCancellable: <T>(run: () => Promise<T>) => run() },
};
