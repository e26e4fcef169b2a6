/** What is known of remote contacts that are gone, for their contacts to be made there anew from it. */
import { and, asc, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { contactLinks } from '../schema/index.ts';
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

/** They are there anew, or can not be made from what was there. */
export async function forgetFormers(tx: Transaction, of: Of): Promise<void> {
  if (of.contactIds.length === 0) return;
  await tx.update(contactLinks).set({ formerOf: null }).where(isFormer(of));
}
