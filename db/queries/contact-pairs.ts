/** Linked pairs of a Harmony contact and its remote one, to try mappings on and to explain values. */
import { and, desc, eq, isNull } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { contactLinks, contacts } from '../schema/index.ts';
import type { ContactRow } from './contacts-read.ts';

export interface PairRow {
  readonly contact: ContactRow;
  readonly link: typeof contactLinks.$inferSelect;
}

/** The pairs that changed last, which a person recognises. */
export async function listPairs(
  db: Executor,
  integrationId: string,
  limit: number,
): Promise<readonly PairRow[]> {
  return db
    .select({ contact: contacts, link: contactLinks })
    .from(contactLinks)
    .innerJoin(contacts, eq(contacts.id, contactLinks.contactId))
    .where(
      and(
        eq(contactLinks.integrationId, integrationId),
        isNull(contactLinks.tombstonedAt),
        isNull(contacts.archivedAt),
      ),
    )
    .orderBy(desc(contactLinks.updatedAt), contactLinks.remoteId)
    .limit(limit);
}

/** Every pair of one contact. */
export async function listPairsOf(db: Executor, contactId: string): Promise<readonly PairRow[]> {
  return db
    .select({ contact: contacts, link: contactLinks })
    .from(contactLinks)
    .innerJoin(contacts, eq(contacts.id, contactLinks.contactId))
    .where(and(eq(contactLinks.contactId, contactId), isNull(contactLinks.tombstonedAt)));
}
