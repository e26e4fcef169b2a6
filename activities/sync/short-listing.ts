import type { Attention } from '../../db/schema/index.ts';
import { checkBreaker } from '../../sync/breaker.ts';
import type { StreamReader } from './stream-reader.ts';

const number = new Intl.NumberFormat('en');

/**
 * What a person should know of a complete listing that lacked many records which the provider, asked again, says are
 * there: as many as would have parked the run had they been gone. A listing that only lags lacks fewer.
 */
export function describeShortListing(
  { access: { adapter }, definition }: Pick<StreamReader, 'access' | 'definition'>,
  { listed, found }: { listed: number; found: number },
): Attention | undefined {
  const links = listed + found;
  const isShort = checkBreaker({
    links,
    deletes: found,
    listing: { complete: true, contacts: listed },
  }).tripped;
  if (!isShort) return undefined;
  const kept = listed === 0 ? 'they' : `the other ${number.format(found)}`;
  return {
    code: 'short_listing',
    title: `${adapter.displayName} listed ${number.format(listed)} of ${number.format(links)} ${definition.label}; ${kept} are still there and were kept.`,
    remedy: 'Nothing was removed. Trigger a full sync later to read what has changed in those.',
  };
}
