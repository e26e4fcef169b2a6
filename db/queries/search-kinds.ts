/** What can be searched: which table, which text under which weight, and what a hit shows. */
import { type SQL, sql } from 'drizzle-orm';

export const searchKinds = ['contact', 'calendar_event', 'task', 'document'] as const;
export type SearchKind = (typeof searchKinds)[number];

export interface SearchedTable {
  readonly table: SQL;
  /** What the record is called, and what is found in it less often on purpose; both as SQL text over the alias `t`. */
  readonly title: SQL;
  readonly body: SQL;
  /** What a hit shows of the rest, and where it leads. */
  readonly integrationId: SQL;
  readonly url: SQL;
  /** When it begins, as JSON; null where it is no event. */
  readonly start: SQL;
  /** Rows that a read would show; `c` is the collection, where the table has those. */
  readonly visible: SQL;
  readonly hasCollection: boolean;
}

/** Postgres takes no vector above a megabyte; nobody looks for a word that only stands this far down. */
const indexedCharacters = 200_000;

const noStart = sql`null::json`;

export const searchedTables: Readonly<Record<SearchKind, SearchedTable>> = {
  contact: {
    table: sql`contacts`,
    title: sql`coalesce(nullif(concat_ws(' ', t.first_name, t.last_name), ''), t.company, t.email, t.phone, '')`,
    body: sql`left(concat_ws(' ', t.email, t.company, t.job_title, t.department, t.phone, t.address, t.website, t.notes),
      ${sql.raw(String(indexedCharacters))})`,
    integrationId: sql`null::text`,
    url: sql`null::text`,
    start: noStart,
    visible: sql`t.archived_at is null`,
    hasCollection: false,
  },
  calendar_event: {
    table: sql`calendar_events`,
    title: sql`coalesce(t.title, '')`,
    body: sql`left(concat_ws(' ', t.location, t.description), ${sql.raw(String(indexedCharacters))})`,
    integrationId: sql`t.integration_id`,
    url: sql`t.url`,
    start: sql`t.start`,
    visible: sql`t.status <> 'cancelled' and c.subscribed is not false`,
    hasCollection: true,
  },
  task: {
    table: sql`tasks`,
    title: sql`concat_ws(' ', t.identifier, t.title)`,
    body: sql`left(concat_ws(' ', t.project_name, array_to_string(t.labels, ' '), t.description), ${sql.raw(String(indexedCharacters))})`,
    integrationId: sql`t.integration_id`,
    url: sql`t.url`,
    start: noStart,
    visible: sql`not t.archived and c.subscribed is not false`,
    hasCollection: true,
  },
  document: {
    table: sql`documents`,
    title: sql`t.title`,
    body: sql`left(concat_ws(' ', t.content,
      (select string_agg(v #>> '{}', ' ') from jsonb_path_query(t.properties, 'strict $.**') v where jsonb_typeof(v) = 'string')),
      ${sql.raw(String(indexedCharacters))})`,
    integrationId: sql`t.integration_id`,
    url: sql`t.url`,
    start: noStart,
    visible: sql`t.hidden_at is null and c.subscribed is not false and c.missing_since is null`,
    hasCollection: true,
  },
};

/** What the index holds of a record, and what a record is matched by before it is indexed: the title counts most. */
export const searchVector = ({ title, body }: SearchedTable): SQL => sql`
  setweight(to_tsvector('simple', search_text(${title})), 'A') ||
  setweight(to_tsvector('simple', search_text(${body})), 'C')`;
