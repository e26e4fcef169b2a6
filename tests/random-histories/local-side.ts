/** A person at work in Harmony: the edits that the API makes, without HTTP around them. */
import type { Database } from '../../db/client.ts';
import {
  type ContactChange,
  insertContact,
  lockContact,
  updateContact,
} from '../../db/queries/contact-edits.ts';
import {
  insertContactList,
  lockContactList,
  setMembership,
  updateContactList,
} from '../../db/queries/contact-list-edits.ts';
import { noteContactWork, noteListWork, noteMemberWork } from '../../db/queries/contact-work.ts';
import type { ContactFields } from '../../sync/contact-fields.ts';

export interface Harmony {
  readonly db: Database;
  readonly workspaceId: string;
  readonly userId: string;
  /** Another one once the account is connected anew. */
  integrationId: string;
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

export async function createList(
  { db, workspaceId, userId }: Harmony,
  { id, name }: { id: string; name: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    await noteListWork(tx, { userId, listIds: [id] });
    await insertContactList(tx, { id, workspaceId, userId, name });
  });
}

export async function editList(
  { db, workspaceId, userId }: Harmony,
  listId: string,
  change: Parameters<typeof updateContactList>[2],
): Promise<void> {
  await db.transaction(async (tx) => {
    await noteListWork(tx, { userId, listIds: [listId] });
    await lockContactList(tx, { workspaceId, userId }, listId);
    await updateContactList(tx, listId, change);
  });
}

/** Puts a contact on a list, or takes it off. */
export async function changeMembership(
  { db, workspaceId, userId }: Harmony,
  { contactId, listId, member }: { contactId: string; listId: string; member: boolean },
): Promise<void> {
  const scope = { workspaceId, userId };
  await db.transaction(async (tx) => {
    await noteContactWork(tx, { userId, contactIds: [contactId] });
    await lockContact(tx, scope, contactId);
    await lockContactList(tx, scope, listId);
    await noteMemberWork(tx, { userId, contactId, listId });
    await setMembership(tx, { contactId, listId, member });
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
