/** The fence: nobody writes for an integration but the operation that holds its present generation. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../client.ts';
import { integrations } from '../schema/index.ts';
import { transact } from '../transact.ts';

/** What a writer must hold. */
export interface Fence {
  readonly integrationId: string;
  readonly generation: number;
}

/** A later operation (or Delete) took over; whoever gets this stops and writes nothing more. */
export class FencedOffError extends Error {
  constructor(fence: Fence) {
    super(`${fence.integrationId} is past generation ${fence.generation}: another operation took over.`);
    this.name = 'FencedOffError';
  }
}

/**
 * Holds the fence until the transaction ends: whoever raises the generation waits for this commit, and afterwards
 * nothing gets through. `generation` is a key column (schema/integrations.ts), which makes FOR KEY SHARE enough.
 * Throws FencedOffError when the generation has moved on or the integration is gone.
 */
export async function holdFence(tx: Transaction, fence: Fence): Promise<void> {
  const { integrationId, generation } = fence;
  const rows = await tx.execute(sql`
    select 1 from integrations where id = ${integrationId} and generation = ${generation} for key share`);
  if (rows.length === 0) throw new FencedOffError(fence);
}

/**
 * For writers outside the line of operations (Refresh List, watches): holds off Delete until the transaction ends.
 * Throws FencedOffError when the integration is gone or being deleted.
 */
export async function holdOpen(tx: Transaction, integrationId: string): Promise<void> {
  const rows = await tx
    .select({ id: integrations.id })
    .from(integrations)
    .where(and(eq(integrations.id, integrationId), isNull(integrations.deletingAt)))
    .for('key share');
  if (rows.length === 0) throw new FencedOffError({ integrationId, generation: -1 });
}

/** Raises the generation, waiting for pages that are being committed. Returns the row as it is then; undefined when the integration is gone or being deleted. */
export async function raiseGeneration(
  tx: Transaction,
  integrationId: string,
  change: { dirty?: boolean } = {},
): Promise<typeof integrations.$inferSelect | undefined> {
  const [row] = await tx
    .update(integrations)
    .set({ ...change, generation: sql`${integrations.generation} + 1`, updatedAt: sql`now()` })
    .where(and(eq(integrations.id, integrationId), isNull(integrations.deletingAt)))
    .returning();
  return row;
}

/** Runs `write` in one transaction under the fence; see `transact` for when it runs again. */
export function fenced<T>(db: Database, fence: Fence, write: (tx: Transaction) => Promise<T>): Promise<T> {
  return transact(db, async (tx) => {
    await holdFence(tx, fence);
    return write(tx);
  });
}
