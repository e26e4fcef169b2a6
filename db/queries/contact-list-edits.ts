/** What a person does to contact lists in Harmony. Every edit tells the planners first; see contact-work.ts. */
import { and, eq, sql } from 'drizzle-orm';
import type { Transaction } from '../client.ts';
import { contactListMembers, contactLists, contacts } from '../schema/index.ts';
import type { ContactListRow } from './contact-lists-read.ts';
import { type Scope, within } from './scope.ts';

/** The same id again (a repeated request) returns the list that is there. */
export async function insertContactList(
  tx: Transaction,
  values: { id: string; workspaceId: string; userId: string; name: string },
): Promise<ContactListRow> {
  const [inserted] = await tx
    .insert(contactLists)
    .values({ ...values, editedAt: sql`now()` })
    .onConflictDoNothing()
    .returning();
  if (inserted !== undefined) return inserted;
  const [present] = await tx.select().from(contactLists).where(eq(contactLists.id, values.id));
  if (present === undefined) throw new Error(`The list id ${values.id} is taken by somebody else's list.`);
  return present;
}

/** The list with its row locked, so that what is decided about it still holds at the write. */
export async function lockContactList(
  tx: Transaction,
  scope: Scope,
  listId: string,
): Promise<ContactListRow | undefined> {
  const [row] = await tx
    .select()
    .from(contactLists)
    .where(and(eq(contactLists.id, listId), within(contactLists, scope)))
    .for('update');
  return row;
}

/** A list that was noted and locked before. */
export async function updateContactList(
  tx: Transaction,
  listId: string,
  change: { readonly name?: string; readonly archivedAt?: string | null },
): Promise<void> {
  await tx
    .update(contactLists)
    .set({
      ...change,
      ...{ version: sql`${contactLists.version} + 1`, editedAt: sql`now()`, updatedAt: sql`now()` },
    })
    .where(eq(contactLists.id, listId));
}

/**
 * Puts a contact on a list or takes it off, and raises the contact's version, since the membership is carried over with
 * the contact; not where it is no `isEdit`, but comes from the provider. Returns whether that was a change.
 */
export async function setMembership(
  tx: Transaction,
  {
    listId,
    contactId,
    member,
    isEdit = true,
  }: { listId: string; contactId: string; member: boolean; isEdit?: boolean },
): Promise<boolean> {
  const changed = member
    ? await tx
        .insert(contactListMembers)
        .values({ listId, contactId })
        .onConflictDoNothing()
        .returning({ listId: contactListMembers.listId })
    : await tx
        .delete(contactListMembers)
        .where(and(eq(contactListMembers.listId, listId), eq(contactListMembers.contactId, contactId)))
        .returning({ listId: contactListMembers.listId });
  if (changed.length === 0) return false;
  await tx
    .update(contacts)
    .set({
      ...(isEdit ? { version: sql`${contacts.version} + 1`, editedAt: sql`now()` } : {}),
      updatedAt: sql`now()`,
    })
    .where(eq(contacts.id, contactId));
  return true;
}
