/** All that a plan is computed from, in pages, read without a lock. */
import { and, eq, inArray, isNotNull, isNull, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { contactLinks, contacts } from '../schema/index.ts';
import { type LinkRow, type PlannedContact, tiesAfter } from './contact-planning.ts';

/** A page of an integration's links, in the order of their remote ids. */
export async function linksAfter(
  db: Executor,
  page: { integrationId: string; afterId: string; limit: number },
): Promise<LinkRow[]> {
  return db
    .select()
    .from(contactLinks)
    .where(
      and(
        eq(contactLinks.integrationId, page.integrationId),
        sql`${contactLinks.remoteId} > ${page.afterId}`,
      ),
    )
    .orderBy(contactLinks.remoteId)
    .limit(page.limit);
}

/** A page of links whose remote contacts are gone while their contacts live, in the order of their remote ids. */
export async function goneTiesAfter(
  db: Executor,
  page: { integrationId: string; afterId: string; limit: number },
): Promise<{ link: LinkRow; contact: PlannedContact }[]> {
  return tiesAfter(db, page, isNotNull(contactLinks.tombstonedAt), isNull(contacts.archivedAt));
}

export async function findContacts(
  db: Executor,
  userId: string,
  contactIds: readonly string[],
): Promise<Map<string, PlannedContact>> {
  if (contactIds.length === 0) return new Map();
  const rows = await db
    .select()
    .from(contacts)
    .where(and(inArray(contacts.id, [...contactIds]), eq(contacts.userId, userId)));
  return new Map(rows.map((row) => [row.id, row]));
}

/** A page of the user's contacts that no link of the integration ties, in the order of their ids; `onlyFormer`: those that it had. */
export async function untiedContactsAfter(
  db: Executor,
  page: { integrationId: string; userId: string; afterId: string; limit: number; onlyFormer: boolean },
): Promise<PlannedContact[]> {
  return db
    .select()
    .from(contacts)
    .where(
      and(
        eq(contacts.userId, page.userId),
        isNull(contacts.archivedAt),
        sql`${contacts.id} > ${page.afterId}`,
        sql`not exists (select 1 from ${contactLinks} where ${contactLinks.contactId} = ${contacts.id}
          and ${contactLinks.integrationId} = ${page.integrationId})`,
        page.onlyFormer
          ? sql`${contacts.id} in (select ${contactLinks.formerOf} from ${contactLinks}
              where ${contactLinks.integrationId} = ${page.integrationId} and ${contactLinks.formerOf} is not null)`
          : undefined,
      ),
    )
    .orderBy(contacts.id)
    .limit(page.limit);
}
