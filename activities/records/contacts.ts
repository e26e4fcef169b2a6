import { loadContacts, packContacts } from '../../db/queries/contact-load.ts';
import {
  archiveContacts,
  type ContactColumns,
  purgeContactLinks,
  unseenContacts,
  writeContacts,
} from '../../db/queries/contact-mirror.ts';
import type { ContactRecord } from '../../providers/contract/index.ts';
import { CONTACT_FIELD_NAMES } from '../../sync/contact-fields.ts';
import { DEFAULT_FIELD_MAPPINGS } from '../../sync/default-mappings.ts';
import { compileMapping } from '../../sync/map-contact.ts';
import { groupsOf, type Person } from '../../sync/person.ts';
import { mirror, type RecordStore } from './store.ts';

/** Contacts are archived when they go; Delete keeps or removes the Harmony contacts as the person chose. */
export const contactStore: RecordStore = {
  prepare(page) {
    const rows = (page.upserts as readonly ContactRecord[]).map((record) => {
      const mirrored = mirror(record);
      return {
        ...mirrored,
        formerRemoteIds: record.formerRemoteIds ?? [],
        // A changed contact is read again from its text, so that the page's parsed records can be let go.
        columns: () => mapColumns(JSON.parse(mirrored.rawJson) as Person),
      };
    });
    const { deletions } = page;
    return (tx, context) => writeContacts(tx, context, { rows, deletions });
  },
  prepareLoad(page, context) {
    const rows = packContacts(context, page.upserts as readonly ContactRecord[], {
      mirrored: mirror,
      columns: (record) => mapColumns(record.raw as Person),
    });
    return (tx) => loadContacts(tx, rows);
  },
  findUnseen: (db, { key, limit, ...query }) => unseenContacts(db, { ...key, ...query }, limit),
  remove: archiveContacts,
  purgeIntegration: (tx, { integrationId, records, limit }) =>
    purgeContactLinks(tx, { integrationId, contacts: records, limit }),
};

const mapping = compileMapping(DEFAULT_FIELD_MAPPINGS);

function mapColumns(person: Person): ContactColumns {
  const fields = mapping.toHarmony(person);
  const columns = CONTACT_FIELD_NAMES.map((name) => [name, fields[name] ?? null]);
  return { ...Object.fromEntries(columns), groups: groupsOf(person) } as unknown as ContactColumns;
}
