/** What the settings page hears as it happens; readers follow by sequence, NOTIFY only wakes them. */
import { lt, type SQL, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { integrationEvents } from '../schema/index.ts';

/** The NOTIFY channel; its payload is the integration id. */
export const eventsChannel = 'harmony_events';

export type IntegrationEventType = (typeof integrationEvents.$inferSelect)['type'];

/** Appends an event; within a transaction it is heard when that commits. `change` is carried out by the same statement. */
export async function publishEvent(
  db: Executor,
  event: { integrationId: string; type: IntegrationEventType; data: Readonly<Record<string, unknown>> },
  change?: SQL,
): Promise<void> {
  const { integrationId, type, data } = event;
  await db.execute(sql`
    with ${change === undefined ? sql`` : sql`change as (${change}),`} event as (
      insert into integration_events (integration_id, type, data)
      values (${integrationId}, ${type}, ${JSON.stringify(data)}::jsonb) returning integration_id)
    select pg_notify(${eventsChannel}, integration_id) from event`);
}

/** Forgets events older than `keepMs`; a page that was away longer gets a fresh snapshot. */
export async function pruneEvents(db: Executor, keepMs: number): Promise<void> {
  await db
    .delete(integrationEvents)
    .where(lt(integrationEvents.at, new Date(Date.now() - keepMs).toISOString()));
}
