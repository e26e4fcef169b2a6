/** What a run did to contacts, to be taken back; who took it back is noted in the journal itself. */
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { contactJournal } from '../schema/index.ts';
import type { JournalRow } from './contact-journal.ts';

/** Contacts that a run wrote, in the order of their ids. */
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

export async function noteUndone(tx: Executor, seqs: readonly number[], actor: string): Promise<void> {
  if (seqs.length === 0) return;
  await tx
    .update(contactJournal)
    .set({ undoneBy: actor })
    .where(inArray(contactJournal.seq, [...seqs]));
}
