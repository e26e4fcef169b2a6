import { type MirrorTable, purgeRows, removeRows, unseenRows } from '../../db/queries/mirror-table.ts';
import type { RecordStore } from './store.ts';

/** What follows from a table that has one row per remote id, and to whose rows nothing else is tied. */
export const inTable = (
  table: MirrorTable,
): Pick<RecordStore, 'findUnseen' | 'remove' | 'purgeIntegration'> => ({
  findUnseen: (db, query) => unseenRows(db, table, query),
  remove: (tx, key, remoteIds) => removeRows(tx, table, key, remoteIds),
  async purgeIntegration(tx, { integrationId, records, limit }) {
    return records === 'delete' ? purgeRows(tx, table, { integrationId }, limit) : 0;
  },
});
