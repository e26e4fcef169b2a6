/** Documents as the Companion reads them: neither hidden ones nor those of a collection that is unticked or out of reach. */
import { and, desc, eq, getTableColumns, isNull, type SQL, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { collections, documents } from '../schema/index.ts';
import { type Page, type Scope, toPage, within } from './scope.ts';

export type DocumentRow = Omit<typeof documents.$inferSelect, 'raw' | 'content'> & {
  readonly content?: string;
};

export interface DocumentPosition {
  readonly lastEditedAt: string;
  readonly id: string;
}

export interface ListDocuments {
  readonly limit: number;
  readonly after?: DocumentPosition | undefined;
  readonly integrationId?: string | undefined;
  readonly collectionId?: string | undefined;
  readonly withContent: boolean;
}

const { raw: _raw, content, ...columns } = getTableColumns(documents);

/** Records that were kept when their integration went have no collection any more. */
export const readableDocument = (scope: Scope): SQL | undefined =>
  and(
    within(documents, scope),
    isNull(documents.hiddenAt),
    sql`${collections.subscribed} is not false and ${collections.missingSince} is null`,
  );

/** The last edited first. */
export async function listDocuments(
  db: Executor,
  scope: Scope,
  list: ListDocuments,
): Promise<Page<DocumentRow>> {
  const conditions: (SQL | undefined)[] = [readableDocument(scope)];
  if (list.integrationId !== undefined) conditions.push(eq(documents.integrationId, list.integrationId));
  if (list.collectionId !== undefined) conditions.push(eq(documents.collectionId, list.collectionId));
  if (list.after !== undefined) {
    const { lastEditedAt, id } = list.after;
    conditions.push(
      sql`(${documents.remoteUpdatedAt}, ${documents.id}) < (${lastEditedAt}::timestamptz, ${id})`,
    );
  }
  const rows = await db
    .select(list.withContent ? { ...columns, content } : columns)
    .from(documents)
    .leftJoin(collections, eq(collections.id, documents.collectionId))
    .where(and(...conditions))
    .orderBy(desc(documents.remoteUpdatedAt), desc(documents.id))
    .limit(list.limit + 1);
  return toPage(rows, list.limit);
}

export async function findDocument(
  db: Executor,
  scope: Scope,
  documentId: string,
): Promise<DocumentRow | undefined> {
  const [row] = await db
    .select({ ...columns, content })
    .from(documents)
    .leftJoin(collections, eq(collections.id, documents.collectionId))
    .where(and(readableDocument(scope), eq(documents.id, documentId)));
  return row;
}
