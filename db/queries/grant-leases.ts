/** The right to write at an account, held by one integration at a time. */
import { and, eq, lt, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { grantLeases } from '../schema/index.ts';

/** Takes the lease or renews one's own; `false` while another integration holds it. */
export async function takeLease(
  db: Executor,
  lease: { key: string; holder: string; now: string; until: string },
): Promise<boolean> {
  const { key, holder, now, until } = lease;
  const taken = await db
    .insert(grantLeases)
    .values({ key, holder, until })
    .onConflictDoUpdate({
      target: grantLeases.key,
      set: { holder, until },
      setWhere: sql`${grantLeases.holder} = ${holder} or ${grantLeases.until} <= ${now}`,
    })
    .returning({ key: grantLeases.key });
  return taken.length > 0;
}

export async function releaseLease(
  db: Executor,
  { key, holder }: { key: string; holder: string },
): Promise<void> {
  await db.delete(grantLeases).where(and(eq(grantLeases.key, key), eq(grantLeases.holder, holder)));
}

/** Forgets leases that ended. */
export async function pruneLeases(db: Executor, now: string): Promise<void> {
  await db.delete(grantLeases).where(lt(grantLeases.until, now));
}
