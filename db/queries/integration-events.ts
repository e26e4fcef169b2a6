/** What the settings page hears as it happens; readers follow by sequence, NOTIFY only wakes them. */
import { lt, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { integrationEvents } from '../schema/index.ts';

/** The NOTIFY channel; its payload is the integration id. */
export const eventsChannel = 'harmony_events';

export type IntegrationEventType = (typeof integrationEvents.$inferSelect)['type'];

/** Appends an event; within a transaction it is heard when that commits. */
export async function publishEvent(
  db: Executor,
  event: { integrationId: string; type: IntegrationEventType; data: Readonly<Record<string, unknown>> },
): Promise<void> {
  await db.insert(integrationEvents).values(event);
  await db.execute(sql`select pg_notify(${eventsChannel}, ${event.integrationId})`);
}

/** Forgets events older than `keepMs`; a page that was away longer gets a fresh snapshot. */
export async function pruneEvents(db: Executor, keepMs: number): Promise<void> {
  await db
    .delete(integrationEvents)
    .where(lt(integrationEvents.at, new Date(Date.now() - keepMs).toISOString()));
}
