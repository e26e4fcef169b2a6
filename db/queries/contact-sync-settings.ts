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
  const rows = await db
    .select({ integration: integrations, mapping: contactMappings })
    .from(integrations)
    .leftJoin(contactMappings, eq(contactMappings.integrationId, integrations.id))
    .where(eq(integrations.id, integrationId))
    .orderBy(contactMappings.version);
  const [first] = rows;
  if (first === undefined) return undefined;
  return { integration: first.integration, mappings: rows.flatMap(({ mapping }) => mapping ?? []) };
}
