/** A person at work in Harmony: the edits that the API makes, without HTTP around them. */
import type { Database } from '../../db/client.ts';
import {
  type ContactChange,
  insertContact,
  lockContact,
  updateContact,
} from '../../db/queries/contact-edits.ts';
import { noteContactWork } from '../../db/queries/contact-work.ts';
import type { ContactFields } from '../../sync/contact-fields.ts';

export interface Harmony {
  readonly db: Database;
  readonly workspaceId: string;
  readonly userId: string;
  readonly integrationId: string;
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

function toChange(fields: ContactFields): ContactChange {
  const columns: Record<string, string | null> = {};
  const customFields: Record<string, string | null> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (name.startsWith('custom.')) customFields[name.slice('custom.'.length)] = value ?? null;
    else columns[name] = value ?? null;
  }
  return { ...columns, ...(Object.keys(customFields).length === 0 ? {} : { customFields }) };
}
