/** What a sync of contacts goes by: whose it is, which way values flow, who wins, and every version of the mappings. */
import { eq } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { contactMappings, integrations } from '../schema/index.ts';

export type MappingVersionRow = typeof contactMappings.$inferSelect;

export interface ContactSyncRow {
  readonly integration: typeof integrations.$inferSelect;
  /** Approved or not, in order; none means the defaults. */
  readonly mappings: readonly MappingVersionRow[];
}

export async function loadContactSyncRow(
  db: Executor,
  integrationId: string,
): Promise<ContactSyncRow | undefined> {
  const [integration] = await db.select().from(integrations).where(eq(integrations.id, integrationId));
  if (integration === undefined) return undefined;
  const mappings = await db
    .select()
    .from(contactMappings)
    .where(eq(contactMappings.integrationId, integrationId))
    .orderBy(contactMappings.version);
  return { integration, mappings };
}
