/** Documents: a read-only mirror whose contents come apart from the rest, and whose rows move between collections. */
import { and, eq, inArray, isNotNull, isNull, lt, type SQL, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { newId } from '../ids.ts';
import { rowJson, toJsonParameter } from '../json-parameter.ts';
import { documents } from '../schema/index.ts';
import { seenIn } from './listing-marks.ts';
import type { MirrorContext, Mirrored, PageOutcome } from './mirror.ts';
import { moveCounts } from './mirror-table.ts';

export interface DocumentRow extends Mirrored {
  readonly title: string;
  readonly url: string | null;
  readonly properties: Readonly<Record<string, unknown>>;
  /** The content and its hash; absent: as we hold it. */
  readonly text?: { readonly content: string; readonly hash: string };
}

export interface DocumentPage {
  readonly rows: readonly DocumentRow[];
  readonly deletions: readonly string[];
  /** To be hidden. */
  readonly lost: readonly string[];
}

type Known = Pick<
  typeof documents.$inferSelect,
  'remoteId' | 'collectionId' | 'etag' | 'contentHash' | 'textHash' | 'hiddenAt'
>;

const named = (remoteIds: readonly string[]): SQL =>
  sql`${documents.remoteId} = any(${sql.param([...remoteIds])}::text[])`;

/** Writes a page: what is new, changed, moved here or visible again, and removes or hides what is gone. */
export async function writeDocuments(
  tx: Transaction,
  context: MirrorContext,
  page: DocumentPage,
): Promise<PageOutcome> {
  const latest = new Map(page.rows.map((row) => [row.remoteId, row]));
  const known = await knownDocuments(tx, context.integrationId, [...latest.keys()]);
  const created: DocumentRow[] = [];
  const updated: DocumentRow[] = [];
  const remarked: DocumentRow[] = [];
  const leftCollections: string[] = [];
  for (const row of latest.values()) {
    const before = known.get(row.remoteId);
    if (before === undefined || before.hiddenAt !== null) created.push(row);
    else if (isChanged(row, before) || before.collectionId !== context.collectionId) updated.push(row);
    else if (row.etag !== before.etag) remarked.push(row);
    if (before?.hiddenAt === null && before.collectionId !== context.collectionId)
      leftCollections.push(before.collectionId);
  }
  if (created.length + updated.length > 0) await upsert(tx, context, [...created, ...updated]);
  if (remarked.length > 0) await remark(tx, context.integrationId, remarked);
  await moveCounts(tx, context, leftCollections);
  const removed = await removeDocuments(tx, context.collectionId, page.deletions);
  const hidden = await hideDocuments(tx, context.collectionId, page.lost);
  return {
    created: created.length,
    updated: updated.length,
    unchanged: latest.size - created.length - updated.length,
    deleted: removed + hidden,
  };
}

function isChanged(row: DocumentRow, before: Known): boolean {
  return (
    row.contentHash !== before.contentHash || (row.text !== undefined && row.text.hash !== before.textHash)
  );
}

async function knownDocuments(
  tx: Executor,
  integrationId: string,
  remoteIds: readonly string[],
): Promise<Map<string, Known>> {
  if (remoteIds.length === 0) return new Map();
  const { remoteId, collectionId, etag, contentHash, textHash, hiddenAt } = documents;
  const rows = await tx
    .select({ remoteId, collectionId, etag, contentHash, textHash, hiddenAt })
    .from(documents)
    .where(and(eq(documents.integrationId, integrationId), named(remoteIds)));
  return new Map(rows.map((row) => [row.remoteId, row]));
}

/** An empty `text_hash` stands for a content that stays as it is. */
async function upsert(tx: Transaction, context: MirrorContext, rows: readonly DocumentRow[]): Promise<void> {
  const parameter = toJsonParameter(
    rows.map((row) =>
      rowJson(
        {
          id: newId('doc'),
          remote_id: row.remoteId,
          etag: row.etag,
          content_hash: row.contentHash,
          remote_updated_at: row.remoteUpdatedAt,
          text_hash: row.text?.hash ?? '',
          title: row.title,
          content: row.text?.content ?? '',
          properties: row.properties,
          url: row.url,
        },
        row.rawJson,
      ),
    ),
  );
  await tx.execute(sql`
    insert into documents (
      id, workspace_id, user_id, integration_id, collection_id, remote_id, etag, content_hash, remote_updated_at, raw,
      text_hash, title, content, properties, url)
    select r.id, ${context.workspaceId}, ${context.userId}, ${context.integrationId}, ${context.collectionId},
      r.remote_id, r.etag, r.content_hash, coalesce(r.remote_updated_at, 'epoch'), r.raw, r.text_hash, r.title, r.content, r.properties,
      r.url
    from json_to_recordset(${parameter}::json) as r(
      id text, remote_id text, etag text, content_hash text, remote_updated_at timestamptz, raw json, text_hash text,
      title text, content text, properties jsonb, url text)
    on conflict (integration_id, remote_id) do update set
      collection_id = excluded.collection_id, etag = excluded.etag, content_hash = excluded.content_hash,
      remote_updated_at = excluded.remote_updated_at, raw = excluded.raw, title = excluded.title,
      text_hash = coalesce(nullif(excluded.text_hash, ''), documents.text_hash),
      content = case when excluded.text_hash = '' then documents.content else excluded.content end,
      properties = excluded.properties, url = excluded.url, hidden_at = null, updated_at = now()`);
}

/** The same document under a newer mark: no change that anybody sees. */
async function remark(tx: Transaction, integrationId: string, rows: readonly DocumentRow[]): Promise<void> {
  const parameter = toJsonParameter(rows.map(({ remoteId, etag }) => JSON.stringify({ id: remoteId, etag })));
  await tx.execute(sql`
    update documents d set etag = r.etag from json_to_recordset(${parameter}::json) as r(id text, etag text)
    where d.integration_id = ${integrationId} and d.remote_id = r.id`);
}

/** Removes documents of a collection by remote id; those that moved on are left. Returns how many were visible. */
export async function removeDocuments(
  tx: Transaction,
  collectionId: string,
  remoteIds: readonly string[],
): Promise<number> {
  if (remoteIds.length === 0) return 0;
  const gone = await tx
    .delete(documents)
    .where(and(eq(documents.collectionId, collectionId), named(remoteIds)))
    .returning({ hiddenAt: documents.hiddenAt });
  return gone.filter((row) => row.hiddenAt === null).length;
}

/** Hides what we may no longer read. Returns how many were visible. */
export async function hideDocuments(
  tx: Transaction,
  collectionId: string,
  remoteIds: readonly string[],
): Promise<number> {
  if (remoteIds.length === 0) return 0;
  const hidden = await tx
    .update(documents)
    .set({ hiddenAt: sql`now()` })
    .where(and(eq(documents.collectionId, collectionId), isNull(documents.hiddenAt), named(remoteIds)))
    .returning({ id: documents.id });
  return hidden.length;
}

/** The etags of the visible ones among these, by remote id. */
export async function knownDocumentEtags(
  db: Executor,
  integrationId: string,
  remoteIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const known = await knownDocuments(db, integrationId, remoteIds);
  const visible = [...known.values()].filter((row) => row.hiddenAt === null);
  return new Map(visible.flatMap((row) => (row.etag === null ? [] : [[row.remoteId, row.etag]])));
}

/** Visible remote ids after `afterId` that a complete listing did not see, in order, at most `limit`. */
export async function unseenDocuments(
  tx: Executor,
  where: { integrationId: string; collectionId: string; stream: string; listingId: string; afterId: string },
  limit: number,
): Promise<string[]> {
  const rows = await tx.execute<{ remote_id: string }>(sql`
    select remote_id from documents
    where collection_id = ${where.collectionId} and remote_id > ${where.afterId} and hidden_at is null
    except ${seenIn(where)}
    order by remote_id
    limit ${limit}`);
  return rows.map((row) => row.remote_id);
}

/** Removes documents, `limit` at a time. Returns how many went: fewer than `limit` means all are gone. */
export async function purgeDocuments(
  db: Executor,
  of: { readonly collectionId: string } | { readonly integrationId: string; readonly hiddenOnly?: boolean },
  limit: number,
): Promise<number> {
  const where =
    'collectionId' in of
      ? eq(documents.collectionId, of.collectionId)
      : and(
          eq(documents.integrationId, of.integrationId),
          of.hiddenOnly === true ? isNotNull(documents.hiddenAt) : undefined,
        );
  const batch = db.select({ id: documents.id }).from(documents).where(where).limit(limit);
  const gone = await db.delete(documents).where(inArray(documents.id, batch)).returning({ id: documents.id });
  return gone.length;
}

/** Forgets what has been hidden for `keepMs`. */
export async function pruneHiddenDocuments(db: Executor, keepMs: number): Promise<void> {
  await db.delete(documents).where(lt(documents.hiddenAt, new Date(Date.now() - keepMs).toISOString()));
}
