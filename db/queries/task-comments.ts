/** Comments on tasks: a read-only mirror. */
import { sql } from 'drizzle-orm';
import type { CommentRecord, RecordBase } from '../../providers/contract/index.ts';
import type { Transaction } from '../client.ts';
import { copyRows, jsonText, type PackedRows, packRows } from '../copy.ts';
import { newId } from '../ids.ts';
import { rowJson, toJsonParameter } from '../json-parameter.ts';
import { taskComments } from '../schema/index.ts';
import { latestOf, loadedRows, type MirrorContext, type Mirrored, type PageOutcome } from './mirror.ts';
import { moveCounts, removeRows, sortPage } from './mirror-table.ts';

export type CommentRow = Mirrored & Omit<CommentRecord, keyof RecordBase>;

const loadedColumns = [
  ...[
    'id',
    'workspace_id',
    'user_id',
    'integration_id',
    'collection_id',
    'remote_id',
    'etag',
    'content_hash',
  ],
  ...['remote_updated_at', 'task_remote_id', 'author_remote_id', 'body', 'raw'],
];

/** Comments of a collection that had none, for `loadComments`. */
export function packComments<R extends { readonly remoteId: string }>(
  context: MirrorContext,
  records: readonly R[],
  rowOf: (record: R) => CommentRow,
): PackedRows {
  const { workspaceId, userId, integrationId, collectionId } = context;
  return packRows(latestOf(records), (record) => {
    const row = rowOf(record);
    return [
      ...[newId('tcm'), workspaceId, userId, integrationId, collectionId, row.remoteId, row.etag],
      ...[row.contentHash, row.remoteUpdatedAt, row.taskRemoteId, row.authorRemoteId, row.body],
      jsonText(row.rawJson),
    ];
  });
}

export async function loadComments(tx: Transaction, rows: PackedRows): Promise<PageOutcome> {
  await copyRows(tx, { table: 'task_comments', columns: loadedColumns }, rows);
  return loadedRows(rows.count);
}

/** Writes a page of comments and removes the deleted ones; unchanged comments are not touched. */
export async function writeComments(
  tx: Transaction,
  context: MirrorContext,
  page: { rows: readonly CommentRow[]; deletions: readonly string[] },
): Promise<PageOutcome> {
  const { created, updated, unchanged, left } = await sortPage(tx, taskComments, context, page.rows);
  const changed = [...created, ...updated];
  if (changed.length > 0) await upsert(tx, context, changed);
  await moveCounts(tx, context, left);
  const deleted = await removeRows(tx, taskComments, context, page.deletions);
  return { created: created.length, updated: updated.length, unchanged, deleted };
}

async function upsert(tx: Transaction, context: MirrorContext, rows: readonly CommentRow[]): Promise<void> {
  const parameter = toJsonParameter(
    rows.map((row) =>
      rowJson(
        {
          id: newId('tcm'),
          remote_id: row.remoteId,
          etag: row.etag,
          content_hash: row.contentHash,
          remote_updated_at: row.remoteUpdatedAt,
          task_remote_id: row.taskRemoteId,
          author_remote_id: row.authorRemoteId,
          body: row.body,
        },
        row.rawJson,
      ),
    ),
  );
  await tx.execute(sql`
    insert into task_comments (
      id, workspace_id, user_id, integration_id, collection_id, remote_id, etag, content_hash, remote_updated_at, raw,
      task_remote_id, author_remote_id, body)
    select r.id, ${context.workspaceId}, ${context.userId}, ${context.integrationId}, ${context.collectionId},
      r.remote_id, r.etag, r.content_hash, r.remote_updated_at, r.raw, r.task_remote_id, r.author_remote_id, r.body
    from json_to_recordset(${parameter}::json) as r(
      id text, remote_id text, etag text, content_hash text, remote_updated_at timestamptz, raw json,
      task_remote_id text, author_remote_id text, body text)
    on conflict (integration_id, remote_id) do update set
      collection_id = excluded.collection_id, etag = excluded.etag, content_hash = excluded.content_hash,
      remote_updated_at = excluded.remote_updated_at, raw = excluded.raw, task_remote_id = excluded.task_remote_id,
      author_remote_id = excluded.author_remote_id, body = excluded.body, updated_at = now()`);
}
