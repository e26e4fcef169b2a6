/** A worker that was held up between the look at what is wanted and its call sends nothing late. */
import { type ContactCalls, ProviderError } from '../../providers/contract/index.ts';
import { nowMs } from '../clock.ts';
import type { ActivityDeps } from '../deps.ts';

/** Calls of the provider, with whatever it takes to get there. */
export type CallOf<Calls> = <T>(use: (calls: Calls, signal: AbortSignal) => Promise<T>) => Promise<T>;

export type Call = CallOf<ContactCalls>;

/** Well below the least grace (`readGraceMs` in worker/settings.ts), after which another worker may take a create for lost and send it again. */
const sendWithinMs = 60_000;

/**
 * Looks at the clock right before the request goes out, after whatever the call waited for: a limit, a new token. Where it
 * is too late nothing is sent, and the call fails with `transient`.
 */
export const inTime =
  <Calls>(deps: Pick<ActivityDeps, 'clock'>, call: CallOf<Calls>, preparedAtMs: number): CallOf<Calls> =>
  (use) =>
    call((calls, signal) => {
      if (nowMs(deps) - preparedAtMs <= sendWithinMs) return use(calls, signal);
      throw new ProviderError({
        kind: 'transient',
        message: 'A write was held up for too long and was not sent; it is tried again.',
      });
    });
