/** What the tables hold of one history, read in one statement. */
import { getTableColumns, type SQL, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { toLocalContact } from '../../activities/contacts/local-contact.ts';
import { contactConflicts, contactLinks, contacts, isGivenUpDelete } from '../../db/schema/index.ts';
import type { LocalContact } from '../../sync/operations.ts';
import type { Harmony } from './local-side.ts';

type Contact = typeof contacts.$inferSelect;
export type Link = typeof contactLinks.$inferSelect;
export type Conflict = typeof contactConflicts.$inferSelect;

/** Intended at Google, whatever became of it. */
export interface Create {
  readonly id: string;
  readonly contactId: string;
  readonly state: string;
  /** The remote contact that the contact had, and is made anew from. */
  readonly replaces: string | null;
}

export interface Tables {
  readonly locals: Map<string, LocalContact>;
  /** Contacts that stayed here as what tied them was deleted, or a delete turned down: no account makes them anew. */
  readonly kept: readonly string[];
  readonly links: readonly Link[];
  /** The newest first. */
  readonly conflicts: readonly Conflict[];
  readonly creates: readonly Create[];
  /** Remote contacts that were to be deleted, and no longer are; the call may come through yet. */
  readonly givenUpDeletes: readonly string[];
  /** Beside creates that a person has to decide on: what they made was merged with somebody else. */
  readonly hasOpenWrites: boolean;
  /** Changes with every write of a row that means something. */
  readonly fingerprint: string;
}

export type StreamCount = { readonly stream: string; readonly counted: number; readonly living: number };

/** What is selected of a table, written out once: drizzle takes long for some sixty columns. */
const namedColumns = new Map(
  [contacts, contactLinks, contactConflicts].map((table) => {
    const columns: Record<string, PgColumn> = getTableColumns(table);
    const named = Object.entries(columns).map(([name, column]) => `"${column.name}" as "${name}"`);
    return [table as PgTable, sql.raw(named.join(', '))];
  }),
);

/** Times are as Postgres puts them into JSON. */
export async function readTables({ db, userId, integrationId }: Harmony): Promise<Tables> {
  const [row] = await db.execute<{
    contacts: Contact[];
    links: Link[];
    conflicts: Conflict[];
    creates: Create[];
    given_up_deletes: string[];
    fingerprint: string;
    open: boolean;
  }>(sql`
    select ${rowsOf(contacts, sql`user_id = ${userId} order by id`)} as contacts,
      ${rowsOf(contactLinks, sql`integration_id = ${integrationId} order by remote_id`)} as links,
      ${rowsOf(contactConflicts, sql`integration_id = ${integrationId} order by at desc`)} as conflicts,
      (select coalesce(json_agg(json_build_object('id', id, 'contactId', record_id, 'state', state,
          'replaces', operation ->> 'replaces')), '[]')
        from contact_writes where integration_id = ${integrationId} and kind = 'create') as creates,
      (select coalesce(json_agg(remote_id), '[]')
        from contact_writes where integration_id = ${integrationId} and ${isGivenUpDelete}) as given_up_deletes,
      exists (select 1 from contact_writes
        where integration_id = ${integrationId} and state in ('planned', 'sent', 'unknown')
          and not (kind = 'create' and state <> 'planned' and exists (select 1 from contact_conflicts c
            where c.integration_id = ${integrationId} and c.contact_id = record_id and c.remote_id is null
              and c.kind = 'maybe_merged' and c.resolved_at is null))) as open,
      (select md5(string_agg(row, ' ' order by row)) from (
        select 'contact ' || id || ' ' || xmin as row from contacts where user_id = ${userId}
        union all select 'link ' || remote_id || ' ' || xmin from contact_links where integration_id = ${integrationId}
        union all select 'write ' || id || ' ' || xmin from contact_writes where integration_id = ${integrationId}
        union all select 'conflict ' || id || ' ' || xmin from contact_conflicts where integration_id = ${integrationId}
        union all select 'journal ' || seq || ' ' || xmin from contact_journal where integration_id = ${integrationId}
        union all select 'list journal ' || seq || ' ' || xmin from list_journal where integration_id = ${integrationId}
        union all select 'link ' || remote_id || ' ' || xmin from list_links where integration_id = ${integrationId}
        union all select 'member ' || m.contact_id || '/' || m.list_id from contact_list_members m
          join contact_lists o on o.id = m.list_id where o.user_id = ${userId}
        union all select 'list ' || id || ' ' || xmin from contact_lists where user_id = ${userId}
      ) as all_rows) as fingerprint`);
  if (row === undefined) throw new Error('a select without rows');
  const { links, conflicts, creates, given_up_deletes: givenUpDeletes, fingerprint, open } = row;
  const locals = new Map(row.contacts.map((contact) => [contact.id, toLocalContact(contact)]));
  const kept = row.contacts.flatMap(({ id, keptAt }) => (keptAt === null ? [] : id));
  return { locals, kept, links, conflicts, creates, givenUpDeletes, fingerprint, hasOpenWrites: open };
}

/** Of each stream: how many records it says it has, as the page shows it, and how many links live. */
export async function readCounts({ db, integrationId }: Harmony): Promise<readonly StreamCount[]> {
  return db.execute<StreamCount>(sql`
    with living as (
      select stream from contact_links where integration_id = ${integrationId} and tombstoned_at is null
      union all
      select 'groups' from list_links where integration_id = ${integrationId} and tombstoned_at is null)
    select stream, record_count as counted, (select count(*)::int from living l where l.stream = c.stream) as living
    from stream_cursors c where integration_id = ${integrationId}`);
}

/** The rows as one JSON array, with the names that they have in TypeScript. */
const rowsOf = (table: PgTable, whereAndOrder: SQL): SQL =>
  sql`(select coalesce(json_agg(r), '[]'::json)
    from (select ${namedColumns.get(table)} from ${table} where ${whereAndOrder}) r)`;
