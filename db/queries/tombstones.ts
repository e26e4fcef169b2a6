/** Links to contacts and groups that are gone at the provider, kept for a time so that what shows up late is known. */
import { sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';

/**
 * Forgets tombstones older than `keepMs`. One whose contact or list still lives here stays: it says that a person keeps
 * it without a counterpart. So does one about which a write is still open.
 */
export async function pruneTombstones(db: Executor, keepMs: number): Promise<void> {
  const before = new Date(Date.now() - keepMs).toISOString();
  await db.execute(sql`
    delete from contact_links l where l.tombstoned_at < ${before}
      and not exists (select from contacts c where c.id = coalesce(l.contact_id, l.former_of) and c.archived_at is null)
      and not exists (select from contact_writes w where w.integration_id = l.integration_id
        and w.object = 'contact' and w.remote_id = l.remote_id and w.state in ('planned', 'sent', 'unknown'))`);
  await db.execute(sql`
    delete from list_links l where l.tombstoned_at < ${before}
      and not exists (select from contact_lists c where c.id = l.list_id and c.archived_at is null)
      and not exists (select from contact_writes w where w.integration_id = l.integration_id
        and w.object = 'list' and w.remote_id = l.remote_id and w.state in ('planned', 'sent', 'unknown'))`);
}
