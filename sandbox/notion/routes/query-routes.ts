/** The query of a data source, and search. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { RecentCache } from '../../core/paging.ts';
import { hashText } from '../../core/seeded-random.ts';
import { compileFilter } from '../query/filter.ts';
import { type PlacedRow, placeRows, type RowPage, takePage } from '../query/paged-rows.ts';
import { compileSorts, type Sorting, sortsSchema } from '../query/sort.ts';
import type { DataSourceRecord, JsonObject } from '../records.ts';
import { renderDataSource } from '../render/render-containers.ts';
import { parseFilterProperties, renderPage, titleOf } from '../render/render-page.ts';
import { renderList, schemaOf } from '../render/rendering.ts';
import { pageSize, parseBody, readJson, startCursor } from '../request-body.ts';
import { trashChange, versioned } from '../request-fields.ts';
import { plainText } from '../rich-text.ts';
import type { NotionRoute, Session } from '../session.ts';
import type { Row } from '../world/workspace-world.ts';

const queryBody = z.strictObject({
  filter: z.unknown().optional(),
  sorts: sortsSchema,
  start_cursor: startCursor,
  page_size: pageSize,
  in_trash: z.boolean().optional(),
  archived: z.boolean().optional(),
  result_type: z.enum(['page', 'data_source']).optional(),
});

const searchBody = z.strictObject({
  query: z.string().optional(),
  filter: z
    .strictObject({
      property: z.literal('object').optional(),
      value: z.enum(['page', 'data_source']).optional(),
      in_trash: z.boolean().optional(),
    })
    .optional(),
  sort: z
    .union([
      z.strictObject({
        timestamp: z.literal('last_edited_time'),
        direction: z.enum(['ascending', 'descending']).default('descending'),
      }),
      z.strictObject({ property: z.literal('relevance') }),
    ])
    .optional(),
  start_cursor: startCursor,
  page_size: pageSize,
});

/** Ordered rows of the last few queries, so that paging does not filter and sort anew. */
const recent = new WeakMap<object, RecentCache<PlacedRow[]>>();

export const queryRoutes: readonly NotionRoute[] = [
  {
    method: 'POST',
    path: '/v1/data_sources/{data_source_id}/query',
    capability: 'read_content',
    write: false,
    list: true,
    handle: queryDataSource,
  },
  {
    method: 'POST',
    path: '/v1/search',
    capability: 'read_content',
    write: false,
    list: true,
    handle: search,
  },
];

function queryDataSource(session: Session): object {
  const seq = session.listingSeq;
  const dataSource = session.dataSource(session.id('data_source_id'), seq);
  const body = versioned(parseBody(queryBody, readJson(session.call)), session.version);
  const { settings, world } = session;
  const only = parseFilterProperties(session.call.query, dataSource.properties);
  const context = {
    schema: dataSource.properties,
    settings,
    nowMs: session.nowMs,
    meId: session.connection.userId,
  };
  const sorting = compileSorts(body.sorts, context);
  const inTrash = trashChange(body) ?? false;
  const matches = body.filter === undefined ? () => true : compileFilter(body.filter, context);
  const query = digest([dataSource.id, body.filter, body.sorts, inTrash, body.result_type]);
  const placed = cached(session, query, seq, () => {
    if (body.result_type === 'data_source') return [];
    const sees = session.access(seq).rowFilter(true);
    const check = (row: Row) => row.inTrash === inTrash && sees(row) && matches(row);
    return placeRows(world.rows(dataSource.id, seq), check, sorting);
  });
  const page = pageAsked(session, placed, { sorting, query, body });
  const rendering = session.rendering(seq);
  return listOf(
    page,
    page.rows.map((row) => renderPage(row.load(), rendering, only)),
  );
}

interface SearchRow extends Row {
  dataSource?: DataSourceRecord;
}

