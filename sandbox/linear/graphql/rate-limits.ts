/** Leaky buckets that refill at a constant rate, and the headers that report them. In memory: a restart refills them. */
import type { Clock } from '../../core/clock.ts';

const PERIOD_MS = 3_600_000;

export interface Allowance {
  requests: number;
  complexity: number;
}

/** One limit as it stands after a request. */
export interface Limit {
  type: 'request' | 'complexity';
  allowed: number;
  requested: number;
  remaining: number;
  /** When it will be full again, ms since the epoch. */
  resetMs: number;
}

interface Bucket {
  used: number;
  atMs: number;
}

export class RateLimits {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Takes one request and its complexity from the caller's buckets. Where one is too full nothing is taken and
   * `isExceeded` is true.
   */
  take(
    key: string,
    allowance: Allowance,
    complexity: number,
    isEnforced: boolean,
  ): { isExceeded: boolean; limits: Limit[] } {
    const wanted = [
      { type: 'request', allowed: allowance.requests, requested: 1 },
      { type: 'complexity', allowed: allowance.complexity, requested: complexity },
    ] as const;
    const buckets = wanted.map(({ type, allowed }) => this.#drained(`${type} ${key}`, allowed));
    const isFull = wanted.some(
      ({ allowed, requested }, i) => (buckets[i] as Bucket).used + requested > allowed,
    );
    const isExceeded = isEnforced && isFull;
    const limits = wanted.map(({ type, allowed, requested }, i) => {
      const bucket = buckets[i] as Bucket;
      if (!isExceeded) bucket.used = Math.min(allowed, bucket.used + requested);
      return {
        type,
        allowed,
        requested,
        remaining: Math.max(0, Math.floor(allowed - bucket.used)),
        resetMs: Math.ceil(bucket.atMs + (bucket.used / allowed) * PERIOD_MS),
      };
    });
    return { isExceeded, limits };
  }

  clear(): void {
    this.#buckets.clear();
  }

  #drained(key: string, allowed: number): Bucket {
    const nowMs = this.#clock.now();
    const bucket = this.#buckets.get(key) ?? { used: 0, atMs: nowMs };
    bucket.used = Math.max(0, bucket.used - ((nowMs - bucket.atMs) / PERIOD_MS) * allowed);
    bucket.atMs = nowMs;
    this.#buckets.set(key, bucket);
    return bucket;
  }
}

export function limitHeaders(limits: readonly Limit[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const limit of limits) {
    const name = limit.type === 'request' ? 'Requests' : 'Complexity';
    headers[`X-RateLimit-${name}-Limit`] = String(limit.allowed);
    headers[`X-RateLimit-${name}-Remaining`] = String(limit.remaining);
    headers[`X-RateLimit-${name}-Reset`] = String(limit.resetMs);
    if (limit.type === 'complexity') headers['X-Complexity'] = String(limit.requested);
  }
  return headers;
}
