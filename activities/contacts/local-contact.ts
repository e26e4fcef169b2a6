import type { PlannedContact } from '../../db/queries/contact-planning.ts';
import { CONTACT_FIELD_NAMES, type ContactFields } from '../../sync/contact-fields.ts';
import type { LocalContact } from '../../sync/operations.ts';

/** In Harmony, and not in its archive. */
export const isThere = (
  contact: PlannedContact | null | undefined,
): contact is PlannedContact & { readonly archivedAt: null } =>
  contact != null && contact.archivedAt === null;

/** A row as the pure core knows it. */
export function toLocalContact(row: PlannedContact): LocalContact {
  const fields: ContactFields = {};
  for (const name of CONTACT_FIELD_NAMES) fields[name] = row[name];
  for (const [name, value] of Object.entries(row.customFields ?? {})) fields[`custom.${name}`] = value;
  return {
    id: row.id,
    version: row.version,
    fields,
    archived: row.archivedAt !== null,
    ...(row.editedAt === null ? {} : { editedAt: row.editedAt }),
    ...(row.remoteEditedAt === null ? {} : { remoteEditedAt: row.remoteEditedAt }),
  };
}
