/** Limits that a provider asked us to keep. One row per limited party, which every worker reads before it calls. */
import { lt, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { providerLimits } from '../schema/index.ts';

/** Milliseconds until every one of these parties may be called again; 0 where none is limited. By the database's clock. */
export async function readLimit(db: Executor, keys: readonly string[]): Promise<number> {
  const [row] = await db.execute<{ waitMs: number | null }>(sql`
    select ceil(extract(epoch from max(blocked_until) - now()) * 1000)::int as "waitMs"
    from provider_limits where key = any(${sql.param([...keys])}::text[]) and blocked_until > now()`);
  return row?.waitMs ?? 0;
}

/** Keeps everybody from calling for `waitMs`; a later end that is known already stays. */
export async function noteLimit(db: Executor, key: string, waitMs: number): Promise<void> {
  await db.execute(sql`
    insert into provider_limits (key, blocked_until)
    values (${key}, now() + ${Math.ceil(waitMs)} * interval '1 millisecond')
    on conflict (key) do update
      set blocked_until = greatest(provider_limits.blocked_until, excluded.blocked_until)`);
}

/** Forgets limits that ended. */
export async function pruneLimits(db: Executor): Promise<void> {
  await db.delete(providerLimits).where(lt(providerLimits.blockedUntil, sql`now()`));
}
