/** The right to write at an account, to end grants or to refresh one, held by one at a time; and what an exchange is known by. */
import { randomUUID } from 'node:crypto';
import { and, eq, gt, lt, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { grantLeases } from '../schema/index.ts';

/**
 * Takes the lease or renews one's own; `false` while somebody else holds it. `supersedes`: an integration, whose former tries
 * (`writerLease`) give way.
 */
export async function takeLease(
  db: Executor,
  lease: { key: string; holder: string; now: string; until: string; supersedes?: string },
): Promise<boolean> {
  return (await takeOrTakeOver(db, lease)) !== 'held';
}

/** As `takeLease`, of a lease that nobody renews; `taken_over` where one has ended that its holder did not release. */
export async function takeOrTakeOver(
  db: Executor,
  lease: { key: string; holder: string; now: string; until: string; supersedes?: string },
): Promise<'taken' | 'taken_over' | 'held'> {
  const { key, holder, now, until, supersedes = '' } = lease;
  const [taken] = await db
    .insert(grantLeases)
    .values({ key, holder, until })
    .onConflictDoUpdate({
      target: grantLeases.key,
      set: { holder, until },
      setWhere: sql`${grantLeases.holder} = ${holder} or ${grantLeases.until} <= ${now}
        or split_part(${grantLeases.holder}, '/', 1) = ${supersedes}`,
    })
    // A row that was there already, and is updated, has the transaction as its xmax.
    .returning({ wasThere: sql<boolean>`xmax <> 0` });
  if (taken === undefined) return 'held';
  return taken.wasThere ? 'taken_over' : 'taken';
}

/**
 * The right of one integration to write at an account, for one try of an activity: one that was given up, and does not know
 * it, must neither go on with nor release what the next one holds.
 */
export const writerLease = (grantKey: string, integrationId: string): { key: string; holder: string } => ({
  key: grantKey,
  holder: `${integrationId}/${randomUUID()}`,
});

/** The right to end grants of a workspace at a family of providers: no sign-in sets out there while it is held. */
export const revocationLease = (workspaceId: string, grantFamily: string): string =>
  `revoke:${grantFamily}:${workspaceId}`;

export async function isLeaseHeld(db: Executor, key: string, now: string): Promise<boolean> {
  return (await db.$count(grantLeases, and(eq(grantLeases.key, key), gt(grantLeases.until, now)))) > 0;
}

/** Whether somebody, of whichever workspace, is ending a grant at this family of providers. */
export const isAnyRevoking = (db: Executor, grantFamily: string, now: string): Promise<boolean> =>
  isAnyHeld(db, revocationLease('', grantFamily), now);

/** Held by each try of an exchange of its own: none waits for one that was taken for dead. */
export const exchangeLease = (integrationId: string, tryId: string): string =>
  `exchange:${integrationId}:${tryId}`;

/** Whether a code of this integration may be on its way to becoming stored tokens. */
export const isExchanging = (db: Executor, integrationId: string, now: string): Promise<boolean> =>
  isAnyHeld(db, exchangeLease(integrationId, ''), now);

/** The right to refresh the tokens of an integration. */
export const refreshLease = (integrationId: string): string => `refresh:${integrationId}`;

async function isAnyHeld(db: Executor, prefix: string, now: string): Promise<boolean> {
  const begins = sql`starts_with(${grantLeases.key}, ${prefix})`;
  return (await db.$count(grantLeases, and(begins, gt(grantLeases.until, now)))) > 0;
}

export async function releaseLease(
  db: Executor,
  { key, holder }: { key: string; holder: string },
): Promise<void> {
  await db.delete(grantLeases).where(and(eq(grantLeases.key, key), eq(grantLeases.holder, holder)));
}

/** Forgets leases that ended before then. One that has just ended still says that its holder did not release it. */
export async function pruneLeases(db: Executor, before: string): Promise<void> {
  await db.delete(grantLeases).where(lt(grantLeases.until, before));
}
