/** What a person does to a contact in Harmony. Every edit tells the planners first; see contact-work.ts. */
import { and, eq, sql } from 'drizzle-orm';
import type { Transaction } from '../client.ts';
import { contacts } from '../schema/index.ts';
import { takeTurnAmongListings } from './contact-matching.ts';
import { noteContactWork } from './contact-work.ts';
import type { ContactRow } from './contacts-read.ts';
import { type Scope, within } from './scope.ts';

type Column =
  | 'firstName'
  | 'lastName'
  | 'jobTitle'
  | 'company'
  | 'department'
  | 'email'
  | 'phone'
  | 'address'
  | 'birthday'
  | 'website'
  | 'notes';

/** Fields that are named are set, null clears them; custom fields likewise, each by its name. */
export type ContactChange = { readonly [Name in Column]?: string | null | undefined } & {
  readonly customFields?: Readonly<Record<string, string | null>> | undefined;
};

export interface EditedContact {
  readonly contact: ContactRow;
  /** Integrations whose planners have to look at it. */
  readonly integrationIds: readonly string[];
}

/** The same id again (a repeated request) returns the contact that is there. */
export async function insertContact(
  tx: Transaction,
  input: { id: string; workspaceId: string; userId: string; change: ContactChange },
): Promise<EditedContact> {
  const { id, workspaceId, userId, change } = input;
  await takeTurnAmongListings(tx, userId);
  const integrationIds = await noteContactWork(tx, { userId, contactIds: [id] });
  const { customFields, ...columns } = change;
  const values = {
    ...{ id, workspaceId, userId, ...columns, editedAt: sql`now()` },
    customFields: mergeCustomFields({}, customFields),
  };
  const [inserted] = await tx.insert(contacts).values(values).onConflictDoNothing().returning();
  const [contact] =
    inserted === undefined
      ? await tx
          .select()
          .from(contacts)
          .where(and(eq(contacts.id, id), eq(contacts.userId, userId)))
      : [inserted];
  if (contact === undefined) throw new Error(`The contact id ${id} is taken by somebody else's contact.`);
  return { contact, integrationIds };
}

/** The contact with its row locked, so that what is decided about it still holds at the write. */
export async function lockContact(
  tx: Transaction,
  scope: Scope,
  contactId: string,
): Promise<ContactRow | undefined> {
  const [row] = await tx
    .select()
    .from(contacts)
    .where(and(eq(contacts.id, contactId), within(contacts, scope)))
    .for('update');
  return row;
}

/**
 * The rows of contacts locked, whosever they are, in the order in which everybody locks them. A statement of its own: what the
 * next one sees is what those whom it waited for have left.
 */
export async function holdContacts(tx: Transaction, contactIds: readonly string[]): Promise<void> {
  if (contactIds.length === 0) return;
  await tx.execute(sql`
    select 1 from contacts where id = any(${sql.param([...contactIds])}::text[]) order by id for update`);
}

/** Names of the fields that `change` would give another value; custom ones as `custom.<name>`. */
export function differingFields(contact: ContactRow, change: ContactChange): string[] {
  const { customFields = {}, ...columns } = change;
  const present = contact.customFields ?? {};
  return [
    ...Object.entries(columns)
      .filter(([name, value]) => value !== undefined && value !== contact[name as Column])
      .map(([name]) => name),
    ...Object.entries(customFields)
      .filter(([name, value]) => value !== (Object.hasOwn(present, name) ? present[name] : null))
      .map(([name]) => `custom.${name}`),
  ];
}

/** Sets what differs; a contact that was noted and locked before. */
export async function updateContact(
  tx: Transaction,
  contact: ContactRow,
  change: ContactChange & { readonly archivedAt?: string | null },
): Promise<ContactRow> {
  const { customFields, ...columns } = change;
  const [row] = await tx
    .update(contacts)
    .set({
      ...columns,
      ...(customFields === undefined
        ? {}
        : { customFields: mergeCustomFields(contact.customFields ?? {}, customFields) }),
      ...{ version: sql`${contacts.version} + 1`, editedAt: sql`now()`, updatedAt: sql`now()` },
    })
    .where(eq(contacts.id, contact.id))
    .returning();
  return row as ContactRow;
}

/** null where none is left. */
export function mergeCustomFields(
  present: Readonly<Record<string, string>>,
  change: Readonly<Record<string, string | null>> = {},
): Readonly<Record<string, string>> | null {
  const merged = Object.entries({ ...present, ...change }).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  return merged.length === 0 ? null : Object.fromEntries(merged);
}
