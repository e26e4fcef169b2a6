/** Versions of an integration's mappings. The one in force is the highest that was approved; none means the defaults. */
import { and, desc, eq, isNotNull } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { contactMappings } from '../schema/index.ts';

export type MappingRow = typeof contactMappings.$inferSelect;

export async function findMappingsInForce(
  db: Executor,
  integrationId: string,
): Promise<MappingRow | undefined> {
  const [row] = await db
    .select()
    .from(contactMappings)
    .where(and(eq(contactMappings.integrationId, integrationId), isNotNull(contactMappings.approvedAt)))
    .orderBy(desc(contactMappings.version))
    .limit(1);
  return row;
}
