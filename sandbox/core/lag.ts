/** How far listings are behind, per provider; a lag that flickers is there at every other listing only. */
import { z } from 'zod';
import { type ProviderId, providerIds } from './provider-id.ts';

export const lagOrder = z.strictObject({
  provider: z.enum(providerIds),
  ms: z.number().min(0),
  flicker: z.boolean().default(false),
});

export class Lags {
  readonly #lags = new Map<ProviderId, { ms: number; flicker: boolean; listings: number }>();

  set({ provider, ms, flicker }: z.infer<typeof lagOrder>): void {
    this.#lags.set(provider, { ms, flicker, listings: 0 });
  }

  clear(): void {
    this.#lags.clear();
  }

  /** The lag in ms of the listing that begins now. */
  next(provider: ProviderId): number {
    const lag = this.#lags.get(provider);
    if (lag === undefined) return 0;
    lag.listings++;
    return lag.flicker && lag.listings % 2 === 0 ? 0 : lag.ms;
  }
}
