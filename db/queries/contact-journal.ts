/** What runs did to contacts, and what people did: for "why this value?". */
import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm';
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
  /** Empty on a create of 2026-11-28 or earlier: all that it had. */
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
        inArray(auditLog.action, ['contact.create', 'contact.change', 'contact.undo']),
      ),
    )
    .orderBy(desc(auditLog.at))
    .limit(limit);
  return rows.map(({ actor, at, action, details }) => ({
    ...{ actor, at, action },
    fields: ((details as { fields?: string[] }).fields ?? []).map(String),
  }));
}

/** A remote contact whose listing may have made a contact of Harmony. */
export interface Maker {
  readonly integrationId: string;
  readonly remoteId: string;
  /** The run that was under way then; null: none was, or it is no longer kept. */
  readonly runId: string | null;
}

/** Those tied to the contact whose integration was there when it was made, also where they are gone by now. */
export async function findMakers(db: Executor, contactId: string): Promise<readonly Maker[]> {
  return db.execute<Maker & Record<string, unknown>>(sql`
    select l.integration_id as "integrationId", l.remote_id as "remoteId", (
        select r.id from runs r where r.integration_id = l.integration_id and r.started_at <= c.created_at
          and coalesce(r.finished_at, 'infinity') >= c.created_at
        order by r.started_at desc limit 1) as "runId"
    from contacts c join contact_links l on l.contact_id = c.id
      join integrations i on i.id = l.integration_id and i.created_at <= c.created_at
    where c.id = ${contactId}`);
}
