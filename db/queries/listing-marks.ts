/** What a full listing saw, one row a page; the rows it did not see are swept after it is complete. */
import { type SQL, sql } from 'drizzle-orm';
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

/**
 * Marks what a listing lacked and the provider, asked again, said is there: a repeated sweep need not ask once more. What
 * lives on under another id, which the listing may have had, is `elsewhere`; those pages are numbered downwards from -1.
 */
export async function markFound(
  tx: Transaction,
  input: { key: StreamKey; listingId: string; remoteIds: readonly string[]; elsewhere?: boolean },
): Promise<void> {
  if (input.remoteIds.length === 0) return;
  const { integrationId, stream, collectionId } = input.key;
  const page = input.elsewhere === true ? sql`least(min(page), 0) - 1` : sql`greatest(max(page), -1) + 1`;
  await tx.execute(sql`
    insert into listing_marks (integration_id, listing_id, stream, collection_id, page, remote_ids)
    select ${integrationId}, ${input.listingId}, ${stream}, ${collectionId}, ${page},
      ${sql.param([...input.remoteIds])}::text[]
    from listing_marks
    where integration_id = ${integrationId} and listing_id = ${input.listingId} and stream = ${stream}
      and collection_id = ${collectionId}`);
}

/** How many records a complete listing read, and how many that it lacked were marked as found under the same id. */
export async function tallyListing(
  db: Executor,
  { key, listingId }: { key: StreamKey; listingId: string },
): Promise<{ listed: number; found: number }> {
  // The listing's own pages are numbered from 0 to `listing_pages`; what was found came after them.
  const [row] = await db.execute<{ listed: number; found: number }>(sql`
    select listing_done as listed, (
      select coalesce(sum(cardinality(remote_ids)), 0) from listing_marks m
      where m.integration_id = c.integration_id and m.listing_id = ${listingId} and m.stream = c.stream
        and m.collection_id = c.collection_id and m.page >= c.listing_pages)::int as found
    from stream_cursors c
    where integration_id = ${key.integrationId} and stream = ${key.stream} and collection_id = ${key.collectionId}`);
  return row ?? { listed: 0, found: 0 };
}
