/** Notion's two limits: fixed windows of requests, one per connection and one per workspace. Counted in memory. */
import type { Clock } from '../core/clock.ts';
import type { Connection } from './connections.ts';
import { rateLimited } from './errors.ts';
import type { NotionSettings } from './settings.ts';

interface Window {
  endsAtMs: number;
  used: number;
}

export class RateLimits {
  readonly #clock: Clock;
  readonly #windows = new Map<string, Window>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts one request. Throws 429 where either budget is used up; a refused request costs nothing. */
  take(connection: Connection, settings: NotionSettings): void {
    const own = this.#check({
      key: `connection ${connection.grantId}`,
      limit: settings.connectionLimitRequests,
      windowMs: settings.connectionLimitWindowSeconds * 1000,
      reason: 'public_api_request_rate_limit',
    });
    const shared = this.#check({
      key: `workspace ${connection.workspace}`,
      limit: settings.workspaceLimitRequests,
      windowMs: settings.workspaceLimitWindowSeconds * 1000,
      reason: 'public_api_space_request_rate_limit',
    });
    if (own !== undefined) own.used++;
    if (shared !== undefined) shared.used++;
  }

  clear(): void {
    this.#windows.clear();
  }

  #check(order: { key: string; limit: number; windowMs: number; reason: string }): Window | undefined {
    if (order.limit === 0) return undefined;
    const now = this.#clock.now();
    let window = this.#windows.get(order.key);
    if (window === undefined || window.endsAtMs <= now || window.endsAtMs > now + order.windowMs) {
      window = { endsAtMs: now + order.windowMs, used: 0 };
      this.#windows.set(order.key, window);
    }
    if (window.used >= order.limit) throw rateLimited(order.reason, (window.endsAtMs - now) / 1000);
    return window;
  }
}
