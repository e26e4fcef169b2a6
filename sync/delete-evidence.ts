// Rules 15 and 20: what proves that a remote contact is gone, and how long that is remembered.

export interface RemoteAbsence {
  /** The provider said `metadata.deleted`. */
  deleted: boolean;
  /** The listing that lacked the contact; an incremental one cannot show absence. */
  listing?: { kind: 'full' | 'incremental'; complete: boolean; startedAtMs: number };
  /** When a get answered 404. */
  notFoundAtMs?: number;
  /** The latest of our last acked write and the last listing or get that showed the contact. */
  lastAliveAtMs: number;
}

/**
 * `verify`: a get must answer 404 before it counts as gone. `graceMs` is rule 13's D (default 15 min): Google's
 * reads lag and flicker, so both observations must come at least that long after the contact last proved alive.
 */
export function judgeAbsence(absence: RemoteAbsence, graceMs: number): 'deleted' | 'verify' | 'unknown' {
  if (absence.deleted) return 'deleted';
  const { listing, notFoundAtMs } = absence;
  const settledAtMs = absence.lastAliveAtMs + graceMs;
  if (listing?.kind !== 'full' || !listing.complete || listing.startedAtMs < settledAtMs) return 'unknown';
  return notFoundAtMs !== undefined && notFoundAtMs >= settledAtMs ? 'deleted' : 'verify';
}

const TOMBSTONE_DAYS = 30;

export function isTombstoneExpired(tombstonedAtMs: number, nowMs: number): boolean {
  return nowMs - tombstonedAtMs > TOMBSTONE_DAYS * 24 * 60 * 60 * 1000;
}
