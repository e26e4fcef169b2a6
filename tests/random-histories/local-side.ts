/** A person at work in Harmony: the edits that the API makes, without HTTP around them. */
import { eq } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import {
  type ContactChange,
  insertContact,
  lockContact,
  updateContact,
} from '../../db/queries/contact-edits.ts';
import { noteContactWork } from '../../db/queries/contact-work.ts';
import { contacts } from '../../db/schema/index.ts';
import { CONTACT_FIELD_NAMES, type ContactFields } from '../../sync/contact-fields.ts';
import type { LocalContact } from '../../sync/operations.ts';

type Row = typeof contacts.$inferSelect;

export interface Harmony {
  readonly db: Database;
  readonly workspaceId: string;
  readonly userId: string;
  readonly integrationId: string;
}

export async function readContacts({ db, userId }: Harmony): Promise<Map<string, LocalContact>> {
  const rows = await db.select().from(contacts).where(eq(contacts.userId, userId)).orderBy(contacts.id);
  return new Map(rows.map((row) => [row.id, toLocalContact(row)]));
}

export async function createContact(
  { db, workspaceId, userId }: Harmony,
  id: string,
  fields: ContactFields,
): Promise<void> {
  await db.transaction((tx) => insertContact(tx, { id, workspaceId, userId, change: toChange(fields) }));
}

/** `archived` puts the contact into the archive, or takes it out. */
export async function editContact(
  { db, workspaceId, userId }: Harmony,
  contactId: string,
  { archived, ...fields }: ContactFields & { archived?: boolean },
): Promise<void> {
  await db.transaction(async (tx) => {
    await noteContactWork(tx, { userId, contactIds: [contactId] });
    const row = await lockContact(tx, { workspaceId, userId }, contactId);
    if (row === undefined) return;
    const change = toChange(fields);
    if (archived === undefined) await updateContact(tx, row, change);
    else await updateContact(tx, row, { archivedAt: archived ? new Date().toISOString() : null });
  });
}

function toLocalContact(row: Row): LocalContact {
  const fields: ContactFields = {};
  for (const name of CONTACT_FIELD_NAMES) fields[name] = row[name];
  for (const [name, value] of Object.entries(row.customFields ?? {})) fields[`custom.${name}`] = value;
  return {
    id: row.id,
    version: row.version,
    fields,
    archived: row.archivedAt !== null,
    ...(row.editedAt === null ? {} : { editedAt: row.editedAt }),
  };
}

function toChange(fields: ContactFields): ContactChange {
  const columns: Record<string, string | null> = {};
  const customFields: Record<string, string | null> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (name.startsWith('custom.')) customFields[name.slice('custom.'.length)] = value ?? null;
    else columns[name] = value ?? null;
  }
  return { ...columns, ...(Object.keys(customFields).length === 0 ? {} : { customFields }) };
}
