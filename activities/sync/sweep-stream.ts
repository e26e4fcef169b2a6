/** After a complete listing: sweeps what the activity that read its last page left to sweep. */
import { sweepListingOf } from '../../db/queries/stream-cursors.ts';
import type { ActivityDeps } from '../deps.ts';
import { openReader, type StreamInput } from './stream-reader.ts';
import { sweepUnseen } from './sweep-unseen.ts';

/** One activity works this long at most and leaves the rest to the next one. */
const workForMs = 45_000;

/** Returns how many records went. What is left even then, whoever reads the stream next finds. */
export function createSweepStream(deps: ActivityDeps) {
  return async function sweepStream(input: StreamInput): Promise<{ removed: number }> {
    const reader = await openReader(deps, input);
    const listingId = await sweepListingOf(deps.db, reader.key);
    if (listingId === null) return { removed: 0 };
    const { removed } = await sweepUnseen(deps, reader, { listingId, endAtMs: Date.now() + workForMs });
    return { removed };
  };
}
