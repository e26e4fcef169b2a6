/** A limit that one worker ran into holds for all: nobody calls before the provider's own time. */
import { noteLimit, readLimit } from '../../db/queries/provider-limits.ts';
import { type ProviderAdapter, ProviderError } from '../../providers/contract/index.ts';
import { nowMs } from '../clock.ts';
import type { ActivityDeps } from '../deps.ts';
import { noteLimitMet } from '../metrics.ts';

export interface SharedLimit {
  /** Throws `rate_limited` with the time that is left, without a call to the provider. */
  check(): Promise<void>;
  /** Tells everybody, where the failure is a limit with a time. */
  note(failure: ProviderError): Promise<void>;
}

/** Of many calls in a row not each asks: what another worker ran into holds a little later. */
const askEveryMs = 500;

/** A longer one is asked about again after this time, so that a wrong hint can't hold up an account for days. */
const longestMs = 60 * 60 * 1000;

/** Of one grant, and of the account in which other grants share a limit. */
export function shareLimit(
  deps: ActivityDeps,
  party: { readonly adapter: ProviderAdapter; readonly grantKey: string; readonly accountId: string | null },
): SharedLimit {
  const { adapter } = party;
  const grant = `grant:${party.grantKey}`;
  const account = party.accountId === null ? grant : `account:${adapter.grantFamily}:${party.accountId}`;
  let clearAtMs = Number.NEGATIVE_INFINITY;
  return {
    async check() {
      const askedAtMs = nowMs(deps);
      if (askedAtMs - clearAtMs < askEveryMs) return;
      const waitMs = await readLimit(deps.db, [grant, account]);
      if (waitMs === 0) {
        clearAtMs = askedAtMs;
        return;
      }
      const failure = new ProviderError({
        kind: 'rate_limited',
        message: `${adapter.displayName} asked for no calls for another ${Math.ceil(waitMs / 1000)} s.`,
        retryAfterMs: waitMs,
      });
      noteLimitMet(adapter.id, 'held_back', failure);
      throw failure;
    },
    async note(failure) {
      if (failure.kind !== 'rate_limited') return;
      clearAtMs = Number.NEGATIVE_INFINITY;
      noteLimitMet(adapter.id, 'refused', failure);
      if (failure.retryAfterMs === undefined) return;
      const key = failure.limitOf === 'account' ? account : grant;
      await noteLimit(deps.db, key, Math.min(failure.retryAfterMs, longestMs));
    },
  };
}
