/** The integration row as workflows see it: wishes, phase, attention, and the tombstone. */
import { and, eq, gt, isNull, ne, sql } from 'drizzle-orm';
import type { Database, Executor } from '../client.ts';
import { prepared } from '../prepared.ts';
import { type Attention, integrations, oauthAttempts, type Phase } from '../schema/index.ts';
import { publishEvent } from './integration-events.ts';

export type Integration = typeof integrations.$inferSelect;

const findRow = prepared((db) =>
  db
    .select()
    .from(integrations)
    .where(eq(integrations.id, sql.placeholder('integrationId')))
    .prepare('find_integration'),
);

/** The row, also while it is being deleted; undefined when there is none. */
export async function findIntegration(db: Executor, integrationId: string): Promise<Integration | undefined> {
  const [row] = await findRow(db).execute({ integrationId });
  return row;
}

/**
 * Whether somebody may still come back from the provider's consent page, or has just done so: an attempt that was used
 * counts until it expires, since its exchange may be on its way.
 */
export async function hasOpenAttempt(db: Executor, integrationId: string): Promise<boolean> {
  const rows = await db
    .select({ id: oauthAttempts.id })
    .from(oauthAttempts)
    .where(and(eq(oauthAttempts.integrationId, integrationId), gt(oauthAttempts.expiresAt, sql`now()`)))
    .limit(1);
  return rows.length > 0;
}

/** Another live integration of the same user with the same account; undefined where there is none. */
export async function findAccountOwner(
  db: Executor,
  input: { integration: Integration; accountId: string },
): Promise<string | undefined> {
  const { integration } = input;
  const [row] = await db
    .select({ id: integrations.id })
    .from(integrations)
    .where(
      and(
        eq(integrations.userId, integration.userId),
        eq(integrations.provider, integration.provider),
        eq(integrations.accountId, input.accountId),
        ne(integrations.id, integration.id),
        isNull(integrations.deletingAt),
      ),
    );
  return row?.id;
}

/** Whose account it is, as the provider says; the id never changes after the first time. */
export async function setAccount(
  db: Executor,
  integrationId: string,
  account: { id: string; name: string; email?: string },
): Promise<void> {
  await db
    .update(integrations)
    .set({ accountId: account.id, accountName: account.name, accountEmail: account.email ?? null })
    .where(eq(integrations.id, integrationId));
}

export interface PhaseChange {
  /** Nothing is changed in any other phase than this; absent: in all. */
  readonly from?: Phase;
  /** Nothing is changed in this phase; absent: in none. */
  readonly unless?: Phase;
  readonly phase?: Phase;
  /** null clears it; absent leaves it. */
  readonly attention?: Attention | null;
  /** ISO 8601 UTC. */
  readonly nextSyncAt?: string | null;
  readonly succeeded?: boolean;
}

/** Changes what the card shows and tells the page; an integration that is being deleted stays so. */
export async function changePhase(db: Executor, integrationId: string, change: PhaseChange): Promise<void> {
  const [row] = await db
    .update(integrations)
    .set({
      ...(change.phase === undefined ? {} : { phase: change.phase }),
      ...(change.attention === undefined ? {} : { attention: change.attention }),
      ...(change.nextSyncAt === undefined ? {} : { nextSyncAt: change.nextSyncAt }),
      ...(change.succeeded === true ? { lastSucceededAt: sql`now()` } : {}),
      updatedAt: sql`now()`,
    })
    .where(
      and(
        eq(integrations.id, integrationId),
        isNull(integrations.deletingAt),
        change.from === undefined ? undefined : eq(integrations.phase, change.from),
        change.unless === undefined ? undefined : ne(integrations.phase, change.unless),
      ),
    )
    .returning({ phase: integrations.phase, attention: integrations.attention });
  if (row === undefined) return;
  if (change.phase !== undefined)
    await publishEvent(db, { integrationId, type: 'phase', data: { phase: row.phase } });
  if (change.attention !== undefined) {
    await publishEvent(db, { integrationId, type: 'attention', data: { attention: row.attention } });
  }
}

/** Has streams tell anew what needs attention, after a change of settings that it depends on. */
export async function tellAttention(db: Executor, integrationId: string): Promise<void> {
  const row = await findIntegration(db, integrationId);
  if (row === undefined || row.deletingAt !== null) return;
  await publishEvent(db, { integrationId, type: 'attention', data: { attention: row.attention } });
}

/**
 * An idle check that found nothing: one narrow update, no event. One that was overtaken, by a sync or by what takes the
 * integration out of service, says nothing more.
 */
export async function noteChecked(
  db: Executor,
  { id, generation, phase }: Pick<Integration, 'id' | 'generation' | 'phase'>,
  nextSyncAt: string | null,
): Promise<void> {
  await db
    .update(integrations)
    .set({ lastSucceededAt: sql`now()`, nextSyncAt, attention: null })
    .where(
      and(
        eq(integrations.id, id),
        eq(integrations.generation, generation),
        eq(integrations.phase, phase),
        isNull(integrations.deletingAt),
      ),
    );
}

/** When the person can expect the next sync; null while none is planned. */
export async function noteNextSync(
  db: Executor,
  integrationId: string,
  nextSyncAt: string | null,
): Promise<void> {
  await db
    .update(integrations)
    .set({ nextSyncAt })
    .where(and(eq(integrations.id, integrationId), isNull(integrations.deletingAt)));
}

/** The tombstone: hides the integration and fences off every writer. Repeating it changes nothing more. */
export async function tombstoneIntegration(db: Database, integrationId: string): Promise<void> {
  await db.transaction(async (tx) => {
    await tx
      .update(integrations)
      .set({
        phase: 'deleting',
        generation: sql`${integrations.generation} + 1`,
        deletingAt: sql`coalesce(${integrations.deletingAt}, now())`,
      })
      .where(eq(integrations.id, integrationId));
    await publishEvent(tx, { integrationId, type: 'phase', data: { phase: 'deleting' } });
  });
}

/** The last step of Delete: the row, and by cascade all that hangs on it. */
export async function removeIntegration(db: Executor, integrationId: string): Promise<void> {
  await db.delete(integrations).where(eq(integrations.id, integrationId));
}

/** A page of integrations for reconcile, in id order. */
export async function listIntegrationsAfter(
  db: Executor,
  afterId: string,
  limit: number,
): Promise<Integration[]> {
  return db
    .select()
    .from(integrations)
    .where(gt(integrations.id, afterId))
    .orderBy(integrations.id)
    .limit(limit);
}
