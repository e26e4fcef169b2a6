/** Full text over everything synced, ranked. */
import { type SQL, sql } from 'drizzle-orm';
import type { EventTime } from '../../providers/contract/index.ts';
import type { Executor } from '../client.ts';
import type { Scope } from './scope.ts';
import { type SearchedTable, type SearchKind, searchedTables, searchVector } from './search-kinds.ts';

export interface SearchRequest {
  /** Words as people write them, at least one; the last may be only the beginning of one. */
  readonly words: readonly string[];
  readonly kinds: readonly SearchKind[];
  /** How many of the best are wanted, all kinds together. */
  readonly limit: number;
  readonly offset: number;
}

export interface SearchHit {
  readonly kind: SearchKind;
  readonly id: string;
  readonly integrationId: string | null;
  readonly title: string;
  readonly body: string;
  readonly url: string | null;
  /** Of an event, where it is known. */
  readonly start: EventTime | null;
  /** Above 0, comparable within one answer. */
  readonly rank: number;
  /** ISO 8601 UTC. */
  readonly updatedAt: string;
}

/** A word that stands in very many rows is ranked among this many of each kind only. */
const rankedAtMost = 2000;
/** Of a long text only the beginning is given back, for the highlight. */
const shownCharacters = 20_000;

/** The best first; one more than `limit` where there are more. */
export async function searchRecords(
  db: Executor,
  scope: Scope,
  request: SearchRequest,
): Promise<SearchHit[]> {
  const { words, kinds, limit, offset } = request;
  const query = tsQuery(words);
  const wanted = offset + limit + 1;
  const parts = kinds.map((kind) => hitsOf(kind, { scope, words, query, wanted }));
  if (parts.length === 0) return [];
  const rows = await db.execute<{
    kind: SearchKind;
    id: string;
    integration_id: string | null;
    title: string;
    body: string;
    url: string | null;
    start: EventTime | null;
    rank: number;
    updated_at: string | Date;
  }>(sql`
    ${sql.join(parts, sql` union all `)}
    order by rank desc, updated_at desc, id
    limit ${limit + 1} offset ${offset}`);
  return rows.map((row) => ({
    kind: row.kind,
    id: row.id,
    integrationId: row.integration_id,
    title: row.title,
    body: row.body,
    url: row.url,
    start: row.start,
    rank: row.rank,
    updatedAt: new Date(row.updated_at).toISOString(),
  }));
}

interface Order {
  readonly scope: Scope;
  readonly words: readonly string[];
  readonly query: SQL;
  readonly wanted: number;
}

function hitsOf(kind: SearchKind, { scope, words, query, wanted }: Order): SQL {
  const searched = searchedTables[kind];
  const { table, title, body, integrationId, url, start, visible, hasCollection } = searched;
  const collection = hasCollection ? sql`left join collections c on c.id = t.collection_id` : sql``;
  const owned =
    scope.userId === null
      ? sql`t.workspace_id = ${scope.workspaceId}`
      : sql`t.workspace_id = ${scope.workspaceId} and t.user_id = ${scope.userId}`;
  const readable = sql`${owned} and ${visible}`;
  const mine = scope.userId === null ? sql`true` : sql`v.user_id = ${scope.userId}`;
  const most = sql.raw(String(rankedAtMost));
  return sql`(
    with pending as materialized (
      select distinct unnest(record_ids) as id from search_backlog where kind = ${kind})
    select ${kind}::text as kind, t.id, ${integrationId} as integration_id, ${title} as title,
      left(${body}, ${sql.raw(String(shownCharacters))}) as body, ${url} as url, ${start} as start, f.rank, t.updated_at
    from (
      select ranked.id, ranked.rank from (
        (select t.id, ${rank(sql`v.vector`)} as rank
          from (select ${query} as q) query, search_vectors v join ${table} t on t.id = v.record_id ${collection}
          where v.kind = ${kind} and ${mine} and v.vector @@ q and ${readable}
            and not exists (select 1 from pending where pending.id = t.id)
          limit ${most})
        union all
        (select t.id, ${rank(sql`u.vector`)} as rank
          from (select ${query} as q) query, pending join ${table} t on t.id = pending.id ${collection}
            cross join lateral (select search_text(${title}, ${body}) as text offset 0) plain
            cross join lateral (select ${unindexedVector(searched, words)} as vector offset 0) u
          where ${readable} and u.vector @@ q
          limit ${most})
      ) ranked order by ranked.rank desc limit ${wanted}
    ) f join ${table} t on t.id = f.id)`;
}

const rank = (vector: SQL): SQL => sql`ts_rank_cd(${vector}, q, 1) + 0.01`;

/** As the index will have it, of the row whose text is `plain`; null where a word isn't in it, which is told much faster. */
function unindexedVector(searched: SearchedTable, words: readonly string[]): SQL {
  const standing = words.map((word) => sql`position(${folded(word)} in plain.text) > 0`);
  return sql`case when ${sql.join(standing, sql` and `)} then ${searchVector(searched)} end`;
}

const folded = (word: string): SQL => sql`replace(search_text(${word}::text), ' ', '')`;

/**
 * Words hold letters and digits only, so a quoted one can't be taken for an operator. A sign of which folding leaves
 * nothing (an accent by itself) counts for nothing, and null finds nothing.
 */
function tsQuery(words: readonly string[]): SQL {
  const list = sql.join(
    words.map((word, index) => sql`(${index}::int, ${folded(word)})`),
    sql`, `,
  );
  return sql`to_tsquery('simple', (
    select string_agg(quote_literal(word), ' & ' order by n) || ':*'
    from (values ${list}) as folded (n, word) where word <> ''))`;
}
