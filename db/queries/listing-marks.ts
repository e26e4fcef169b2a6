/** What a full listing saw, one row a page; the rows it did not see are swept after it is complete. */
import { type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '../client.ts';
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

/** Marks what a listing lacked and the provider, asked again, said is there: a repeated sweep need not ask once more. */
export async function markFound(
  tx: Transaction,
  input: { key: StreamKey; listingId: string; remoteIds: readonly string[] },
): Promise<void> {
  if (input.remoteIds.length === 0) return;
  const { integrationId, stream, collectionId } = input.key;
  await tx.execute(sql`
    insert into listing_marks (integration_id, listing_id, stream, collection_id, page, remote_ids)
    select ${integrationId}, ${input.listingId}, ${stream}, ${collectionId}, coalesce(max(page), -1) + 1,
      ${sql.param([...input.remoteIds])}::text[]
    from listing_marks
    where integration_id = ${integrationId} and listing_id = ${input.listingId} and stream = ${stream}
      and collection_id = ${collectionId}`);
}
