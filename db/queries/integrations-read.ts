/** Integrations as their owner sees them: one that is being deleted is gone. */
import {
  and,
  count,
  desc,
  eq,
  getTableColumns,
  inArray,
  isNotNull,
  isNull,
  or,
  type SQL,
  sql,
} from 'drizzle-orm';
import { alias, type PgColumn } from 'drizzle-orm/pg-core';
import type { Executor } from '../client.ts';
import { prepared } from '../prepared.ts';
import {
  collections,
  contactMappings,
  credentials,
  integrations,
  runs,
  type StoredObjectMapping,
  streamCursors,
} from '../schema/index.ts';
import { anyScope, type Page, type Scope, type ScopeShape, shapeOf, toPage, within } from './scope.ts';

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

const visible = (scope: Parameters<typeof within>[1]) =>
  and(within(integrations, scope), isNull(integrations.deletingAt));

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

const selectPage = prepared((db, scope: ScopeShape, provider: 'any' | 'one', after: 'start' | 'further') => {
  const conditions: (SQL | undefined)[] = [visible(anyScope(scope))];
  if (provider === 'one') conditions.push(eq(integrations.provider, sql.placeholder('provider')));
  if (after === 'further') {
    conditions.push(
      sql`(${integrations.createdAt}, ${integrations.id})
        < (select created_at, id from integrations where id = ${sql.placeholder('after')})`,
    );
  }
  const newestFirst = [desc(integrations.createdAt), desc(integrations.id)] as const;
  // The page first, so that the facts of no other integration are looked up.
  const ids = db
    .select({ id: integrations.id })
    .from(integrations)
    .where(and(...conditions))
    .orderBy(...newestFirst)
    .limit(sql.placeholder('limit'));
  return selectWithFacts(db)
    .where(inArray(integrations.id, ids))
    .orderBy(...newestFirst)
    .prepare('list_integrations');
});

/** Newest first. */
export async function listVisibleIntegrations(
  db: Executor,
  scope: Scope,
  { limit, after, provider }: ListIntegrations,
): Promise<Page<VisibleIntegration>> {
  const select = selectPage(
    db,
    shapeOf(scope),
    provider === undefined ? 'any' : 'one',
    after === undefined ? 'start' : 'further',
  );
  const page = toPage(await select.execute({ ...scope, after, provider, limit: limit + 1 }), limit);
  return { rows: page.rows.map(toVisible), more: page.more };
}

const selectOne = prepared((db, scope: ScopeShape) =>
  selectWithFacts(db)
    .where(and(eq(integrations.id, sql.placeholder('integrationId')), visible(anyScope(scope))))
    .prepare('find_integration'),
);

/** Undefined when it is unknown, foreign or being deleted. */
export async function findWithFacts(
  db: Executor,
  scope: Scope,
  integrationId: string,
): Promise<VisibleIntegration | undefined> {
  const [row] = await selectOne(db, shapeOf(scope)).execute({ ...scope, integrationId });
  return row && toVisible(row);
}

/**
 * One statement, since the page asks for this all the time, and behind the wall each statement is a transaction. To be
 * prepared: Postgres takes longer to plan it, policies included, than to carry it out.
 */
function selectWithFacts(db: Executor) {
  const own = (table: { integrationId: PgColumn }) => eq(table.integrationId, integrations.id);
  const newer = alias(runs, 'newer');
  const lastRun = db
    .select({ id: newer.id })
    .from(newer)
    .where(own(newer))
    .orderBy(desc(newer.startedAt), desc(newer.id))
    .limit(1);
  const mapping = db
    .select({ objects: contactMappings.objects })
    .from(contactMappings)
    .where(and(own(contactMappings), isNotNull(contactMappings.approvedAt)))
    .orderBy(desc(contactMappings.version))
    .limit(1);
  const inUse = or(eq(streamCursors.collectionId, ''), collections.subscribed);
  const perStream = db
    .select({
      name: streamCursors.stream,
      records: sql<number>`sum(${streamCursors.recordCount})`.as('records'),
    })
    .from(streamCursors)
    .leftJoin(collections, eq(collections.id, streamCursors.collectionId))
    .where(and(own(streamCursors), inUse))
    .groupBy(streamCursors.stream)
    .as('per_stream');
  const recordCounts = db
    .select({ counts: sql`json_object_agg(${perStream.name}, ${perStream.records})` })
    .from(perStream);
  const collectionCount = db.select({ records: count() }).from(collections).where(own(collections));
  return db
    .select({
      integration: getTableColumns(integrations),
      lastRun: runs,
      recordCounts: sql<Record<string, number> | null>`(${recordCounts})`,
      collectionCount: sql<number>`(${collectionCount})::int`,
      granted: credentials.scopes,
      objects: sql<readonly StoredObjectMapping[] | null>`(${mapping})`,
    })
    .from(integrations)
    .leftJoin(credentials, own(credentials))
    .leftJoin(runs, eq(runs.id, sql`(${lastRun})`))
    .$dynamic();
}

type Selected = Awaited<ReturnType<typeof selectWithFacts>>[number];

const toVisible = ({ integration, lastRun, recordCounts, collectionCount, granted, objects }: Selected) => ({
  integration,
  lastRun: lastRun ?? undefined,
  counts: { ...recordCounts, ...(collectionCount === 0 ? {} : { collections: collectionCount }) },
  granted: granted ?? undefined,
  objects: objects ?? undefined,
});
