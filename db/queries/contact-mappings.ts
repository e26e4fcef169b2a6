/** Versions of an integration's mappings. The one in force is the highest that was approved; none means the defaults. */
import { and, desc, eq, isNotNull, isNull, lt, lte, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { contactMappings, type StoredFieldMapping, type StoredObjectMapping } from '../schema/index.ts';

/** The defaults, which are no row. */
const defaultVersion = 1;

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

/** Approved, or waiting for its plan: what a person turned down is none. */
export async function findNewestMappings(
  db: Executor,
  integrationId: string,
): Promise<MappingRow | undefined> {
  const [row] = await db
    .select()
    .from(contactMappings)
    .where(and(eq(contactMappings.integrationId, integrationId), isNull(contactMappings.rejectedAt)))
    .orderBy(desc(contactMappings.version))
    .limit(1);
  return row;
}

/** The number of the next version; one that was turned down keeps its own. The caller holds the settings. */
export async function nextMappingVersion(tx: Transaction, integrationId: string): Promise<number> {
  const [last] = await listMappingVersions(tx, integrationId, { limit: 1 });
  return (last?.version ?? defaultVersion) + 1;
}

/** Versions up to this one that wait for a plan wait no longer. */
export async function rejectMappings(
  tx: Transaction,
  { integrationId, upTo }: { integrationId: string; upTo: number },
): Promise<void> {
  await tx
    .update(contactMappings)
    .set({ rejectedAt: sql`now()` })
    .where(
      and(
        eq(contactMappings.integrationId, integrationId),
        lte(contactMappings.version, upTo),
        isNull(contactMappings.approvedAt),
        isNull(contactMappings.rejectedAt),
      ),
    );
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
