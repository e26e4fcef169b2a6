/** What is known of remote contacts that are gone: whose they were, to be made there anew from it or to go on once they are back. */
import { and, asc, desc, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { contactLinks, contacts } from '../schema/index.ts';
import type { LinkRow } from './contact-planning.ts';

interface Of {
  readonly integrationId: string;
  readonly contactIds: readonly string[];
}

const isFormer = ({ integrationId, contactIds }: Of) =>
  and(
    eq(contactLinks.integrationId, integrationId),
    sql`${contactLinks.formerOf} = any(${sql.param([...contactIds])}::text[])`,
    // Said again, for its index.
    isNotNull(contactLinks.formerOf),
  );

/** By contact id: the link of the remote contact that each had last. One that is there again is nobody's former one. */
export async function findFormers(db: Executor, of: Of): Promise<ReadonlyMap<string, LinkRow>> {
  if (of.contactIds.length === 0) return new Map();
  const rows = await db
    .select()
    .from(contactLinks)
    .where(and(isFormer(of), isNull(contactLinks.contactId), isNotNull(contactLinks.tombstonedAt)))
    .orderBy(asc(contactLinks.tombstonedAt), asc(contactLinks.remoteId));
  return new Map(rows.map((row) => [row.formerOf as string, row]));
}

/**
 * By contact id: the remote contact that each of them had and that is there again, while the contact lives and has no other
 * one at this account.
 */
export async function findReturned(db: Executor, of: Of): Promise<ReadonlyMap<string, string>> {
  if (of.contactIds.length === 0) return new Map();
  const rows = await db
    .select({ remoteId: contactLinks.remoteId, contactId: contacts.id })
    .from(contactLinks)
    .innerJoin(contacts, eq(contacts.id, contactLinks.formerOf))
    .where(
      and(
        isFormer(of),
        ...[isNull(contactLinks.contactId), isNull(contactLinks.tombstonedAt), isNull(contacts.archivedAt)],
        sql`not exists (select 1 from contact_links t
          where t.integration_id = ${of.integrationId} and t.contact_id = ${contacts.id})`,
      ),
    )
    .orderBy(desc(contactLinks.remoteId));
  return new Map(rows.map(({ contactId, remoteId }) => [contactId, remoteId]));
}

/** They are there anew, or can not be made from what was there. */
export async function forgetFormers(tx: Transaction, of: Of): Promise<void> {
  if (of.contactIds.length === 0) return;
  await tx.update(contactLinks).set({ formerOf: null }).where(isFormer(of));
}
