/** How old a cursor may get before its stream is listed whole. */
import { hash } from 'node:crypto';
import type { Integration } from '../../db/queries/integrations.ts';
import type { StreamDefinition } from '../../providers/contract/index.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** The next check may come a little later than after one interval (plan-next-check.ts). */
const intervals = 1.05;

/**
 * In milliseconds; undefined: never by age. Each integration has a share of the spread of its own, so that those that were
 * connected together do not list together for ever. Where the next check would be too late, this one lists, though no
 * oftener than once a day for that.
 */
export function fullListingAge(
  {
    fullListingEveryMs,
    fullListingSpread,
  }: Pick<StreamDefinition, 'fullListingEveryMs' | 'fullListingSpread'>,
  { id, intervalSeconds }: Pick<Integration, 'id' | 'intervalSeconds'>,
): number | undefined {
  if (fullListingEveryMs === undefined || fullListingSpread === undefined) return fullListingEveryMs;
  const { spreadMs, latestMs } = fullListingSpread;
  const share = hash('sha256', id, 'buffer').readUInt32BE(0) / 2 ** 32;
  const lastChanceMs = latestMs - intervalSeconds * 1000 * intervals;
  return Math.min(fullListingEveryMs + share * spreadMs, Math.max(dayMs, lastChanceMs));
}
