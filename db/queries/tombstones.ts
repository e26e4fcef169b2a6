/** Links to contacts and groups that are gone at the provider, kept for a time so that what shows up late is known. */
import { type SQL, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { isOpenWrite } from '../schema/index.ts';
import { hasContacts, others } from './contact-makers.ts';

/** Over the alias `l`: another account of the person has contacts, too. */
const isOfSeveral: SQL = sql`exists (select from ${others} and ${hasContacts} where mine.id = l.integration_id)`;

/** Over the alias `l`: its contact, or the one that it had. */
const contactOf: SQL = sql`select from contacts c where c.id = coalesce(l.contact_id, l.former_of)`;

/** Over the alias `l`: a write about it is open. */
const isOpen: SQL = sql`exists (select from contact_writes w where w.integration_id = l.integration_id
  and w.object = 'contact' and w.remote_id = l.remote_id and ${isOpenWrite})`;

/**
 * Forgets tombstones older than `keepMs`. One whose contact or list still lives here stays: it says that a person keeps
 * it without a counterpart. So does one about which a write is still open. Where a person has several accounts it goes on saying
 * whose a contact in the archive was, and nothing else: who restores it does not give it to another account.
 */
export async function pruneTombstones(db: Executor, keepMs: number): Promise<void> {
  const before = new Date(Date.now() - keepMs).toISOString();
  await db.execute(sql`
    delete from contact_links l where l.tombstoned_at < ${before} and not ${isOpen}
      and not exists (${contactOf} and (c.archived_at is null or ${isOfSeveral}))`);
  await db.execute(sql`
    update contact_links l set shadow = '{}', base = '{}' where l.tombstoned_at < ${before} and not ${isOpen}
      and l.shadow::text <> '{}' and exists (${contactOf} and c.archived_at is not null)`);
  await db.execute(sql`
    delete from list_links l where l.tombstoned_at < ${before}
      and not exists (select from contact_lists c where c.id = l.list_id and c.archived_at is null)
      and not exists (select from contact_writes w where w.integration_id = l.integration_id
        and w.object = 'list' and w.remote_id = l.remote_id and w.state in ('planned', 'sent', 'unknown'))`);
}
