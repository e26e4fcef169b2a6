import {
  purgeContactLists,
  removeContactLists,
  unseenContactLists,
  writeContactLists,
} from '../../db/queries/contact-lists.ts';
import type { ContactListRecord } from '../../providers/contract/index.ts';
import { mirror, type RecordStore } from './store.ts';

export const contactListStore: RecordStore = {
  prepare(page) {
    const rows = (page.upserts as readonly ContactListRecord[]).map((record) => ({
      ...mirror(record),
      name: record.name,
      system: record.system,
    }));
    return (tx, context) => writeContactLists(tx, context, { rows, deletions: page.deletions });
  },
  findUnseen: (db, { key, limit, ...query }) => unseenContactLists(db, { ...key, ...query }, limit),
  remove: (tx, key, remoteIds) => removeContactLists(tx, key.integrationId, remoteIds),
  async purgeIntegration(tx, { integrationId, records }) {
    if (records === 'delete') await purgeContactLists(tx, integrationId);
    return 0;
  },
};
