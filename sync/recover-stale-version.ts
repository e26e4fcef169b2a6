// Rule 12: what to do after 400 failedPrecondition. The etag is never dropped.

export interface StaleVersion {
  /** Etags that were refused so far in this operation. */
  refusedEtags: readonly string[];
  /** The etag in the answer to our previous update of this contact, the freshest that can be had. */
  answerEtag?: string;
  /** The etag that a get shows now; it may lag as well. */
  readEtag?: string;
  /** Failed attempts so far, this one included. */
  attempts: number;
}

export type StaleVersionRemedy =
  | { action: 'replan'; etag: string }
  | { action: 'back_off'; delayMs: number }
  | { action: 'park'; reason: 'stale_version' };

const MAX_ATTEMPTS = 5;
const FIRST_DELAY_MS = 2_000;

export function remedyStaleVersion({
  refusedEtags,
  answerEtag,
  readEtag,
  attempts,
}: StaleVersion): StaleVersionRemedy {
  if (attempts >= MAX_ATTEMPTS) return { action: 'park', reason: 'stale_version' };
  const usable = [readEtag, answerEtag].find((etag) => etag !== undefined && !refusedEtags.includes(etag));
  if (usable !== undefined) return { action: 'replan', etag: usable };
  return { action: 'back_off', delayMs: FIRST_DELAY_MS * 2 ** (attempts - 1) };
}
