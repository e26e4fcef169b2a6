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

export interface ListContacts {
  readonly limit: number;
  /** Id of the last row of the page before. */
  readonly after?: string | undefined;
  readonly integrationId?: string | undefined;
  readonly listId?: string | undefined;
  readonly email?: string | undefined;
  /** Only archived ones, or only those that are not. */
  readonly archived: boolean;
}

/** In the order of their ids, which is the order in which they were made. */
export async function listContacts(
  db: Executor,
  scope: Scope,
  list: ListContacts,
): Promise<Page<LinkedContact>> {
  const conditions: (SQL | undefined)[] = [
    within(contacts, scope),
    list.archived ? isNotNull(contacts.archivedAt) : isNull(contacts.archivedAt),
  ];
  if (list.after !== undefined) conditions.push(gt(contacts.id, list.after));
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
    .orderBy(contacts.id)
    .limit(list.limit + 1);
  const page = toPage(rows, list.limit);
  return { rows: await addTies(db, page.rows), more: page.more };
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
