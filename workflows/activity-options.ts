/** How activities are called: on which queue, with which ceilings. Every retry ends, and then a person sees why. */
import {
  ActivityFailure,
  type ActivityOptions,
  ApplicationFailure,
  proxyActivities,
} from '@temporalio/workflow';
import type { FailureNote } from '../activities/attention.ts';
import type { CoreActivities, ProviderActivities } from '../activities/index.ts';
import { providerTaskQueue } from './messages.ts';

const heartbeatTimeout = '15 seconds';

/** Postgres only: a lost database is waited for, up to an hour. */
const coreOptions: ActivityOptions = {
  startToCloseTimeout: '10 minutes',
  scheduleToCloseTimeout: '1 hour',
  heartbeatTimeout,
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '30 seconds' },
};

export const core = proxyActivities<CoreActivities>(coreOptions);

const patience = {
  /** A sync's calls: a provider may be away or limiting for this long before the run gives up. */
  sync: {
    scheduleToCloseTimeout: '30 minutes',
    retry: { maximumAttempts: 12, maximumInterval: '2 minutes' },
  },
  /** The idle check, which comes again by itself. */
  check: {
    scheduleToCloseTimeout: '5 minutes',
    retry: { maximumAttempts: 4, maximumInterval: '30 seconds' },
  },
  /** Somebody is waiting for the answer. */
  person: {
    scheduleToCloseTimeout: '40 seconds',
    retry: { maximumAttempts: 3, maximumInterval: '5 seconds' },
  },
  /** What a person wants written: it goes on after they stopped waiting. */
  write: {
    scheduleToCloseTimeout: '15 minutes',
    retry: { maximumAttempts: 40, maximumInterval: '30 seconds' },
  },
  /** Asked once: the answer is a report of what failed. */
  once: { scheduleToCloseTimeout: '45 seconds', retry: { maximumAttempts: 1 } },
} satisfies Record<string, ActivityOptions>;

/** The activities of one provider, on that provider's own queue. */
export function providerActivities(provider: string, kind: keyof typeof patience, summary?: string) {
  const { retry, ...ceiling } = patience[kind];
  return proxyActivities<ProviderActivities>({
    taskQueue: providerTaskQueue(provider),
    startToCloseTimeout: '3 minutes',
    heartbeatTimeout,
    retry: { initialInterval: '1 second', backoffCoefficient: 2, ...retry },
    ...ceiling,
    ...(summary === undefined ? {} : { summary }),
  });
}

/** What a failed activity was about, in the plain form that activities explain to people. */
export function noteOf(error: unknown): FailureNote {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (!(cause instanceof ApplicationFailure)) return { type: 'ProviderUnavailable' };
  const { missing, credentialVersion } = (cause.details?.[0] ?? {}) as Partial<FailureNote>;
  return {
    type: cause.type ?? 'Internal',
    ...(missing === undefined ? {} : { missing }),
    ...(credentialVersion === undefined ? {} : { credentialVersion }),
  };
}