function search(session: Session): object {
  const body = parseBody(searchBody, readJson(session.call));
  const seq = session.searchSeq;
  const { settings } = session;
  const direction =
    body.sort !== undefined && 'timestamp' in body.sort ? body.sort.direction : ('descending' as const);
  const sorting = compileSorts([{ timestamp: 'last_edited_time', direction }], { schema: [], settings });
  const query = digest([body.query, body.filter, direction, settings.searchOmits]);
  const placed = cached(session, query, seq, () => {
    const rows: SearchRow[] = [];
    if (body.filter?.value !== 'page') rows.push(...dataSourceRows(session, seq));
    if (body.filter?.value !== 'data_source') rows.push(...pageRows(session, seq));
    return placeRows(rows, searchCheck(session, seq, body), sorting);
  });
  const page = pageAsked(session, placed, { sorting, query, body });
  const rendering = session.rendering(seq);
  return listOf(
    page,
    page.rows.map(({ dataSource, load }: SearchRow) =>
      dataSource === undefined ? renderPage(load(), rendering) : renderDataSource(dataSource, rendering),
    ),
  );
}

function dataSourceRows(session: Session, seq: number): SearchRow[] {
  const access = session.access(seq);
  return session.world
    .dataSources(seq)
    .filter((dataSource) => access.seesDataSource(dataSource))
    .map((dataSource, i) => ({
      createdAtMs: dataSource.createdAtMs,
      lastEditedAtMs: dataSource.lastEditedAtMs,
      inTrash: dataSource.inTrash || (session.world.database(dataSource.databaseId, seq)?.inTrash ?? false),
      order: DATA_SOURCES_FROM + i,
      shared: undefined,
      dataSource,
      load: () => {
        throw new Error('a data source is no page');
      },
    }));
}

const DATA_SOURCES_FROM = 100_000_000;

function pageRows(session: Session, seq: number): SearchRow[] {
  const { world } = session;
  const access = session.access(seq);
  const inSources = world.dataSources(seq).flatMap((dataSource) => {
    if (dataSource.inTrash) return [];
    return world.rows(dataSource.id, seq).filter(access.rowFilter(access.seesDataSource(dataSource)));
  });
  return [...world.loosePages(seq).filter((row) => access.seesPage(row.load())), ...inSources];
}

function searchCheck(
  session: Session,
  seq: number,
  body: z.infer<typeof searchBody>,
): (row: SearchRow) => boolean {
  const wanted = body.query?.trim().toLowerCase() ?? '';
  const inTrash = body.filter?.in_trash ?? false;
  const { searchOmits } = session.settings;
  const access = session.access(seq);
  const rendering = session.rendering(seq);
  return (row) => {
    if (row.inTrash !== inTrash) return false;
    if (searchOmits > 0) {
      const id = row.dataSource?.id ?? row.load().id;
      if (!access.isPicked(id) && (hashText(id) % 1000) / 1000 < searchOmits) return false;
    }
    if (wanted === '') return true;
    if (row.dataSource !== undefined) return plainText(row.dataSource.title).toLowerCase().includes(wanted);
    const page = row.load();
    return titleOf(page, schemaOf(page, rendering)).toLowerCase().includes(wanted);
  };
}

function listOf(page: RowPage, results: JsonObject[]): object {
  return {
    ...renderList('page_or_data_source', {
      results,
      hasMore: page.nextCursor !== null,
      nextCursor: page.nextCursor,
    }),
    request_status: page.incomplete
      ? { type: 'incomplete', incomplete_reason: 'query_result_limit_reached' }
      : { type: 'complete' },
  };
}

function digest(parts: unknown[]): string {
  return createHash('sha1').update(JSON.stringify(parts)).digest('base64url').slice(0, 12);
}

function pageAsked(
  { call, settings }: Session,
  placed: readonly PlacedRow[],
  {
    sorting,
    query,
    body,
  }: {
    sorting: Sorting;
    query: string;
    body: { start_cursor?: string | null | undefined; page_size?: number | undefined };
  },
): RowPage {
  return takePage(placed, {
    sorting,
    query,
    cursor: body.start_cursor,
    size: body.page_size ?? 100,
    limit: settings.queryResultLimit,
    truncateKeep: call.truncateKeep,
  });
}

function cached(session: Session, query: string, seq: number, create: () => PlacedRow[]): PlacedRow[] {
  let cache = recent.get(session.world);
  if (cache === undefined) {
    cache = new RecentCache(8);
    recent.set(session.world, cache);
  }
  const { grantId, picked } = session.connection;
  return cache.getOrCreate(
    `${query} ${session.worldId} ${session.world.stateAt(seq)} ${grantId} ${digest([picked])}`,
    create,
  );
}
