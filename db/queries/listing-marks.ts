/** What a full listing saw, one row a page; the rows it did not see are swept after it is complete. */
import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { listingMarks } from '../schema/index.ts';
import type { StreamKey } from './stream-cursors.ts';

export async function markSeen(
  tx: Transaction,
  input: { key: StreamKey; listingId: string; page: number; remoteIds: string[] },
): Promise<void> {
  await tx
    .insert(listingMarks)
    .values({ ...input.key, listingId: input.listingId, page: input.page, remoteIds: input.remoteIds });
}

/**
 * A query of every remote id that a listing saw, to be put behind EXCEPT: that hashes both sides, where NOT EXISTS over
 * unnested arrays is planned as a nested loop (Postgres can't estimate them) and takes minutes at 100,000 rows.
 */
export const seenIn = (listing: StreamKey & { readonly listingId: string }): SQL => sql`
  select unnest(remote_ids) from listing_marks
  where integration_id = ${listing.integrationId} and listing_id = ${listing.listingId}
    and stream = ${listing.stream} and collection_id = ${listing.collectionId}`;

/** Forgets the marks of every listing of a stream. */
export async function dropMarks(db: Executor, key: StreamKey): Promise<void> {
  await db
    .delete(listingMarks)
    .where(
      and(
        eq(listingMarks.integrationId, key.integrationId),
        eq(listingMarks.stream, key.stream),
        eq(listingMarks.collectionId, key.collectionId),
      ),
    );
}
