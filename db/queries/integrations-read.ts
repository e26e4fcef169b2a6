/** Integrations as their owner sees them: one that is being deleted is gone. */
import { and, count, desc, eq, inArray, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import {
  collections,
  contactMappings,
  credentials,
  integrations,
  runs,
  type StoredObjectMapping,
  streamCursors,
} from '../schema/index.ts';
import { type Page, type Scope, toPage, within } from './scope.ts';

export type IntegrationRow = typeof integrations.$inferSelect;
export type RunRow = typeof runs.$inferSelect;

export interface VisibleIntegration {
  readonly integration: IntegrationRow;
  readonly lastRun: RunRow | undefined;
  /** Records per stream, and `collections`. */
  readonly counts: Readonly<Record<string, number>>;
  /** What the grant allows; undefined where the provider has no scopes, or nobody has signed in. */
  readonly granted: readonly string[] | undefined;
  /** The object mappings in force; undefined where they are the defaults. */
  readonly objects: readonly StoredObjectMapping[] | undefined;
}

const visible = (scope: Scope) => and(within(integrations, scope), isNull(integrations.deletingAt));

/** The bare row; undefined when it is unknown, foreign or being deleted. */
export async function findVisibleIntegration(
  db: Executor,
  scope: Scope,
  integrationId: string,
): Promise<IntegrationRow | undefined> {
  const [row] = await db
    .select()
    .from(integrations)
    .where(and(eq(integrations.id, integrationId), visible(scope)));
  return row;
}

/** Those of `ids` that are the workspace's and not being deleted, in the order of their ids. */
export async function findIntegrations(
  db: Executor,
  workspaceId: string,
  ids: readonly string[],
): Promise<readonly IntegrationRow[]> {
  if (ids.length === 0) return [];
  return db
    .select()
    .from(integrations)
    .where(and(inArray(integrations.id, [...ids]), visible({ workspaceId, userId: null })))
    .orderBy(integrations.id);
}

export interface ListIntegrations {
  readonly limit: number;
  /** Id of the last row of the page before. */
  readonly after?: string | undefined;
  readonly provider?: string | undefined;
}

/** Newest first. */
export async function listVisibleIntegrations(
  db: Executor,
  scope: Scope,
  list: ListIntegrations,
): Promise<Page<VisibleIntegration>> {
  const conditions: (SQL | undefined)[] = [visible(scope)];
  if (list.provider !== undefined) conditions.push(eq(integrations.provider, list.provider));
  if (list.after !== undefined) {
    conditions.push(
      sql`(${integrations.createdAt}, ${integrations.id}) < (select created_at, id from integrations where id = ${list.after})`,
    );
  }
  // In one transaction: behind the wall between tenants each statement would be one of its own.
  return db.transaction(async (tx) => {
    const rows = await tx
      .select()
      .from(integrations)
      .where(and(...conditions))
      .orderBy(desc(integrations.createdAt), desc(integrations.id))
      .limit(list.limit + 1);
    const page = toPage(rows, list.limit);
    return { rows: await readFacts(tx, page.rows), more: page.more };
  });
}

/** Adds the latest run, the counts, and what is allowed and mapped, in five queries however many there are. */
export const addFacts = (
  db: Executor,
  rows: readonly IntegrationRow[],
): Promise<readonly VisibleIntegration[]> => db.transaction((tx) => readFacts(tx, rows));

async function readFacts(
  db: Transaction,
  rows: readonly IntegrationRow[],
): Promise<readonly VisibleIntegration[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const [lastRuns, recordCounts, collectionCounts, grants, mappings] = await Promise.all([
    db
      .selectDistinctOn([runs.integrationId])
      .from(runs)
      .where(inArray(runs.integrationId, ids))
      .orderBy(runs.integrationId, desc(runs.startedAt), desc(runs.id)),
    db
      .select({
        integrationId: streamCursors.integrationId,
        name: streamCursors.stream,
        records: sql<number>`sum(${streamCursors.recordCount})::int`,
      })
      .from(streamCursors)
      .leftJoin(collections, eq(collections.id, streamCursors.collectionId))
      .where(
        and(
          inArray(streamCursors.integrationId, ids),
          sql`(${streamCursors.collectionId} = '' or ${collections.subscribed})`,
        ),
      )
      .groupBy(streamCursors.integrationId, streamCursors.stream),
    db
      .select({ integrationId: collections.integrationId, records: count() })
      .from(collections)
      .where(inArray(collections.integrationId, ids))
      .groupBy(collections.integrationId),
    db
      .select({ integrationId: credentials.integrationId, scopes: credentials.scopes })
      .from(credentials)
      .where(inArray(credentials.integrationId, ids)),
    db
      .selectDistinctOn([contactMappings.integrationId], {
        integrationId: contactMappings.integrationId,
        objects: contactMappings.objects,
      })
      .from(contactMappings)
      .where(and(inArray(contactMappings.integrationId, ids), isNotNull(contactMappings.approvedAt)))
      .orderBy(contactMappings.integrationId, desc(contactMappings.version)),
  ]);
  return rows.map((integration) => ({
    integration,
    lastRun: lastRuns.find((run) => run.integrationId === integration.id),
    granted: grants.find((row) => row.integrationId === integration.id)?.scopes ?? undefined,
    objects: mappings.find((row) => row.integrationId === integration.id)?.objects,
    counts: Object.fromEntries([
      ...recordCounts
        .filter((row) => row.integrationId === integration.id)
        .map((row) => [row.name, row.records] as const),
      ...collectionCounts
        .filter((row) => row.integrationId === integration.id)
        .map((row) => ['collections', row.records] as const),
    ]),
  }));
}
