import { purgeRows, removeRows, unseenRows } from '../../db/queries/mirror-table.ts';
import { writeTasks } from '../../db/queries/tasks.ts';
import { tasks } from '../../db/schema/index.ts';
import type { TaskRecord } from '../../providers/contract/index.ts';
import { mirror, type RecordStore } from './store.ts';

export const taskStore: RecordStore = {
  prepare(page) {
    const rows = (page.upserts as readonly TaskRecord[]).map((record) => ({ ...record, ...mirror(record) }));
    return (tx, context) => writeTasks(tx, context, { rows, deletions: page.deletions });
  },
  findUnseen: (db, query) => unseenRows(db, tasks, query),
  remove: (tx, key, remoteIds) => removeRows(tx, tasks, key, remoteIds),
  purgeCollection: (tx, collectionId, limit) => purgeRows(tx, tasks, { collectionId }, limit),
  async purgeIntegration(tx, { integrationId, records, limit }) {
    return records === 'delete' ? purgeRows(tx, tasks, { integrationId }, limit) : 0;
  },
};
