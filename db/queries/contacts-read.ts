/** Harmony's contacts, as their owner reads them. */
import { and, eq, gt, inArray, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { contactLinks, contactListMembers, contacts, integrations } from '../schema/index.ts';
import { type Page, type Scope, toPage, within } from './scope.ts';

export type ContactRow = typeof contacts.$inferSelect;

export interface ContactSource {
  readonly integrationId: string;
  readonly provider: string;
  readonly remoteId: string;
}
export interface LinkedContact {
  readonly contact: ContactRow;
  readonly sources: readonly ContactSource[];
  readonly listIds: readonly string[];
}

/** By id, which is the order in which they were made; by name, and within equal names by id. */
export type ContactOrder = 'created' | 'name';

export interface ListContacts {
  readonly limit: number;
  readonly order: ContactOrder;
  /** The last row of the page before; by name, with what it is sorted by. */
  readonly after?: { readonly id: string; readonly sortName?: string } | undefined;
  readonly integrationId?: string | undefined;
  readonly listId?: string | undefined;
  readonly email?: string | undefined;
  /** Only archived ones, or only those that are not. */
  readonly archived: boolean;
}

export async function listContacts(
  db: Executor,
  scope: Scope,
  list: ListContacts,
): Promise<Page<LinkedContact>> {
  const conditions: (SQL | undefined)[] = [
    within(contacts, scope),
    list.archived ? isNotNull(contacts.archivedAt) : isNull(contacts.archivedAt),
  ];
  if (list.after !== undefined) conditions.push(behind(list.after));
  if (list.email !== undefined) conditions.push(sql`lower(${contacts.email}) = lower(${list.email})`);
  if (list.integrationId !== undefined) {
    conditions.push(
      sql`exists (select 1 from ${contactLinks} where ${contactLinks.contactId} = ${contacts.id}
        and ${contactLinks.integrationId} = ${list.integrationId} and ${contactLinks.tombstonedAt} is null)`,
    );
  }
  if (list.listId !== undefined) {
    conditions.push(
      sql`exists (select 1 from ${contactListMembers} where ${contactListMembers.contactId} = ${contacts.id}
        and ${contactListMembers.listId} = ${list.listId})`,
    );
  }
  const rows = await db
    .select()
    .from(contacts)
    .where(and(...conditions))
    .orderBy(...(list.order === 'name' ? [contacts.sortName] : []), contacts.id)
    .limit(list.limit + 1);
  const page = toPage(rows, list.limit);
  return { rows: await addTies(db, page.rows), more: page.more };
}

/** One comparison of rows, which the index on names answers from where the page before ended. */
function behind({ id, sortName }: NonNullable<ListContacts['after']>): SQL {
  if (sortName === undefined) return gt(contacts.id, id);
  return sql`(${contacts.sortName}, ${contacts.id}) > (${sortName}, ${id})`;
}

/** Archived or not. */
export async function findContact(
  db: Executor,
  scope: Scope,
  contactId: string,
): Promise<LinkedContact | undefined> {
  const rows = await db
    .select()
    .from(contacts)
    .where(and(eq(contacts.id, contactId), within(contacts, scope)));
  return (await addTies(db, rows))[0];
}

/** Adds what the contacts are linked to and which lists they are on. */
async function addTies(db: Executor, rows: readonly ContactRow[]): Promise<readonly LinkedContact[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const memberships = await db
    .select({ contactId: contactListMembers.contactId, listId: contactListMembers.listId })
    .from(contactListMembers)
    .where(inArray(contactListMembers.contactId, ids))
    .orderBy(contactListMembers.listId);
  const links = await db
    .select({
      contactId: contactLinks.contactId,
      integrationId: contactLinks.integrationId,
      provider: integrations.provider,
      remoteId: contactLinks.remoteId,
    })
    .from(contactLinks)
    .innerJoin(integrations, eq(integrations.id, contactLinks.integrationId))
    .where(
      and(
        inArray(contactLinks.contactId, ids),
        isNull(contactLinks.tombstonedAt),
        isNull(integrations.deletingAt),
      ),
    );
  const byContact = Map.groupBy(links, (link) => link.contactId);
  const listsOf = Map.groupBy(memberships, ({ contactId }) => contactId);
  return rows.map((contact) => ({
    contact,
    sources: (byContact.get(contact.id) ?? []).map(({ integrationId, provider, remoteId }) => ({
      integrationId,
      provider,
      remoteId,
    })),
    listIds: (listsOf.get(contact.id) ?? []).map(({ listId }) => listId),
  }));
}
