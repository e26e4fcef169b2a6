import type { Call } from './call.ts';
import type { Clock } from './clock.ts';
import type { Consent } from './consent.ts';
import type { DurableState } from './durable-state.ts';
import type { Lags } from './lag.ts';
import type { ProviderId } from './provider-id.ts';
import type { Pushes } from './pushes.ts';

/** What the core gives to each provider. */
export interface SandboxCore<Settings extends object = object> {
  readonly state: DurableState;
  readonly clock: Clock;
  readonly consent: Consent;
  readonly pushes: Pushes;
  /** This provider's settings as they are now; read them at each use, a check may change them. */
  settings(): Settings;
  /** The sequence number a listing may show: behind by the lag and by a stale-read fault. */
  listingSeq(call: Call): number;
  /** The sequence number a read by id shows: only a stale-read fault holds it back. */
  readSeq(call: Call): number;
}

/** Makes the two read points for one provider. */
export function createReadPoints(
  provider: ProviderId,
  parts: { state: DurableState; clock: Clock; lags: Lags },
): Pick<SandboxCore, 'listingSeq' | 'readSeq'> {
  const seqBehind = (ms: number) => (ms <= 0 ? parts.state.seq : parts.state.seqAsOf(parts.clock.now() - ms));
  return {
    listingSeq: (call) => seqBehind(Math.max(parts.lags.next(provider), call.staleMs)),
    readSeq: (call) => seqBehind(call.staleMs),
  };
}
