import type { ListFlow } from '../../db/queries/contact-list-members.ts';
import {
  noteGroupsGone,
  purgeListLinks,
  unseenContactLists,
  writeContactLists,
} from '../../db/queries/contact-list-mirror.ts';
import { holdContactSettings, loadContactSyncRow, stampOf } from '../../db/queries/contact-sync-settings.ts';
import type { ContactListRecord } from '../../providers/contract/index.ts';
import { flowOf } from '../../sync/list-flow.ts';
import { directionOfLists } from '../contacts/contact-sync.ts';
import { mirror, type RecordStore } from './store.ts';

interface ListSettings {
  readonly flow: ListFlow;
  readonly stamp: string | undefined;
}

/** Lists are planned when their group goes; Delete keeps or removes them as the person chose. */
export const contactListStore: RecordStore = {
  async loadSettings(deps, { integrationId }): Promise<ListSettings> {
    const row = await loadContactSyncRow(deps.db, integrationId);
    const flow = flowOf(row === undefined ? 'none' : directionOfLists(row));
    return { flow, stamp: row && stampOf(row) };
  },
  holdSettings: (tx, { integrationId }, settings) =>
    holdContactSettings(tx, { integrationId, stamp: (settings as ListSettings).stamp }),
  prepare(page, settings) {
    const { flow } = settings as ListSettings;
    const rows = (page.upserts as readonly ContactListRecord[]).map((record) => ({
      ...mirror(record),
      name: record.name,
      system: record.system,
      takesMembers: record.takesMembers !== false,
    }));
    return (tx, context) => writeContactLists(tx, context, { rows, deletions: page.deletions, flow });
  },
  findUnseen: (db, { key, limit, ...query }) => unseenContactLists(db, { ...key, ...query }, limit),
  remove: (tx, key, remoteIds) => noteGroupsGone(tx, key.integrationId, remoteIds),
  async purgeIntegration(tx, { integrationId, records }) {
    await purgeListLinks(tx, { integrationId, lists: records });
    return 0;
  },
};
