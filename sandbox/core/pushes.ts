/** Delivers push notifications, or misbehaves as a check ordered. What waits is lost with the process, as it may be live. */
import { z } from 'zod';
import type { ProviderId } from './provider-id.ts';

export const pushOrder = z.strictObject({
  mode: z.enum(['deliver', 'hold', 'duplicate', 'reorder', 'drop']),
});
export type PushMode = z.infer<typeof pushOrder>['mode'];

export interface Push {
  provider: ProviderId;
  /** The channel or webhook; first attempts of one target leave one after another. */
  target: string;
  url: string;
  /** Made for each attempt, so that a signature can be fresh. `attempt` starts at 1. */
  build: (attempt: number) => { headers: Record<string, string>; body?: string };
  isDelivered: (status: number) => boolean;
  /** Whether to try again; status is undefined where no answer came. */
  isRetried: (status: number | undefined) => boolean;
  /** Waits before the second, third … attempt; as long as the list is the number of retries. */
  retryDelaysMs: readonly number[];
  timeoutMs: number;
  onDelivered?: () => void;
  onGivenUp?: () => void;
}

/** How long `reorder` collects before it sends in reverse. */
const REORDER_WINDOW_MS = 300;

export class Pushes {
  #mode: PushMode = 'deliver';
  #waiting: Push[] = [];
  #reorderTimer: NodeJS.Timeout | undefined;
  readonly #tails = new Map<string, Promise<void>>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #closing = new AbortController();
  readonly #counts = { delivered: 0, failed: 0, dropped: 0 };

  get status(): { mode: PushMode; waiting: number; delivered: number; failed: number; dropped: number } {
    return { mode: this.#mode, waiting: this.#waiting.length, ...this.#counts };
  }

  /** Changes the mode; what was held goes out under the new one. */
  setMode(mode: PushMode): void {
    this.#mode = mode;
    if (mode === 'hold') return;
    const held = this.#waiting;
    this.#waiting = [];
    for (const push of held) this.send(push);
  }

  send(push: Push): void {
    if (this.#closing.signal.aborted) return;
    if (this.#mode === 'drop') this.#counts.dropped++;
    else if (this.#mode === 'hold') this.#waiting.push(push);
    else if (this.#mode === 'reorder') this.#collect(push);
    else {
      this.#queue(push);
      if (this.#mode === 'duplicate') this.#queue(push);
    }
  }

  /** Forgets what was held or would have been tried again. */
  clear(): void {
    this.#waiting = [];
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#mode = 'deliver';
  }

  close(): void {
    this.#closing.abort();
    clearTimeout(this.#reorderTimer);
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #collect(push: Push): void {
    this.#waiting.push(push);
    this.#reorderTimer ??= setTimeout(() => {
      this.#reorderTimer = undefined;
      if (this.#mode !== 'reorder') return;
      const collected = this.#waiting.reverse();
      this.#waiting = [];
      for (const held of collected) this.#queue(held);
    }, REORDER_WINDOW_MS);
  }

  #queue(push: Push): void {
    const tail = (this.#tails.get(push.target) ?? Promise.resolve()).then(() => this.#attempt(push, 1));
    this.#tails.set(push.target, tail);
    void tail.then(() => {
      if (this.#tails.get(push.target) === tail) this.#tails.delete(push.target);
    });
  }

  async #attempt(push: Push, attempt: number): Promise<void> {
    const status = await this.#post(push, attempt);
    if (this.#closing.signal.aborted) return;
    if (status !== undefined && push.isDelivered(status)) {
      this.#counts.delivered++;
      push.onDelivered?.();
      return;
    }
    const delayMs = push.retryDelaysMs[attempt - 1];
    if (delayMs === undefined || !push.isRetried(status)) {
      this.#counts.failed++;
      push.onGivenUp?.();
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#attempt(push, attempt + 1);
    }, delayMs);
    this.#timers.add(timer);
  }

  async #post(push: Push, attempt: number): Promise<number | undefined> {
    const { headers, body } = push.build(attempt);
    try {
      const response = await fetch(push.url, {
        method: 'POST',
        headers,
        body: body ?? '',
        redirect: 'manual',
        signal: AbortSignal.any([this.#closing.signal, AbortSignal.timeout(push.timeoutMs)]),
      });
      await response.body?.cancel();
      return response.status;
    } catch {
      return undefined;
    }
  }
}
