import { RefusedCopyError } from '../../db/copy.ts';
import { cleanJson } from '../../db/json-parameter.ts';
import { loadContacts, packContacts } from '../../db/queries/contact-load.ts';
import { haveOthersCome, takeMatchingTurn } from '../../db/queries/contact-matching.ts';
import { hasOtherContacts, writeContacts } from '../../db/queries/contact-mirror.ts';
import type {
  ContactValues,
  KnownVersions,
  MappedContact,
  MirrorRules,
} from '../../db/queries/contact-mirror-rules.ts';
import { holdContactSettings, loadContactSyncRow, stampOf } from '../../db/queries/contact-sync-settings.ts';
import { noteGone, purgeContactLinks, unseenContacts } from '../../db/queries/contacts-gone.ts';
import { lastFullListing, listAgainAt } from '../../db/queries/stream-cursors.ts';
import { type LinkBases, onlyReadStreams } from '../../db/schema/index.ts';
import type { ContactRecord } from '../../providers/contract/index.ts';
import { DEFAULT_FIELD_MAPPINGS } from '../../sync/default-mappings.ts';
import { impliedBases } from '../../sync/implied-bases.ts';
import { flowOf } from '../../sync/list-flow.ts';
import { type CompiledMapping, compileMapping } from '../../sync/map-contact.ts';
import { isStaleObservation, planRenames } from '../../sync/observation.ts';
import { groupsMoved, groupsOf, markersOf, type Person } from '../../sync/person.ts';
import { isoAt, nowMs } from '../clock.ts';
import { type ContactSync, compileSync, defaultVersion, mappingsOf } from '../contacts/contact-sync.ts';
import { graceMsOf, longGoneMs } from '../contacts/grace.ts';
import { mirror, type RecordStore } from './store.ts';

interface ContactSettings {
  readonly stamp: string | undefined;
  readonly mapping: CompiledMapping;
  readonly graceMs: number;
  readonly rules: () => MirrorRules;
}

/** What is gone and what a person edited is left to the planner; Delete keeps or removes contacts as the person chose. */
export const contactStore: RecordStore = {
  async loadSettings(deps, { integrationId, stream }): Promise<ContactSettings> {
    const row = await loadContactSyncRow(deps.db, integrationId);
    const sync = row && compileSync(row);
    const of = { userId: sync?.userId ?? '', integrationId };
    let others: boolean | undefined;
    const hasOthers: MirrorRules['hasOthers'] = async (db) => {
      if (others === true) return true;
      await takeMatchingTurn(db, of.userId);
      // The whole address book is looked at once; from then on, only whether somebody has come.
      others = others === undefined ? await hasOtherContacts(db, of) : await haveOthersCome(db, of);
      return others;
    };
    const settings = settingsOf(sync, {
      ...{ now: () => isoAt(nowMs(deps)), hasOthers },
      path: sync === undefined ? 'none' : pathOf(sync, stream),
      graceMs: graceMsOf(deps),
      mappingOf: row === undefined ? () => defaultMapping : mappingsOf(row),
    });
    return { ...settings, stamp: row && stampOf(row) };
  },
  holdSettings: (tx, { integrationId }, settings) =>
    holdContactSettings(tx, { integrationId, stamp: (settings as ContactSettings).stamp }),
  async mayLoad(db, settings) {
    const { path, fields, hasOthers } = (settings as ContactSettings).rules();
    const isPlain = fields.every((field) => !field.startsWith('custom.'));
    return path === 'quick' && isPlain && !(await hasOthers(db));
  },
  prepare(page, settings = plainSettings) {
    const { mapping, rules } = settings as typeof plainSettings;
    const rows = (page.upserts as readonly ContactRecord[]).map((record) => {
      const mirrored = mirror(record);
      return {
        ...mirrored,
        formerRemoteIds: record.formerRemoteIds ?? [],
        isMarked: markersOf(record.raw as Person).length > 0,
        // A changed contact is read again from its text, so that the page's parsed records can be let go.
        mapped: () => mapContact(mapping, JSON.parse(cleanJson(mirrored.rawJson)) as Person),
      };
    });
    const { deletions } = page;
    return (tx, context) => writeContacts(tx, context, { rows, deletions, rules: rules() });
  },
  prepareLoad(page, context, settings = plainSettings) {
    const { mapping, rules } = settings as typeof plainSettings;
    const { mappingVersion, lists } = rules();
    const rows = packContacts(
      { ...context, mappingVersion, lists },
      page.upserts as readonly ContactRecord[],
      {
        mirrored: mirror,
        mapped: (record) => mapContact(mapping, record.raw as Person),
      },
    );
    return async (tx) => {
      if (await rules().hasOthers(tx)) throw new RefusedCopyError('others have come meanwhile');
      return loadContacts(tx, rows);
    };
  },
  findUnseen: (db, { key, limit, ...query }) => unseenContacts(db, { ...key, ...query }, limit),
  plansRemovals: true,
  async remove(tx, key, remoteIds, settings = plainSettings) {
    const listedAt = await lastFullListing(tx, key);
    if (listedAt === null) return 0;
    const { graceMs, ...of } = settings as typeof plainSettings;
    const settled = isoAt(Date.parse(listedAt) - graceMs);
    const rules = of.rules();
    const gone = await noteGone(tx, key, { remoteIds, rules, settled });
    // What is too new to be taken for gone is in no later increment either.
    if (gone < remoteIds.length) await listAgainAt(tx, key, isoAt(Date.parse(rules.now) + graceMs));
    return gone;
  },
  purgeIntegration: (tx, { integrationId, records, limit }) =>
    purgeContactLinks(tx, { integrationId, contacts: records, limit }),
};

