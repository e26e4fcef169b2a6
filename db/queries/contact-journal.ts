/** What runs did to contacts, and what people did: for "why this value?". */
import { and, desc, eq, inArray, lt } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { auditLog, contactJournal } from '../schema/index.ts';
import { type Page, toPage } from './scope.ts';

export type JournalRow = typeof contactJournal.$inferSelect;

/** Of one contact, the newest first. The caller has made sure that it is theirs. */
export async function listJournal(
  db: Executor,
  contactId: string,
  list: { limit: number; before?: number | undefined },
): Promise<Page<JournalRow>> {
  const rows = await db
    .select()
    .from(contactJournal)
    .where(
      and(
        eq(contactJournal.contactId, contactId),
        list.before === undefined ? undefined : lt(contactJournal.seq, list.before),
      ),
    )
    .orderBy(desc(contactJournal.seq))
    .limit(list.limit + 1);
  return toPage(rows, list.limit);
}

export interface PersonsEdit {
  readonly actor: string;
  readonly at: string;
  readonly action: string;
  /** Empty on a create: all that it had. */
  readonly fields: readonly string[];
}

/** Edits of one contact by people and programs, the newest first. */
export async function listEdits(
  db: Executor,
  { workspaceId, contactId, limit }: { workspaceId: string; contactId: string; limit: number },
): Promise<readonly PersonsEdit[]> {
  const rows = await db
    .select()
    .from(auditLog)
    .where(
      and(
        eq(auditLog.target, contactId),
        eq(auditLog.workspaceId, workspaceId),
        inArray(auditLog.action, ['contact.create', 'contact.change']),
      ),
    )
    .orderBy(desc(auditLog.at))
    .limit(limit);
  return rows.map(({ actor, at, action, details }) => ({
    ...{ actor, at, action },
    fields: ((details as { fields?: string[] }).fields ?? []).map(String),
  }));
}
