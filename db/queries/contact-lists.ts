/** Contact lists (labels): a read-only mirror in one table. */
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { newId } from '../ids.ts';
import { rowJson, toJsonParameter } from '../json-parameter.ts';
import { contactLists } from '../schema/index.ts';
import { seenIn } from './listing-marks.ts';
import { type MirrorContext, type Mirrored, type PageOutcome, splitByHash } from './mirror.ts';

export interface ContactListRow extends Mirrored {
  readonly name: string;
  readonly system: boolean;
}

/** Writes a page of lists and removes the deleted ones; unchanged lists are not touched. */
export async function writeContactLists(
  tx: Transaction,
  context: MirrorContext,
  page: { rows: readonly ContactListRow[]; deletions: readonly string[] },
): Promise<PageOutcome> {
  const found = await tx
    .select({ remoteId: contactLists.remoteId, contentHash: contactLists.contentHash })
    .from(contactLists)
    .where(eq(contactLists.integrationId, context.integrationId));
  const split = splitByHash(page.rows, new Map(found.map((row) => [row.remoteId, row.contentHash])));
  const changed = [...split.created, ...split.updated];
  if (changed.length > 0) await upsert(tx, context, changed);
  const deleted = await removeContactLists(tx, context.integrationId, page.deletions);
  return {
    created: split.created.length,
    updated: split.updated.length,
    unchanged: split.unchanged,
    deleted,
  };
}

async function upsert(
  tx: Transaction,
  context: MirrorContext,
  rows: readonly ContactListRow[],
): Promise<void> {
  const parameter = toJsonParameter(
    rows.map((row) =>
      rowJson(
        {
          id: newId('lst'),
          remote_id: row.remoteId,
          etag: row.etag,
          content_hash: row.contentHash,
          remote_updated_at: row.remoteUpdatedAt,
          name: row.name,
          system: row.system,
        },
        row.rawJson,
      ),
    ),
  );
  await tx.execute(sql`
    insert into contact_lists (id, workspace_id, user_id, integration_id, remote_id, etag, content_hash,
      remote_updated_at, raw, name, system)
    select r.id, ${context.workspaceId}, ${context.userId}, ${context.integrationId}, r.remote_id, r.etag,
      r.content_hash, r.remote_updated_at, r.raw, r.name, r.system
    from json_to_recordset(${parameter}::json) as r(id text, remote_id text, etag text, content_hash text,
      remote_updated_at timestamptz, raw json, name text, system boolean)
    on conflict (integration_id, remote_id) do update set
      etag = excluded.etag, content_hash = excluded.content_hash, remote_updated_at = excluded.remote_updated_at,
      raw = excluded.raw, name = excluded.name, system = excluded.system, updated_at = now()`);
}

/** Removes lists by remote id. Returns how many went. */
export async function removeContactLists(
  tx: Executor,
  integrationId: string,
  remoteIds: readonly string[],
): Promise<number> {
  if (remoteIds.length === 0) return 0;
  const gone = await tx
    .delete(contactLists)
    .where(and(eq(contactLists.integrationId, integrationId), inArray(contactLists.remoteId, [...remoteIds])))
    .returning({ id: contactLists.id });
  return gone.length;
}

/** Remote ids of lists after `afterId` that a complete listing did not see, in order, at most `limit`. */
export async function unseenContactLists(
  tx: Executor,
  where: { integrationId: string; stream: string; listingId: string; afterId: string },
  limit: number,
): Promise<string[]> {
  const rows = await tx.execute<{ remote_id: string }>(sql`
    select remote_id from contact_lists
    where integration_id = ${where.integrationId} and remote_id > ${where.afterId}
    except ${seenIn({ ...where, collectionId: '' })}
    order by remote_id
    limit ${limit}`);
  return rows.map((row) => row.remote_id);
}

/** Removes every list of an integration. */
export async function purgeContactLists(db: Executor, integrationId: string): Promise<void> {
  await db.delete(contactLists).where(eq(contactLists.integrationId, integrationId));
}
