/** Rows of a linked pair as the pure core takes them. */
import type { PairRow } from '../db/queries/contact-pairs.ts';
import type { ContactRow } from '../db/queries/contacts-read.ts';
import { CONTACT_FIELD_NAMES, type ContactFields } from '../sync/contact-fields.ts';
import type { FieldMapping } from '../sync/default-mappings.ts';
import { impliedBases } from '../sync/implied-bases.ts';
import { compileMapping, type FieldBases } from '../sync/map-contact.ts';
import type { ContactLink, LocalContact } from '../sync/operations.ts';
import type { Person } from '../sync/person.ts';
import type { Mappings } from './read-mappings.ts';

/** Custom ones as `custom.<name>`. */
export function fieldsOf(contact: ContactRow): ContactFields {
  const own = CONTACT_FIELD_NAMES.map((name) => [name, contact[name]]);
  const custom = Object.entries(contact.customFields ?? {}).map(([name, value]) => [`custom.${name}`, value]);
  return Object.fromEntries([...own, ...custom]) as ContactFields;
}

/** A base that is not written down means what the mapping reads from the shadow, on both sides (decisions/0010). */
export function basesOf(
  { link }: { readonly link: Pick<PairRow['link'], 'base' | 'shadow'> },
  { fields }: Pick<Mappings, 'fields'>,
): FieldBases {
  if (link.base !== null) return link.base as FieldBases;
  return impliedBases(compileMapping(fields as readonly FieldMapping[]), link.shadow as Person);
}

export function pairOf(
  row: PairRow,
  mappings: Pick<Mappings, 'fields'>,
): { local: LocalContact; link: ContactLink; person: Person } {
  const { contact, link } = row;
  return {
    local: {
      id: contact.id,
      version: contact.version,
      fields: fieldsOf(contact),
      ...(contact.editedAt === null ? {} : { editedAt: contact.editedAt }),
      ...(contact.remoteEditedAt === null ? {} : { remoteEditedAt: contact.remoteEditedAt }),
    },
    link: {
      contactId: contact.id,
      resourceName: link.remoteId,
      localVersion: link.localVersion,
      bases: basesOf(row, mappings),
    },
    person: link.shadow as Person,
  };
}
