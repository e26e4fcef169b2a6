import { purgeRows, removeRows, unseenRows } from '../../db/queries/mirror-table.ts';
import { writePeople } from '../../db/queries/people.ts';
import { people } from '../../db/schema/index.ts';
import type { PersonRecord } from '../../providers/contract/index.ts';
import { mirror, type RecordStore } from './store.ts';

export const personStore: RecordStore = {
  prepare(page) {
    const rows = (page.upserts as readonly PersonRecord[]).map((record) => ({
      ...record,
      ...mirror(record),
    }));
    return (tx, context) => writePeople(tx, context, { rows, deletions: page.deletions });
  },
  findUnseen: (db, query) => unseenRows(db, people, query),
  remove: (tx, key, remoteIds) => removeRows(tx, people, key, remoteIds),
  async purgeIntegration(tx, { integrationId, records, limit }) {
    return records === 'delete' ? purgeRows(tx, people, { integrationId }, limit) : 0;
  },
};