/** Those that are only read come in where Harmony doesn't know them yet, which the planner finds out. */
function pathOf({ settingsOf, writes }: ContactSync, stream: string): MirrorRules['path'] {
  if (settingsOf(stream) === undefined) return 'none';
  return writes || onlyReadStreams[stream] !== undefined ? 'plan' : 'quick';
}

const mapContact = (mapping: CompiledMapping, person: Person): MappedContact => ({
  values: mapping.toHarmony(person) as ContactValues,
  groups: groupsOf(person),
});

function settingsOf(
  sync: ContactSync | undefined,
  {
    now,
    hasOthers,
    path,
    graceMs,
    mappingOf,
  }: { now: () => string } & Pick<MirrorRules, 'hasOthers' | 'path'> &
    Pick<ContactSettings, 'graceMs'> &
    Pick<ContactSync, 'mappingOf'>,
): Omit<ContactSettings, 'stamp'> {
  const mapping = sync?.settings.mapping ?? defaultMapping;
  return {
    mapping,
    graceMs,
    rules: () => ({
      now: now(),
      hasOthers,
      path,
      mappingVersion: sync?.mappingVersion ?? defaultVersion,
      // Contacts that are not mapped get no lists, either.
      lists: flowOf(path === 'none' ? 'none' : (sync?.lists ?? 'from_provider')),
      groupsMoved: (before, after) => groupsMoved(before as Person, after as Person),
      fields: mapping.fields.filter(({ direction }) => direction !== 'to_provider').map(({ field }) => field),
      isStale: ({ etag, remoteUpdatedAt }, known) =>
        !isLongGone(known, now()) &&
        isStaleObservation(
          { metadata: { sources: [sourceOf(etag, remoteUpdatedAt)] } },
          {
            supersededEtags: known.supersededEtags ?? [],
            ...(known.remoteUpdatedAt === null ? {} : { latestUpdateTime: known.remoteUpdatedAt }),
          },
        ),
      impliedBases: (shadow, version) => impliedBases(mappingOf(version), shadow as Person) as LinkBases,
      planRenames: (rows, ...are) =>
        planRenames(
          rows.map(({ remoteId, formerRemoteIds }) => ({
            resourceName: remoteId,
            metadata: { previousResourceNames: [...formerRemoteIds] },
          })),
          ...are,
        ),
    }),
  };
}

const isLongGone = ({ goneSince }: KnownVersions, now: string): boolean =>
  goneSince !== null && Date.parse(now) - Date.parse(goneSince) >= longGoneMs;

const sourceOf = (etag: string | null, updateTime: string | null) => ({
  type: 'CONTACT',
  ...(etag === null ? {} : { etag }),
  ...(updateTime === null ? {} : { updateTime }),
});

const defaultMapping = compileMapping(DEFAULT_FIELD_MAPPINGS);

/** Contacts that only flow from the provider, by the default mappings. */
const plainSettings = settingsOf(undefined, {
  now: () => isoAt(Date.now()),
  hasOthers: async () => false,
  path: 'quick',
  graceMs: graceMsOf({}),
  mappingOf: () => defaultMapping,
});
