/** What a person ticks. A refresh adds, renames and marks missing; it never changes a choice. */
import { and, eq, inArray, isNotNull, isNull, or, sql } from 'drizzle-orm';
import type { RemoteCollection } from '../../providers/contract/index.ts';
import type { Database, Executor, Transaction } from '../client.ts';
import { newId } from '../ids.ts';
import { collections, streamCursors } from '../schema/index.ts';
import { type Fence, fenced } from './fence.ts';
import { publishEvent } from './integration-events.ts';
import { askForCollectionList } from './stream-cursors.ts';

export type Collection = typeof collections.$inferSelect;

/** How many collections a refresh found new, named otherwise, or no longer there. */
export interface RefreshCounts {
  readonly added: number;
  readonly renamed: number;
  readonly missing: number;
}

/** Merges the provider's complete list into ours. */
export async function mergeCollections(
  tx: Transaction,
  integrationId: string,
  remote: readonly RemoteCollection[],
): Promise<RefreshCounts> {
  const known = await listCollections(tx, integrationId);
  const byRemoteId = new Map(known.map((row) => [row.remoteId, row]));
  const found = new Set(remote.map((entry) => entry.remoteId));
  let added = 0;
  let renamed = 0;
  for (const entry of remote) {
    const before = byRemoteId.get(entry.remoteId);
    const columns = { name: entry.name, color: entry.color ?? null, primary: entry.primary ?? false };
    if (before === undefined) {
      added += 1;
      await tx.insert(collections).values({
        id: newId('col'),
        integrationId,
        remoteId: entry.remoteId,
        subscribed: entry.subscribedByDefault,
        ...columns,
      });
    } else {
      if (before.name !== entry.name) renamed += 1;
      const same =
        before.name === columns.name &&
        before.color === columns.color &&
        before.primary === columns.primary &&
        before.missingSince === null;
      if (same) continue;
      await tx
        .update(collections)
        .set({ ...columns, missingSince: null, updatedAt: sql`now()` })
        .where(eq(collections.id, before.id));
    }
  }
  const missing = known
    .filter((row) => !found.has(row.remoteId) && row.missingSince === null)
    .map((row) => row.id);
  if (missing.length > 0) {
    await tx
      .update(collections)
      .set({ missingSince: sql`now()`, updatedAt: sql`now()` })
      .where(inArray(collections.id, missing));
  }
  const counts = { added, renamed, missing: missing.length };
  if (added + renamed + missing.length > 0) {
    await publishEvent(tx, { integrationId, type: 'collections', data: counts });
  }
  return counts;
}

export async function listCollections(db: Executor, integrationId: string): Promise<Collection[]> {
  return db
    .select()
    .from(collections)
    .where(eq(collections.integrationId, integrationId))
    .orderBy(sql`${collections.primary} desc, ${collections.name}, ${collections.id}`);
}

/** Those that are ticked and still at the provider. */
export async function subscribedCollections(db: Executor, integrationId: string): Promise<Collection[]> {
  return db
    .select()
    .from(collections)
    .where(
      and(
        eq(collections.integrationId, integrationId),
        eq(collections.subscribed, true),
        isNull(collections.missingSince),
      ),
    )
    .orderBy(sql`${collections.primary} desc, ${collections.id}`);
}

/**
 * The provider no longer answers for a collection: it counts as missing until its list has it again. That is read by the next
 * sync, since the provider may only have said so for a moment.
 */
export function markMissing(db: Database, fence: Fence, collectionId: string): Promise<void> {
  return fenced(db, fence, async (tx) => {
    await askForCollectionList(tx, fence.integrationId);
    const marked = await tx
      .update(collections)
      .set({ missingSince: sql`now()`, updatedAt: sql`now()` })
      .where(and(eq(collections.id, collectionId), isNull(collections.missingSince)))
      .returning({ id: collections.id });
    if (marked.length === 0) return;
    const data = { added: 0, renamed: 0, missing: 1 };
    await publishEvent(tx, { integrationId: fence.integrationId, type: 'collections', data });
  });
}

/** Collections that were unticked but whose stream still has a position or records. */
export async function unsubscribedLeftovers(db: Executor, integrationId: string): Promise<string[]> {
  const rows = await db
    .selectDistinct({ id: collections.id })
    .from(collections)
    .innerJoin(streamCursors, eq(streamCursors.collectionId, collections.id))
    .where(and(eq(collections.integrationId, integrationId), eq(collections.subscribed, false)));
  return rows.map((row) => row.id);
}

/**
 * Those whose records no read shows: unticked ones and, where `missingToo`, as of documents, those that the provider no longer
 * lists.
 */
export async function collectionsOutOfSight(
  db: Executor,
  integrationId: string,
  { missingToo }: { readonly missingToo: boolean },
): Promise<string[]> {
  const rows = await db
    .select({ id: collections.id })
    .from(collections)
    .where(
      and(
        eq(collections.integrationId, integrationId),
        or(eq(collections.subscribed, false), missingToo ? isNotNull(collections.missingSince) : undefined),
      ),
    );
  return rows.map((row) => row.id);
}

/** By the provider's own id; undefined where the integration has no such collection. */
export async function findCollectionByRemoteId(
  db: Executor,
  integrationId: string,
  remoteId: string,
): Promise<Collection | undefined> {
  const [row] = await db
    .select()
    .from(collections)
    .where(and(eq(collections.integrationId, integrationId), eq(collections.remoteId, remoteId)));
  return row;
}
