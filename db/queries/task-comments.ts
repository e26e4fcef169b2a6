/** Comments on tasks: a read-only mirror. */
import type { CommentRecord, RecordBase } from '../../providers/contract/index.ts';
import type { Transaction } from '../client.ts';
import { newId } from '../ids.ts';
import { taskComments } from '../schema/index.ts';
import type { MirrorContext, Mirrored, PageOutcome } from './mirror.ts';
import { moveCounts, removeRows, sortPage } from './mirror-table.ts';
import { mirrorWriter } from './mirror-writer.ts';

export type CommentRow = Mirrored & Omit<CommentRecord, keyof RecordBase>;

const writer = mirrorWriter<CommentRow>({
  ...{ table: 'task_comments', perCollection: true, uniqueIn: 'integration_id' },
  idOf: () => newId('tcm'),
  columns: [
    { name: 'task_remote_id', type: 'text', of: (row) => row.taskRemoteId },
    { name: 'author_remote_id', type: 'text', of: (row) => row.authorRemoteId },
    { name: 'body', type: 'text', of: (row) => row.body },
  ],
});

export const { pack: packComments, load: loadComments } = writer;

/** Writes a page of comments and removes the deleted ones; unchanged comments are not touched. */
export async function writeComments(
  tx: Transaction,
  context: MirrorContext,
  page: { rows: readonly CommentRow[]; deletions: readonly string[] },
): Promise<PageOutcome> {
  const { created, updated, unchanged, left } = await sortPage(tx, taskComments, context, page.rows);
  await writer.upsert(tx, context, [...created, ...updated]);
  await moveCounts(tx, context, left);
  const deleted = await removeRows(tx, taskComments, context, page.deletions);
  return { created: created.length, updated: updated.length, unchanged, deleted };
}
