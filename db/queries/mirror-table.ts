/** What mirrors with one row per remote id of an integration share: what is known, what goes, what was not seen. */
import { and, eq, inArray, type SQL, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { collections, type people, streamCursors, type taskComments, type tasks } from '../schema/index.ts';
import { seenIn } from './listing-marks.ts';
import type { MirrorContext, Mirrored } from './mirror.ts';
import type { StreamKey } from './stream-cursors.ts';

export type MirrorTable = typeof tasks | typeof taskComments | typeof people;

export interface KnownRow {
  readonly contentHash: string;
  /** '' in tables without collections. */
  readonly collectionId: string;
}

export interface SortedPage<Row> {
  readonly created: Row[];
  readonly updated: Row[];
  readonly unchanged: number;
  /** Collections that a record of the page left, once per record. */
  readonly left: readonly string[];
}

const collectionOf = (table: MirrorTable) => ('collectionId' in table ? table.collectionId : sql<string>`''`);

const inCollection = (table: MirrorTable, collectionId: string): SQL =>
  sql`${collectionOf(table)} = ${collectionId}`;

const named = (table: MirrorTable, remoteIds: readonly string[]): SQL =>
  sql`${table.remoteId} = any(${sql.param([...remoteIds])}::text[])`;

/** Sorts a page by what is new, changed (or moved here) and as it was; the last of a repeated id wins. */
export async function sortPage<Row extends Mirrored>(
  tx: Executor,
  table: MirrorTable,
  context: MirrorContext,
  rows: readonly Row[],
): Promise<SortedPage<Row>> {
  const latest = new Map(rows.map((row) => [row.remoteId, row]));
  const known = await knownRows(tx, table, context.integrationId, [...latest.keys()]);
  const created: Row[] = [];
  const updated: Row[] = [];
  const left: string[] = [];
  for (const row of latest.values()) {
    const before = known.get(row.remoteId);
    const moved = before !== undefined && before.collectionId !== context.collectionId;
    if (before === undefined) created.push(row);
    else if (moved || before.contentHash !== row.contentHash) updated.push(row);
    if (moved) left.push(before.collectionId);
  }
  return { created, updated, unchanged: latest.size - created.length - updated.length, left };
}

async function knownRows(
  db: Executor,
  table: MirrorTable,
  integrationId: string,
  remoteIds: readonly string[],
): Promise<Map<string, KnownRow>> {
  if (remoteIds.length === 0) return new Map();
  const rows = await db
    .select({ remoteId: table.remoteId, contentHash: table.contentHash, collectionId: collectionOf(table) })
    .from(table)
    .where(and(eq(table.integrationId, integrationId), named(table, remoteIds)));
  return new Map(rows.map((row) => [row.remoteId, row]));
}

/** Records that came from other collections count here now, and no longer there. */
export async function moveCounts(
  tx: Transaction,
  context: MirrorContext,
  left: readonly string[],
): Promise<void> {
  if (left.length === 0) return;
  const losses = new Map<string, number>();
  for (const collectionId of left) losses.set(collectionId, (losses.get(collectionId) ?? 0) + 1);
  const changes = [...losses].map(([collectionId, count]) => [collectionId, -count] as const);
  for (const [collectionId, change] of [...changes, [context.collectionId, left.length] as const]) {
    await changeRecordCount(tx, { ...context, collectionId }, change);
  }
}

export async function changeRecordCount(tx: Transaction, key: StreamKey, change: number): Promise<void> {
  if (change === 0) return;
  await tx
    .update(streamCursors)
    .set({ recordCount: sql`${streamCursors.recordCount} + ${change}` })
    .where(
      and(
        eq(streamCursors.integrationId, key.integrationId),
        eq(streamCursors.stream, key.stream),
        eq(streamCursors.collectionId, key.collectionId),
      ),
    );
}

/** Removes by remote id, within the key's collection. Returns how many went. */
export async function removeRows(
  tx: Executor,
  table: MirrorTable,
  key: Omit<StreamKey, 'stream'>,
  remoteIds: readonly string[],
): Promise<number> {
  if (remoteIds.length === 0) return 0;
  const gone = await tx
    .delete(table)
    .where(
      and(
        eq(table.integrationId, key.integrationId),
        inCollection(table, key.collectionId),
        named(table, remoteIds),
      ),
    )
    .returning({ id: table.id });
  return gone.length;
}

/** Removes at most `limit` rows of a collection or an integration. Fewer than `limit` means that all are gone. */
export async function purgeRows(
  tx: Executor,
  table: MirrorTable,
  of: { readonly collectionId: string } | { readonly integrationId: string },
  limit: number,
): Promise<number> {
  const home = (collectionId: string) =>
    tx.select({ id: collections.integrationId }).from(collections).where(eq(collections.id, collectionId));
  const where =
    'collectionId' in of
      ? and(inArray(table.integrationId, home(of.collectionId)), inCollection(table, of.collectionId))
      : eq(table.integrationId, of.integrationId);
  const batch = tx
    .select({ integrationId: table.integrationId, remoteId: table.remoteId })
    .from(table)
    .where(where)
    .limit(limit);
  const gone = await tx
    .delete(table)
    .where(sql`(${table.integrationId}, ${table.remoteId}) in (${batch})`)
    .returning({ id: table.id });
  return gone.length;
}

/** Remote ids after `afterId` that a complete listing did not see, in order, at most `limit`. */
export async function unseenRows(
  tx: Executor,
  table: MirrorTable,
  query: { key: StreamKey; listingId: string; afterId: string; limit: number },
): Promise<string[]> {
  const { key, listingId, afterId, limit } = query;
  const rows = await tx.execute<{ remote_id: string }>(sql`
    select ${table.remoteId} as remote_id from ${table}
    where ${table.integrationId} = ${key.integrationId} and ${collectionOf(table)} = ${key.collectionId}
      and ${table.remoteId} > ${afterId}
    except ${seenIn({ ...key, listingId })}
    order by remote_id
    limit ${limit}`);
  return rows.map((row) => row.remote_id);
}
