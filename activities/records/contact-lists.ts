import {
  noteGroupsGone,
  purgeListLinks,
  unseenContactLists,
  writeContactLists,
} from '../../db/queries/contact-list-mirror.ts';
import type { ContactListRecord } from '../../providers/contract/index.ts';
import { mirror, type RecordStore } from './store.ts';

/** Lists are planned when their group goes; Delete keeps or removes them as the person chose. */
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
  remove: (tx, key, remoteIds) => noteGroupsGone(tx, key.integrationId, remoteIds),
  async purgeIntegration(tx, { integrationId, records }) {
    await purgeListLinks(tx, { integrationId, lists: records });
    return 0;
  },
};
