/** What a person can tick, with how many records each has, and the ticking itself. */
import { and, desc, eq, type SQL, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { collections, streamCursors } from '../schema/index.ts';
import { type Page, toPage } from './scope.ts';

export type CollectionRow = typeof collections.$inferSelect & { readonly recordCount: number };

const recordCount = sql<number>`(
  select coalesce(sum(${streamCursors.recordCount}), 0)::int from ${streamCursors}
  where ${streamCursors.integrationId} = ${collections.integrationId}
    and ${streamCursors.collectionId} = ${collections.id}
)`.as('record_count');

const selectCollections = (db: Executor, ...conditions: (SQL | undefined)[]) =>
  db
    .select({
      id: collections.id,
      integrationId: collections.integrationId,
      remoteId: collections.remoteId,
      name: collections.name,
      color: collections.color,
      primary: collections.primary,
      subscribed: collections.subscribed,
      missingSince: collections.missingSince,
      createdAt: collections.createdAt,
      updatedAt: collections.updatedAt,
      recordCount,
    })
    .from(collections)
    .where(and(...conditions));

/** The primary one first, then by name. `after`: id of the last row of the page before. */
export async function listCollections(
  db: Executor,
  integrationId: string,
  list: { limit: number; after?: string | undefined },
): Promise<Page<CollectionRow>> {
  const after =
    list.after === undefined
      ? undefined
      : sql`(not ${collections.primary}, lower(${collections.name}), ${collections.id}) >
          (select not is_primary, lower(name), id from collections where id = ${list.after})`;
  const rows = await selectCollections(db, eq(collections.integrationId, integrationId), after)
    .orderBy(desc(collections.primary), sql`lower(${collections.name})`, collections.id)
    .limit(list.limit + 1);
  return toPage(rows, list.limit);
}

export async function findCollection(
  db: Executor,
  integrationId: string,
  collectionId: string,
): Promise<CollectionRow | undefined> {
  const [row] = await selectCollections(
    db,
    eq(collections.integrationId, integrationId),
    eq(collections.id, collectionId),
  );
  return row;
}

/** All of them, for comparing before and after. */
export function listAllCollections(db: Executor, integrationId: string): Promise<readonly CollectionRow[]> {
  return selectCollections(db, eq(collections.integrationId, integrationId)).orderBy(collections.name);
}

/** Ticks or unticks; records of an unticked one are hidden from every read at once. Returns whether that was a change. */
export async function changeSubscription(
  db: Executor,
  collectionId: string,
  subscribed: boolean,
): Promise<boolean> {
  const rows = await db
    .update(collections)
    .set({ subscribed, updatedAt: sql`now()` })
    .where(and(eq(collections.id, collectionId), eq(collections.subscribed, !subscribed)))
    .returning({ id: collections.id });
  return rows.length > 0;
}
