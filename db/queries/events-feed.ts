/** The settings page's events, read by sequence; publishing is in integration-events.ts. */
import { and, eq, gt, max } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { integrationEvents } from '../schema/index.ts';

export type EventRow = typeof integrationEvents.$inferSelect;

/** Events after `afterSeq`, oldest first. */
export function listEventsAfter(
  db: Executor,
  integrationId: string,
  afterSeq: number,
  limit: number,
): Promise<EventRow[]> {
  return db
    .select()
    .from(integrationEvents)
    .where(and(eq(integrationEvents.integrationId, integrationId), gt(integrationEvents.seq, afterSeq)))
    .orderBy(integrationEvents.seq)
    .limit(limit);
}

/** The newest event of the integration; 0 when there is none. */
export async function findLastSeq(db: Executor, integrationId: string): Promise<number> {
  const [row] = await db
    .select({ seq: max(integrationEvents.seq) })
    .from(integrationEvents)
    .where(eq(integrationEvents.integrationId, integrationId));
  return row?.seq ?? 0;
}

/** Whether events after `seq` may have been forgotten already: then only a fresh snapshot tells the truth. */
export async function isBeforeFeed(db: Executor, integrationId: string, seq: number): Promise<boolean> {
  const [row] = await db
    .select({ seq: integrationEvents.seq })
    .from(integrationEvents)
    .where(and(eq(integrationEvents.integrationId, integrationId), eq(integrationEvents.seq, seq)));
  return row === undefined;
}
