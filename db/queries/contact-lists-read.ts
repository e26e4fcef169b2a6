/** Harmony's contact lists, as their owner reads them. */
import { and, count, eq, gt, inArray, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { contactListMembers, contactLists, contacts, integrations, listLinks } from '../schema/index.ts';
import type { ContactSource } from './contacts-read.ts';
import { type Page, type Scope, toPage, within } from './scope.ts';

export type ContactListRow = typeof contactLists.$inferSelect;

export interface LinkedList {
  readonly list: ContactListRow;
  readonly sources: readonly ContactSource[];
  readonly memberCount: number;
  /** Not tied to a group that nobody can be put into. */
  readonly takesMembers: boolean;
}

export interface ListContactLists {
  readonly limit: number;
  /** Id of the last row of the page before. */
  readonly after?: string | undefined;
  readonly integrationId?: string | undefined;
  /** Only archived ones, or only those that are not. */
  readonly archived: boolean;
}

/** In the order of their ids, which is the order in which they were made. */
export async function listContactLists(
  db: Executor,
  scope: Scope,
  list: ListContactLists,
): Promise<Page<LinkedList>> {
  const conditions: SQL[] = [
    within(contactLists, scope),
    list.archived ? isNotNull(contactLists.archivedAt) : isNull(contactLists.archivedAt),
  ];
  if (list.after !== undefined) conditions.push(gt(contactLists.id, list.after));
  if (list.integrationId !== undefined) {
    conditions.push(
      sql`exists (select 1 from ${listLinks} where ${listLinks.listId} = ${contactLists.id}
        and ${listLinks.integrationId} = ${list.integrationId} and ${listLinks.tombstonedAt} is null)`,
    );
  }
  const rows = await db
    .select()
    .from(contactLists)
    .where(and(...conditions))
    .orderBy(contactLists.id)
    .limit(list.limit + 1);
  const page = toPage(rows, list.limit);
  return { rows: await addTies(db, page.rows), more: page.more };
}

/** Archived or not. */
export async function findContactList(
  db: Executor,
  scope: Scope,
  listId: string,
): Promise<LinkedList | undefined> {
  const rows = await db
    .select()
    .from(contactLists)
    .where(and(eq(contactLists.id, listId), within(contactLists, scope)));
  return (await addTies(db, rows))[0];
}

/** Ids of the lists that a contact is on, archived ones too. */
export async function findListsOf(db: Executor, contactId: string): Promise<string[]> {
  const rows = await db
    .select({ listId: contactListMembers.listId })
    .from(contactListMembers)
    .where(eq(contactListMembers.contactId, contactId));
  return rows.map(({ listId }) => listId);
}

async function addTies(db: Executor, rows: readonly ContactListRow[]): Promise<readonly LinkedList[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const links = await db
    .select({
      listId: listLinks.listId,
      integrationId: listLinks.integrationId,
      provider: integrations.provider,
      remoteId: listLinks.remoteId,
      takesMembers: listLinks.takesMembers,
    })
    .from(listLinks)
    .innerJoin(integrations, eq(integrations.id, listLinks.integrationId))
    .where(
      and(inArray(listLinks.listId, ids), isNull(listLinks.tombstonedAt), isNull(integrations.deletingAt)),
    )
    .orderBy(listLinks.integrationId, listLinks.remoteId);
  const counts = await db
    .select({ listId: contactListMembers.listId, members: count() })
    .from(contactListMembers)
    .where(
      and(
        inArray(contactListMembers.listId, ids),
        // Few contacts are archived: leaving those out costs less than joining all members.
        sql`not exists (select 1 from ${contacts} where ${contacts.id} = ${contactListMembers.contactId}
          and ${contacts.archivedAt} is not null)`,
      ),
    )
    .groupBy(contactListMembers.listId);
  const byList = Map.groupBy(links, (link) => link.listId);
  const members = new Map(counts.map((row) => [row.listId, row.members]));
  return rows.map((list) => ({
    list,
    sources: (byList.get(list.id) ?? []).map(({ integrationId, provider, remoteId }) => ({
      ...{ integrationId, provider, remoteId },
    })),
    takesMembers: (byList.get(list.id) ?? []).every((link) => link.takesMembers),
    memberCount: members.get(list.id) ?? 0,
  }));
}
