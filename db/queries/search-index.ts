/**
 * Gives records their search vectors, behind the writes: a vector in the transaction that loads a row made loading four
 * times slower (docs/decisions/0008). Triggers note which records a statement touched, one row a statement, so that
 * record rows are never rewritten for search.
 */
import { sql } from 'drizzle-orm';
import type { Database, Executor } from '../client.ts';
import { type SearchKind, searchedTables, searchKinds, searchVector } from './search-kinds.ts';

/** Any constant: one indexer at a time holds it, so that an older text never overwrites a newer one. */
const indexerLock = 720_412;

/** Indexes what up to `limit` statements touched. Returns how many records that was: 0 means that nothing is left to us. */
export function indexUnsearched(db: Database, { limit }: { readonly limit: number }): Promise<number> {
  return db.transaction(async (tx) => {
    const [lock] = await tx.execute<{ held: boolean }>(
      sql`select pg_try_advisory_xact_lock(${indexerLock}) as held`,
    );
    if (lock?.held !== true) return 0;
    const [taken] = await tx.execute<{ kind: SearchKind; ids: string[] }>(sql`
      with taken as (
        delete from search_backlog where seq = any(array(
          select seq from search_backlog
          where kind = (select kind from search_backlog order by seq limit 1)
          order by seq limit ${limit}))
        returning kind, record_ids)
      select kind, array_agg(distinct id) as ids from taken, unnest(record_ids) id group by kind`);
    if (taken === undefined) return 0;
    const { kind, ids } = taken;
    const { table } = searchedTables[kind];
    const touched = sql`any(${sql.param(ids)}::text[])`;
    await tx.execute(sql`
      delete from search_vectors v where v.kind = ${kind} and v.record_id = ${touched}
        and not exists (select 1 from ${table} t where t.id = v.record_id)`);
    await tx.execute(sql`
      insert into search_vectors (kind, record_id, user_id, vector)
      select ${kind}, t.id, t.user_id, ${searchVector(searchedTables[kind])}
      from ${table} t where t.id = ${touched}
      on conflict (kind, record_id) do update set user_id = excluded.user_id, vector = excluded.vector`);
    return ids.length;
  });
}

/** Takes away the vectors of one user's records that are gone, without waiting for the backlog; part of Delete. */
export async function dropVectorsOfGoneRecords(db: Executor, userId: string): Promise<void> {
  for (const kind of searchKinds) {
    await db.execute(sql`
      delete from search_vectors v where v.kind = ${kind} and v.user_id = ${userId}
        and not exists (select 1 from ${searchedTables[kind].table} t where t.id = v.record_id)`);
  }
}
