import { writePeople } from '../../db/queries/people.ts';
import { people } from '../../db/schema/index.ts';
import type { PersonRecord } from '../../providers/contract/index.ts';
import { inTable } from './in-table.ts';
import { mirror, type RecordStore } from './store.ts';

export const personStore: RecordStore = {
  ...inTable(people),
  prepare(page) {
    const rows = (page.upserts as readonly PersonRecord[]).map((record) => ({
      ...record,
      ...mirror(record),
    }));
    return (tx, context) => writePeople(tx, context, { rows, deletions: page.deletions });
  },
};
