/** What a run did to contacts, to be taken back; who took it back is noted in the journal itself. */
import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { contactJournal, contactLinks, integrations, runs } from '../schema/index.ts';
import type { JournalRow } from './contact-journal.ts';
import type { IntegrationRow } from './integrations-read.ts';

/**
 * Contacts that a run wrote, in the order of their ids. A double of one that it removed at the provider goes by its remote id, and
 * is no contact.
 */
export async function contactsOfRun(
  db: Executor,
  run: { integrationId: string; runId: string; afterId: string; limit: number },
): Promise<string[]> {
  const rows = await db
    .selectDistinct({ id: contactJournal.contactId })
    .from(contactJournal)
    .where(
      and(
        eq(contactJournal.runId, run.runId),
        eq(contactJournal.integrationId, run.integrationId),
        sql`${contactJournal.contactId} is distinct from ${contactJournal.remoteId}`,
        sql`${contactJournal.contactId} > ${run.afterId}`,
      ),
    )
    .orderBy(contactJournal.contactId)
    .limit(run.limit);
  return rows.map(({ id }) => id);
}

/** What the run did to one contact, the last first; locked, so that it is taken back once. */
export async function lockEntries(
  tx: Executor,
  of: { runId: string; contactId: string },
): Promise<readonly JournalRow[]> {
  return tx
    .select()
    .from(contactJournal)
    .where(and(eq(contactJournal.runId, of.runId), eq(contactJournal.contactId, of.contactId)))
    .orderBy(sql`${contactJournal.seq} desc`)
    .for('update');
}

/** An integration with a living remote contact that feeds a contact. */
export interface Feed {
  readonly integration: IntegrationRow;
  readonly link: typeof contactLinks.$inferSelect;
}

/** One for each remote contact. */
export async function findFeeds(db: Executor, contactId: string): Promise<readonly Feed[]> {
  return db
    .select({ integration: integrations, link: contactLinks })
    .from(contactLinks)
    .innerJoin(integrations, eq(integrations.id, contactLinks.integrationId))
    .where(
      and(
        eq(contactLinks.contactId, contactId),
        isNull(contactLinks.tombstonedAt),
        isNull(integrations.deletingAt),
      ),
    )
    .orderBy(integrations.id, contactLinks.remoteId);
}

export async function noteUndone(tx: Executor, seqs: readonly number[], actor: string): Promise<void> {
  if (seqs.length === 0) return;
  await tx
    .update(contactJournal)
    .set({ undoneBy: actor })
    .where(inArray(contactJournal.seq, [...seqs]));
}

/** The run is shown as taken back from now on; a repeat keeps the first time. */
export async function noteRunUndone(db: Executor, runId: string): Promise<void> {
  await db
    .update(runs)
    .set({ undoneAt: sql`now()` })
    .where(and(eq(runs.id, runId), isNull(runs.undoneAt)));
}
