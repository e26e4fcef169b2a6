/** What the worker counts, for Prometheus. Labels are providers, kinds and codes, never a tenant or an id: few series, whatever grows. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ProviderError } from '../providers/contract/index.ts';
import { observeProviderRequests } from './provider-requests.ts';

export const activityMetrics = new Registry();
const registers = [activityMetrics];

const runsFinished = new Counter({
  name: 'harmony_runs_finished_total',
  help: 'Runs that ended, by outcome; reason is the code of the error, or none.',
  labelNames: ['provider', 'outcome', 'reason'] as const,
  registers,
});
const providerCalls = new Histogram({
  name: 'harmony_provider_request_duration_seconds',
  help: 'HTTP requests to providers until the head of the answer, by status; status error: there was none.',
  labelNames: ['provider', 'status'] as const,
  buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  registers,
});
const limitsMet = new Counter({
  name: 'harmony_rate_limits_total',
  help: 'Calls that a limit stopped: refused by the provider, or held back because it had asked for a pause.',
  labelNames: ['provider', 'kind'] as const,
  registers,
});
const limitWaits = new Histogram({
  name: 'harmony_rate_limit_wait_seconds',
  help: 'How long a provider asked us to wait.',
  labelNames: ['provider'] as const,
  buckets: [1, 5, 15, 60, 300, 900, 3600],
  registers,
});
const tokenRefreshes = new Counter({
  name: 'harmony_token_refreshes_total',
  help: 'Refreshes of access tokens, by outcome: ok, or the kind of the failure.',
  labelNames: ['provider', 'outcome'] as const,
  registers,
});
const reconciledAt = new Gauge({
  name: 'harmony_reconcile_last_success_timestamp_seconds',
  help: 'When this worker last completed the platform check; take the newest of all workers.',
  registers,
});

export function noteRunFinished(provider: string, outcome: string, reason = 'none'): void {
  runsFinished.inc({ provider, outcome, reason });
}

export function noteLimitMet(provider: string, kind: 'refused' | 'held_back', failure: ProviderError): void {
  limitsMet.inc({ provider, kind });
  if (failure.retryAfterMs !== undefined) limitWaits.observe({ provider }, failure.retryAfterMs / 1000);
}

export function noteTokenRefresh(provider: string, outcome: string): void {
  tokenRefreshes.inc({ provider, outcome });
}

export const noteReconciled = (): void => reconciledAt.setToCurrentTime();

/** Counts every request to a provider. Call it once a process. */
export function countProviderRequests(): void {
  observeProviderRequests(({ provider }) => {
    const end = providerCalls.startTimer({ provider });
    return (status) => end({ status: status === undefined ? 'error' : String(status) });
  });
}
