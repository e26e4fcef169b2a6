/** What Postgres knows of how much is in its tables, by which it chooses how to look things up. */
import { sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';

/**
 * Counts anew where more than a fifth of a table has changed: by itself Postgres gets round to it within a minute or so.
 * Tables that belong to another role are left to that.
 */
export async function refreshStatistics(db: Executor, tables: readonly string[]): Promise<void> {
  const stale = await db.execute<{ name: string }>(sql`
    select quote_ident(relname) as name from pg_stat_user_tables
    where relname = any(${sql.param([...tables])}::text[]) and pg_has_role(
        (select relowner from pg_class c where c.oid = relid), 'usage')
      and n_mod_since_analyze > 1000 + n_live_tup / 5`);
  for (const { name } of stale) await db.execute(sql`analyze ${sql.raw(name)}`);
}
