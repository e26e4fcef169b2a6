/** Tasks: a mirror with one row per remote task, whose id follows from the remote one and so outlives every resync. */
import { createHash } from 'node:crypto';
import { and, eq, sql } from 'drizzle-orm';
import type { RecordBase, TaskRecord } from '../../providers/contract/index.ts';
import type { Transaction } from '../client.ts';
import { tasks } from '../schema/index.ts';
import type { MirrorContext, Mirrored, PageOutcome } from './mirror.ts';
import { changeRecordCount, moveCounts, removeRows, sortPage } from './mirror-table.ts';
import { mirrorWriter } from './mirror-writer.ts';

export type TaskRow = Mirrored & Omit<TaskRecord, keyof RecordBase>;

/** The id of a task is known before the task is here: one that we create has it from the start. */
export function taskIdOf(integrationId: string, remoteId: string): string {
  const digest = createHash('sha256').update(`${integrationId}/${remoteId}`).digest('hex');
  return `tsk_${digest.slice(0, 32)}`;
}

const writer = mirrorWriter<TaskRow>({
  ...{ table: 'tasks', perCollection: true, uniqueIn: 'integration_id' },
  idOf: ({ remoteId }, { integrationId }) => taskIdOf(integrationId, remoteId),
  columns: [
    { name: 'identifier', type: 'text', of: (row) => row.identifier },
    { name: 'title', type: 'text', of: (row) => row.title },
    { name: 'description', type: 'text', of: (row) => row.description },
    { name: 'state', type: 'text', of: (row) => row.state },
    { name: 'state_category', type: 'text', of: (row) => row.stateCategory },
    { name: 'priority', type: 'integer', of: (row) => row.priority },
    { name: 'assignee_remote_id', type: 'text', of: (row) => row.assigneeRemoteId },
    { name: 'project_name', type: 'text', of: (row) => row.projectName },
    { name: 'labels', type: 'text[]', of: (row) => row.labels },
    { name: 'due_on', type: 'text', of: (row) => row.dueOn },
    { name: 'url', type: 'text', of: (row) => row.url },
    { name: 'archived', type: 'boolean', of: (row) => row.archived },
  ],
  // A page that was read before our own write does not undo it.
  mayReplace: sql`tasks.remote_updated_at is null or excluded.remote_updated_at is null
    or excluded.remote_updated_at >= tasks.remote_updated_at`,
});

export const { pack: packTasks, load: loadTasks } = writer;

/** Writes a page of tasks and removes the deleted ones; unchanged tasks are not touched. */
export async function writeTasks(
  tx: Transaction,
  context: MirrorContext,
  page: { rows: readonly TaskRow[]; deletions: readonly string[] },
): Promise<PageOutcome> {
  const { created, updated, unchanged, left } = await sortPage(tx, tasks, context, page.rows);
  const changed = [...created, ...updated];
  const added = await writer.upsert(tx, context, changed);
  await moveCounts(tx, context, left);
  const deleted = await removeRows(tx, tasks, context, page.deletions);
  return { created: added, updated: changed.length - added, unchanged, deleted };
}

/** Removes a task that is in no ticked collection any more, unless what is here is newer than `seenAt` (ISO 8601 UTC). */
export async function removeMovedTask(
  tx: Transaction,
  { integrationId, stream }: { integrationId: string; stream: string },
  task: { readonly remoteId: string; readonly seenAt: string | undefined },
): Promise<void> {
  const isOlder =
    task.seenAt === undefined
      ? undefined
      : sql`(${tasks.remoteUpdatedAt} is null or ${tasks.remoteUpdatedAt} <= ${task.seenAt}::timestamptz)`;
  const gone = await tx
    .delete(tasks)
    .where(and(eq(tasks.integrationId, integrationId), eq(tasks.remoteId, task.remoteId), isOlder))
    .returning({ collectionId: tasks.collectionId });
  for (const { collectionId } of gone)
    await changeRecordCount(tx, { integrationId, stream, collectionId }, -1);
}
