import { purgeRows } from '../../db/queries/mirror-table.ts';
import { loadTasks, packTasks, type TaskRow, writeTasks } from '../../db/queries/tasks.ts';
import { tasks } from '../../db/schema/index.ts';
import type { TaskRecord } from '../../providers/contract/index.ts';
import { inTable } from './in-table.ts';
import { mirror, type RecordStore } from './store.ts';

export const taskStore: RecordStore = {
  ...inTable(tasks),
  prepare(page) {
    const rows = (page.upserts as readonly TaskRecord[]).map(shape);
    return (tx, context) => writeTasks(tx, context, { rows, deletions: page.deletions });
  },
  prepareLoad(page, context) {
    const rows = packTasks(context, page.upserts as readonly TaskRecord[], shape);
    return (tx) => loadTasks(tx, rows);
  },
  purgeCollection: (tx, collectionId, limit) => purgeRows(tx, tasks, { collectionId }, limit),
};

const shape = (record: TaskRecord): TaskRow => ({ ...record, ...mirror(record) });
