import { purgeRows, removeRows, unseenRows } from '../../db/queries/mirror-table.ts';
import { loadTasks, packTasks, type TaskRow, writeTasks } from '../../db/queries/tasks.ts';
import { tasks } from '../../db/schema/index.ts';
import type { TaskRecord } from '../../providers/contract/index.ts';
import { mirror, type RecordStore } from './store.ts';

export const taskStore: RecordStore = {
  prepare(page) {
    const rows = (page.upserts as readonly TaskRecord[]).map(shape);
    return (tx, context) => writeTasks(tx, context, { rows, deletions: page.deletions });
  },
  prepareLoad(page, context) {
    const rows = packTasks(context, page.upserts as readonly TaskRecord[], shape);
    return (tx) => loadTasks(tx, rows);
  },
  findUnseen: (db, query) => unseenRows(db, tasks, query),
  remove: (tx, key, remoteIds) => removeRows(tx, tasks, key, remoteIds),
  purgeCollection: (tx, collectionId, limit) => purgeRows(tx, tasks, { collectionId }, limit),
  async purgeIntegration(tx, { integrationId, records, limit }) {
    return records === 'delete' ? purgeRows(tx, tasks, { integrationId }, limit) : 0;
  },
};

const shape = (record: TaskRecord): TaskRow => ({ ...record, ...mirror(record) });
