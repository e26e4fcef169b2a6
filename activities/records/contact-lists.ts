import type { ListFlow } from '../../db/queries/contact-list-members.ts';
import {
  type KnownGroup,
  noteGroupsGone,
  purgeListLinks,
  unseenContactLists,
  writeContactLists,
} from '../../db/queries/contact-list-mirror.ts';
import { holdContactSettings, loadContactSyncRow, stampOf } from '../../db/queries/contact-sync-settings.ts';
import type { Mirrored } from '../../db/queries/mirror.ts';
import { lastFullListing, listAgainAt } from '../../db/queries/stream-cursors.ts';
import type { ContactListRecord } from '../../providers/contract/index.ts';
import { flowOf } from '../../sync/list-flow.ts';
import { isStaleGroup } from '../../sync/observation.ts';
import { isoAt, nowMs } from '../clock.ts';
import { directionOfLists } from '../contacts/contact-sync.ts';
import { graceMsOf, longGoneMs } from '../contacts/grace.ts';
import { mirror, type RecordStore } from './store.ts';

interface ListSettings {
  readonly flow: ListFlow;
  readonly stamp: string | undefined;
  readonly graceMs: number;
  readonly now: () => number;
}

/** Lists are planned when their group goes; Delete keeps or removes them as the person chose. */
export const contactListStore: RecordStore = {
  async loadSettings(deps, { integrationId }): Promise<ListSettings> {
    const row = await loadContactSyncRow(deps.db, integrationId);
    const flow = flowOf(row === undefined ? 'none' : directionOfLists(row));
    return { flow, stamp: row && stampOf(row), graceMs: graceMsOf(deps), now: () => nowMs(deps) };
  },
  holdSettings: (tx, { integrationId }, settings) =>
    holdContactSettings(tx, { integrationId, stamp: (settings as ListSettings).stamp }),
  prepare(page, settings) {
    const { flow, now } = settings as ListSettings;
    const isLongGone = ({ tombstonedAt }: KnownGroup) =>
      tombstonedAt !== null && now() - Date.parse(tombstonedAt) >= longGoneMs;
    const isStale = (row: Mirrored, known: KnownGroup) => !isLongGone(known) && isStaleGroup(row, known);
    const rows = (page.upserts as readonly ContactListRecord[]).map((record) => ({
      ...mirror(record),
      name: record.name,
      system: record.system,
      takesMembers: record.takesMembers !== false,
    }));
    return (tx, context) =>
      writeContactLists(tx, context, { rows, deletions: page.deletions, flow, isStale });
  },
  findUnseen: (db, { key, limit, ...query }) => unseenContactLists(db, { ...key, ...query }, limit),
  async remove(tx, key, remoteIds, settings) {
    const { flow, graceMs, now } = settings as ListSettings;
    const of = { remoteIds, isTold: false };
    // Whoever only reads takes nothing along that way, as with contacts.
    if (!flow.pushes) return noteGroupsGone(tx, key.integrationId, of);
    const listedAt = await lastFullListing(tx, key);
    if (listedAt === null) return 0;
    const settled = isoAt(Date.parse(listedAt) - graceMs);
    const gone = await noteGroupsGone(tx, key.integrationId, { ...of, settled });
    // What is too new to be taken for gone is in no later increment either.
    if (gone < remoteIds.length) await listAgainAt(tx, key, isoAt(now() + graceMs));
    return gone;
  },
  async purgeIntegration(tx, { integrationId, records }) {
    await purgeListLinks(tx, { integrationId, lists: records });
    return 0;
  },
};
