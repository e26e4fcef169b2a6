/** Tasks: a mirror with one row per remote task, whose id follows from the remote one and so outlives every resync. */
import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { RecordBase, TaskRecord } from '../../providers/contract/index.ts';
import type { Transaction } from '../client.ts';
import { copyRows, jsonText, type PackedRows, packRows } from '../copy.ts';
import { rowJson, toJsonParameter } from '../json-parameter.ts';
import { tasks } from '../schema/index.ts';
import { latestOf, loadedRows, type MirrorContext, type Mirrored, type PageOutcome } from './mirror.ts';
import { moveCounts, removeRows, sortPage } from './mirror-table.ts';

export type TaskRow = Mirrored & Omit<TaskRecord, keyof RecordBase>;

/** The id of a task is known before the task is here: one that we create has it from the start. */
export function taskIdOf(integrationId: string, remoteId: string): string {
  const digest = createHash('sha256').update(`${integrationId}/${remoteId}`).digest('hex');
  return `tsk_${digest.slice(0, 32)}`;
}

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
  ...['remote_updated_at', 'identifier', 'title', 'description', 'state', 'state_category', 'priority'],
  ...['assignee_remote_id', 'project_name', 'labels', 'due_on', 'url', 'archived', 'raw'],
];

/** Tasks of a collection that had none, for `loadTasks`. */
export function packTasks<R extends { readonly remoteId: string }>(
  context: MirrorContext,
  records: readonly R[],
  rowOf: (record: R) => TaskRow,
): PackedRows {
  const { workspaceId, userId, integrationId, collectionId } = context;
  return packRows(latestOf(records), (record) => {
    const row = rowOf(record);
    return [
      ...[
        taskIdOf(integrationId, row.remoteId),
        workspaceId,
        userId,
        integrationId,
        collectionId,
        row.remoteId,
      ],
      ...[
        row.etag,
        row.contentHash,
        row.remoteUpdatedAt,
        row.identifier,
        row.title,
        row.description,
        row.state,
      ],
      ...[
        row.stateCategory,
        row.priority,
        row.assigneeRemoteId,
        row.projectName,
        row.labels,
        row.dueOn,
        row.url,
      ],
      ...[row.archived, jsonText(row.rawJson)],
    ];
  });
}

export async function loadTasks(tx: Transaction, rows: PackedRows): Promise<PageOutcome> {
  await copyRows(tx, { table: 'tasks', columns: loadedColumns }, rows);
  return loadedRows(rows.count);
}

/** Writes a page of tasks and removes the deleted ones; unchanged tasks are not touched. */
export async function writeTasks(
  tx: Transaction,
  context: MirrorContext,
  page: { rows: readonly TaskRow[]; deletions: readonly string[] },
): Promise<PageOutcome> {
  const { created, updated, unchanged, left } = await sortPage(tx, tasks, context, page.rows);
  const changed = [...created, ...updated];
  if (changed.length > 0) await upsert(tx, context, changed);
  await moveCounts(tx, context, left);
  const deleted = await removeRows(tx, tasks, context, page.deletions);
  return { created: created.length, updated: updated.length, unchanged, deleted };
}

/** A state that is older than ours (a page read before our own write) does not replace it. */
async function upsert(tx: Transaction, context: MirrorContext, rows: readonly TaskRow[]): Promise<void> {
  const parameter = toJsonParameter(
    rows.map((row) =>
      rowJson(
        {
          id: taskIdOf(context.integrationId, row.remoteId),
          remote_id: row.remoteId,
          etag: row.etag,
          content_hash: row.contentHash,
          remote_updated_at: row.remoteUpdatedAt,
          identifier: row.identifier,
          title: row.title,
          description: row.description,
          state: row.state,
          state_category: row.stateCategory,
          priority: row.priority,
          assignee_remote_id: row.assigneeRemoteId,
          project_name: row.projectName,
          labels: row.labels,
          due_on: row.dueOn,
          url: row.url,
          archived: row.archived,
        },
        row.rawJson,
      ),
    ),
  );
  await tx.execute(sql`
    insert into tasks (
      id, workspace_id, user_id, integration_id, collection_id, remote_id, etag, content_hash, remote_updated_at, raw,
      identifier, title, description, state, state_category, priority, assignee_remote_id, project_name, labels, due_on,
      url, archived)
    select r.id, ${context.workspaceId}, ${context.userId}, ${context.integrationId}, ${context.collectionId},
      r.remote_id, r.etag, r.content_hash, r.remote_updated_at, r.raw, r.identifier, r.title, r.description, r.state,
      r.state_category, r.priority, r.assignee_remote_id, r.project_name, r.labels, r.due_on, r.url, r.archived
    from json_to_recordset(${parameter}::json) as r(
      id text, remote_id text, etag text, content_hash text, remote_updated_at timestamptz, raw json, identifier text,
      title text, description text, state text, state_category text, priority integer, assignee_remote_id text,
      project_name text, labels text[], due_on text, url text, archived boolean)
    on conflict (integration_id, remote_id) do update set
      collection_id = excluded.collection_id, etag = excluded.etag, content_hash = excluded.content_hash,
      remote_updated_at = excluded.remote_updated_at, raw = excluded.raw, identifier = excluded.identifier,
      title = excluded.title, description = excluded.description, state = excluded.state,
      state_category = excluded.state_category, priority = excluded.priority,
      assignee_remote_id = excluded.assignee_remote_id, project_name = excluded.project_name,
      labels = excluded.labels, due_on = excluded.due_on, url = excluded.url, archived = excluded.archived,
      updated_at = now()
    where tasks.remote_updated_at is null or excluded.remote_updated_at is null
      or excluded.remote_updated_at >= tasks.remote_updated_at`);
}
