/**
 * Gives rows their search vectors, behind the writes. A vector in the transaction that loads a row made loading four times
 * slower (docs/decisions/0005); rows without one are found by their plain text meanwhile.
 */
import { sql } from 'drizzle-orm';
import type { Database } from '../client.ts';
import { searchedTables, searchKinds } from './search-kinds.ts';

/**
 * Indexes up to `limit` rows of each kind, one transaction for each kind; leaves rows that
 * another worker has in hand. Returns how many were done: 0 means that nothing is left.
 */
export async function indexUnsearched(db: Database, { limit }: { readonly limit: number }): Promise<number> {
  let done = 0;
  for (const kind of searchKinds) {
    const { table, title, body } = searchedTables[kind];

    const rows = await db.execute(sql`
      update ${table} t set search =
        setweight(to_tsvector('simple', search_text(${title})), 'A') ||
        setweight(to_tsvector('simple', search_text(${body})), 'C')
      where t.ctid = any(array(
        select ctid from ${table} where search is null limit ${limit} for update skip locked))`);
    done += rows.count;
  }
  return done;
}
