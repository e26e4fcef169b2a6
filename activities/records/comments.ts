import { purgeRows } from '../../db/queries/mirror-table.ts';
import {
  type CommentRow,
  loadComments,
  packComments,
  writeComments,
} from '../../db/queries/task-comments.ts';
import { taskComments } from '../../db/schema/index.ts';
import type { CommentRecord } from '../../providers/contract/index.ts';
import { inTable } from './in-table.ts';
import { mirror, type RecordStore } from './store.ts';

export const commentStore: RecordStore = {
  ...inTable(taskComments),
  prepare(page) {
    const rows = (page.upserts as readonly CommentRecord[]).map(shape);
    return (tx, context) => writeComments(tx, context, { rows, deletions: page.deletions });
  },
  prepareLoad(page, context) {
    const rows = packComments(context, page.upserts as readonly CommentRecord[], shape);
    return (tx) => loadComments(tx, rows);
  },
  purgeCollection: (tx, collectionId, limit) => purgeRows(tx, taskComments, { collectionId }, limit),
};

const shape = (record: CommentRecord): CommentRow => ({ ...record, ...mirror(record) });
