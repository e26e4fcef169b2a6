// Rule 19: a run that would delete suspiciously much parks until a person approves its plan.

export interface BreakerInput {
  /** Links of the integration before the run. */
  links: number;
  /** Local archives and remote deletes together. */
  deletes: number;
  /** The full listing of this run, if there was one. */
  listing?: { complete: boolean; contacts: number };
}

export type BreakerVerdict =
  | { tripped: false }
  | { tripped: true; reason: 'empty_remote' | 'too_many_deletes'; deletes: number; limit: number };

const LEAST_LIMIT = 10;
const LIMIT_SHARE = 0.05;

/** An incomplete listing proves nothing, so its emptiness neither trips the breaker nor deletes anything. */
export function checkBreaker({ links, deletes, listing }: BreakerInput): BreakerVerdict {
  const limit = Math.max(LEAST_LIMIT, LIMIT_SHARE * links);
  if (links > 0 && listing?.complete && listing.contacts === 0) {
    return { tripped: true, reason: 'empty_remote', deletes, limit };
  }
  return deletes > limit ? { tripped: true, reason: 'too_many_deletes', deletes, limit } : { tripped: false };
}
