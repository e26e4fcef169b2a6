/** Push subscriptions. The row comes first, so that none at the provider is ever unknown to us. */
import { and, eq, isNull } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { watches } from '../schema/index.ts';

export type Watch = typeof watches.$inferSelect;

export async function listWatches(db: Executor, integrationId: string): Promise<Watch[]> {
  return db.select().from(watches).where(eq(watches.integrationId, integrationId));
}

export interface NewWatch {
  readonly id: string;
  readonly integrationId: string;
  readonly collectionId: string;
  readonly tokenHash: string;
  /** ISO 8601 UTC. */
  readonly expiresAt: string;
}

/** Announces a watch before the provider is asked: its first push may come before the provider's answer. */
export async function announceWatch(db: Executor, watch: NewWatch): Promise<void> {
  await db.insert(watches).values(watch);
}

export async function confirmWatch(
  db: Executor,
  input: { id: string; resourceId: string; expiresAt: string },
): Promise<void> {
  await db
    .update(watches)
    .set({ resourceId: input.resourceId, expiresAt: input.expiresAt })
    .where(eq(watches.id, input.id));
}

/** The provider's first message came, and its answer did not: the watch is as good as confirmed. */
export async function confirmWatchByMessage(
  db: Executor,
  input: { id: string; resourceId: string; expiresAt: string },
): Promise<void> {
  await db
    .update(watches)
    .set({ resourceId: input.resourceId, expiresAt: input.expiresAt })
    .where(and(eq(watches.id, input.id), isNull(watches.resourceId)));
}

/** Has the next sync open all of them anew. They may be open or not: a grant that ended takes its subscriptions along. */
export async function doubtWatches(db: Executor, integrationId: string): Promise<void> {
  await db.update(watches).set({ doubted: true }).where(eq(watches.integrationId, integrationId));
}

export async function dropWatch(db: Executor, id: string): Promise<void> {
  await db.delete(watches).where(eq(watches.id, id));
}
