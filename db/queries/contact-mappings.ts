/** Versions of an integration's mappings. The one in force is the highest that was approved; none means the defaults. */
import { and, desc, eq, isNotNull, lt, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { contactMappings, type StoredFieldMapping, type StoredObjectMapping } from '../schema/index.ts';

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

/** Approved or not. */
export async function findNewestMappings(
  db: Executor,
  integrationId: string,
): Promise<MappingRow | undefined> {
  const [row] = await listMappingVersions(db, integrationId, { limit: 1 });
  return row;
}

/** Newest first. The defaults are no row. */
export async function listMappingVersions(
  db: Executor,
  integrationId: string,
  list: { limit: number; before?: number | undefined },
): Promise<readonly MappingRow[]> {
  return db
    .select()
    .from(contactMappings)
    .where(
      and(
        eq(contactMappings.integrationId, integrationId),
        list.before === undefined ? undefined : lt(contactMappings.version, list.before),
      ),
    )
    .orderBy(desc(contactMappings.version))
    .limit(list.limit);
}

export async function insertMappings(
  tx: Transaction,
  mappings: {
    integrationId: string;
    version: number;
    objects: readonly StoredObjectMapping[];
    fields: readonly StoredFieldMapping[];
    createdBy: string;
    /** In force at once. */
    approved: boolean;
  },
): Promise<void> {
  const { approved, ...row } = mappings;
  await tx.insert(contactMappings).values({ ...row, approvedAt: approved ? sql`now()` : null });
}
