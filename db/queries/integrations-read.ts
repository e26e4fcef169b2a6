/** Integrations as their owner sees them: one that is being deleted is gone. */
import { and, desc, eq, getTableColumns, inArray, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import type { PgColumn, SubqueryWithSelection } from 'drizzle-orm/pg-core';
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
import {
  anyScope,
  exactInstant,
  type Page,
  type Scope,
  type ScopeShape,
  shapeOf,
  type TimePosition,
  toPage,
  within,
} from './scope.ts';

export type IntegrationRow = typeof integrations.$inferSelect;
export type RunRow = typeof runs.$inferSelect;

export interface VisibleIntegration {
  readonly integration: IntegrationRow;
  /** To the microsecond. */
  readonly createdAt: string;
  readonly lastRun: RunRow | undefined;
  /** Records per stream, and `collections`. */
  readonly counts: Readonly<Record<string, number>>;
  /** What the grant allows; undefined where the provider has no scopes, or nobody has signed in. */
  readonly granted: readonly string[] | undefined;
  /** The object mappings in force; undefined where they are the defaults. */
  readonly objects: readonly StoredObjectMapping[] | undefined;
  /** A newer version of the mappings is in force only once its plan is applied. */
  readonly mappingsWait: boolean;
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
  /** The last row of the page before. */
  readonly after?: TimePosition | undefined;
  readonly provider?: string | undefined;
}

const newestFirst = [desc(integrations.createdAt), desc(integrations.id)] as const;

const selectPage = prepared((db, scope: ScopeShape, provider: 'any' | 'one', after: 'start' | 'further') => {
  const conditions: (SQL | undefined)[] = [visible(anyScope(scope))];
  if (provider === 'one') conditions.push(eq(integrations.provider, sql.placeholder('provider')));
  if (after === 'further') {
    conditions.push(
      sql`(${integrations.createdAt}, ${integrations.id})
        < (coalesce(${sql.placeholder('at')}::timestamptz,
          (select created_at from integrations where id = ${sql.placeholder('after')})), ${sql.placeholder('after')}::text)`,
    );
  }
  const page = db
    .select()
    .from(integrations)
    .where(and(...conditions))
    .orderBy(...newestFirst)
    .limit(sql.placeholder('limit'))
    .as('integrations');
  return selectWithFacts(db, page)
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
  const position = { after: after?.id, at: after?.at ?? null };
  const page = toPage(await select.execute({ ...scope, ...position, provider, limit: limit + 1 }), limit);
  return { rows: page.rows.map(toVisible), more: page.more };
}

const selectOne = prepared((db, scope: ScopeShape) => {
  const one = db
    .select()
    .from(integrations)
    .where(and(eq(integrations.id, sql.placeholder('integrationId')), visible(anyScope(scope))))
    .as('integrations');
  return selectWithFacts(db, one).prepare('find_integration');
});

/** Undefined when it is unknown, foreign or being deleted. */
export async function findWithFacts(
  db: Executor,
  scope: Scope,
  integrationId: string,
): Promise<VisibleIntegration | undefined> {
  const [row] = await selectOne(db, shapeOf(scope)).execute({ ...scope, integrationId });
  return row && toVisible(row);
}

type Chosen = SubqueryWithSelection<typeof integrations._.columns, 'integrations'>;

/**
 * One statement, since the page asks for this all the time, and behind the wall each statement is a transaction. To be
 * prepared: Postgres takes longer to plan it, policies included, than to carry it out. `chosen` are the integrations, under
 * their table's own name, so that the facts of no others are looked up.
 */
function selectWithFacts(db: Executor, chosen: Chosen) {
  const own = (table: { integrationId: PgColumn }) => eq(table.integrationId, integrations.id);
  const lastRun = db
    .select()
    .from(runs)
    .where(own(runs))
    .orderBy(desc(runs.startedAt), desc(runs.id))
    .limit(1)
    .as('runs');
  const mapping = db
    .select({ objects: contactMappings.objects })
    .from(contactMappings)
    .where(and(own(contactMappings), isNotNull(contactMappings.approvedAt)))
    .orderBy(desc(contactMappings.version))
    .limit(1);
  const newest = db
    .select({ waits: isNull(contactMappings.approvedAt) })
    .from(contactMappings)
    .where(and(own(contactMappings), isNull(contactMappings.rejectedAt)))
    .orderBy(desc(contactMappings.version))
    .limit(1);
  const offered = db
    .select({
      number: sql<number>`count(*)::int`.as('number'),
      ticked: sql<string[] | null>`array_agg(${collections.id}) filter (where ${collections.subscribed})`.as(
        'ticked',
      ),
    })
    .from(collections)
    .where(own(collections))
    .as('offered');
  // Added up here: a group of its own for each integration costs Postgres more than all else.
  const records = db
    .select({ all: sql`json_agg(json_build_array(${streamCursors.stream}, ${streamCursors.recordCount}))` })
    .from(streamCursors)
    .where(
      and(own(streamCursors), sql`${streamCursors.collectionId} = any(array_append(${offered.ticked}, ''))`),
    );
  return db
    .select({
      integration: getTableColumns(integrations),
      createdAt: exactInstant(integrations.createdAt),
      lastRun: getTableColumns(runs),
      records: sql<readonly (readonly [stream: string, count: number])[] | null>`(${records})`,
      collectionCount: offered.number,
      granted: credentials.scopes,
      objects: sql<readonly StoredObjectMapping[] | null>`(${mapping})`,
      mappingsWait: sql<boolean | null>`(${newest})`,
    })
    .from(chosen)
    .leftJoin(credentials, own(credentials))
    .leftJoinLateral(lastRun, sql`true`)
    .crossJoinLateral(offered)
    .$dynamic();
}

type Selected = Awaited<ReturnType<typeof selectWithFacts>>[number];

const toVisible = ({ records, collectionCount, ...row }: Selected): VisibleIntegration => ({
  integration: row.integration,
  createdAt: row.createdAt,
  lastRun: row.lastRun ?? undefined,
  counts: { ...addUp(records ?? []), ...(collectionCount === 0 ? {} : { collections: collectionCount }) },
  granted: row.granted ?? undefined,
  objects: row.objects ?? undefined,
  mappingsWait: row.mappingsWait ?? false,
});

function addUp(records: readonly (readonly [stream: string, count: number])[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [stream, count] of records) counts[stream] = (counts[stream] ?? 0) + count;
  return counts;
}
