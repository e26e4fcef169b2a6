/** Calendar events: a read-only mirror, one table, one upsert a page. */
import { and, eq, sql } from 'drizzle-orm';
import type { CalendarEventRecord, EventTime, RecordBase } from '../../providers/contract/index.ts';
import type { Executor, Transaction } from '../client.ts';
import { copyRows, jsonText, type PackedRows, packRows, toJson } from '../copy.ts';
import { newId } from '../ids.ts';
import { rowJson, toJsonParameter } from '../json-parameter.ts';
import { calendarEvents } from '../schema/index.ts';
import { seenIn } from './listing-marks.ts';
import {
  latestOf,
  loadedRows,
  type MirrorContext,
  type Mirrored,
  type PageOutcome,
  splitByHash,
} from './mirror.ts';

type EventFields = Omit<CalendarEventRecord, keyof RecordBase>;

/** An event ready to be compared and written. */
export type CalendarEventRow = Mirrored & EventFields;

const loadedColumns = [
  ...[
    'id',
    'workspace_id',
    'user_id',
    'integration_id',
    'collection_id',
    'remote_id',
    'etag',
    'content_hash',
  ],
  ...['remote_updated_at', 'title', 'description', 'location', 'start', 'end_time', 'starts_at', 'ends_at'],
  ...['status', 'recurrence', 'series_remote_id', 'original_start', 'url', 'raw'],
];

/** Events of a calendar that had none, for `loadCalendarEvents`. */
export function packCalendarEvents<R extends { readonly remoteId: string }>(
  context: MirrorContext,
  records: readonly R[],
  rowOf: (record: R) => CalendarEventRow,
): PackedRows {
  const { workspaceId, userId, integrationId, collectionId } = context;
  return packRows(latestOf(records), (record) => {
    const row = rowOf(record);
    const { start, end } = row;
    return [
      ...[newId('evt'), workspaceId, userId, integrationId, collectionId, row.remoteId, row.etag],
      ...[
        row.contentHash,
        row.remoteUpdatedAt,
        row.title,
        row.description,
        row.location,
        toJson(start),
        toJson(end),
      ],
      ...[instantOf(start), instantOf(end), row.status, row.recurrence, row.seriesRemoteId],
      ...[toJson(row.originalStart), row.url, jsonText(row.rawJson)],
    ];
  });
}

export async function loadCalendarEvents(tx: Transaction, rows: PackedRows): Promise<PageOutcome> {
  await copyRows(tx, { table: 'calendar_events', columns: loadedColumns }, rows);
  return loadedRows(rows.count);
}

/** All-day: midnight UTC. */
const instantOf = (time: EventTime | null): string | null => time?.dateTime ?? time?.date ?? null;

/** Writes a page of events and removes the deleted ones; unchanged events are not touched. */
export async function writeCalendarEvents(
  tx: Transaction,
  context: MirrorContext,
  page: { rows: readonly CalendarEventRow[]; deletions: readonly string[] },
): Promise<PageOutcome> {
  const known = await knownHashes(tx, context.collectionId, page.rows);
  const split = splitByHash(page.rows, known);
  const changed = [...split.created, ...split.updated];
  if (changed.length > 0) await upsert(tx, context, changed);
  const deleted = await removeCalendarEvents(tx, context.collectionId, page.deletions);
  return {
    created: split.created.length,
    updated: split.updated.length,
    unchanged: split.unchanged,
    deleted,
  };
}

async function knownHashes(
  tx: Transaction,
  collectionId: string,
  rows: readonly Mirrored[],
): Promise<Map<string, string>> {
  const found = await tx
    .select({ remoteId: calendarEvents.remoteId, contentHash: calendarEvents.contentHash })
    .from(calendarEvents)
    .where(
      and(
        eq(calendarEvents.collectionId, collectionId),
        sql`${calendarEvents.remoteId} = any(${sql.param(rows.map((row) => row.remoteId))}::text[])`,
      ),
    );
  return new Map(found.map((row) => [row.remoteId, row.contentHash]));
}

function toRowJson(event: CalendarEventRow): string {
  return rowJson(
    {
      id: newId('evt'),
      remote_id: event.remoteId,
      etag: event.etag,
      content_hash: event.contentHash,
      remote_updated_at: event.remoteUpdatedAt,
      title: event.title,
      description: event.description,
      location: event.location,
      start: event.start,
      end_time: event.end,
      starts_at: instantOf(event.start),
      ends_at: instantOf(event.end),
      status: event.status,
      recurrence: event.recurrence,
      series_remote_id: event.seriesRemoteId,
      original_start: event.originalStart,
      url: event.url,
    },
    event.rawJson,
  );
}

async function upsert(
  tx: Transaction,
  context: MirrorContext,
  rows: readonly CalendarEventRow[],
): Promise<void> {
  const parameter = toJsonParameter(rows.map(toRowJson));
  await tx.execute(sql`
    insert into calendar_events (
      id, workspace_id, user_id, integration_id, collection_id, remote_id, etag, content_hash, remote_updated_at, raw,
      title, description, location, start, end_time, starts_at, ends_at, status, recurrence, series_remote_id,
      original_start, url)
    select r.id, ${context.workspaceId}, ${context.userId}, ${context.integrationId}, ${context.collectionId},
      r.remote_id, r.etag, r.content_hash, r.remote_updated_at, r.raw, r.title, r.description, r.location, r.start,
      r.end_time, r.starts_at, r.ends_at, r.status, r.recurrence, r.series_remote_id, r.original_start, r.url
    from json_to_recordset(${parameter}::json) as r(
      id text, remote_id text, etag text, content_hash text, remote_updated_at timestamptz, raw json, title text,
      description text, location text, start json, end_time json, starts_at timestamptz, ends_at timestamptz,
      status text, recurrence text[], series_remote_id text, original_start json, url text)
    on conflict (collection_id, remote_id) do update set
      etag = excluded.etag, content_hash = excluded.content_hash, remote_updated_at = excluded.remote_updated_at,
      raw = excluded.raw, title = excluded.title, description = excluded.description, location = excluded.location,
      start = excluded.start, end_time = excluded.end_time, starts_at = excluded.starts_at, ends_at = excluded.ends_at,
      status = excluded.status, recurrence = excluded.recurrence, series_remote_id = excluded.series_remote_id,
      original_start = excluded.original_start, url = excluded.url, updated_at = now()`);
}

/** Removes events by remote id, a removed master's exceptions with it. Returns how many rows went. */
export async function removeCalendarEvents(
  tx: Transaction,
  collectionId: string,
  remoteIds: readonly string[],
): Promise<number> {
  if (remoteIds.length === 0) return 0;
  const ids = sql.param([...remoteIds]);
  const gone = await tx
    .delete(calendarEvents)
    .where(
      and(
        eq(calendarEvents.collectionId, collectionId),
        sql`(${calendarEvents.remoteId} = any(${ids}::text[]) or ${calendarEvents.seriesRemoteId} = any(${ids}::text[]))`,
      ),
    )
    .returning({ id: calendarEvents.id });
  return gone.length;
}

/** Removes a calendar's events, `limit` at a time. Returns how many went: fewer than `limit` means all are gone. */
export async function purgeCalendarEvents(
  db: Executor,
  collectionId: string,
  limit: number,
): Promise<number> {
  const gone = await db.execute(sql`
    delete from calendar_events where ctid = any(array(
      select ctid from calendar_events where collection_id = ${collectionId} limit ${limit}))`);
  return gone.count;
}

/** Removes an integration's events, `limit` at a time, whatever calendar they are of. */
export async function purgeCalendarEventsOf(
  db: Executor,
  integrationId: string,
  limit: number,
): Promise<number> {
  const gone = await db.execute(sql`
    delete from calendar_events where ctid = any(array(
      select e.ctid from collections c join calendar_events e on e.collection_id = c.id
      where c.integration_id = ${integrationId} limit ${limit}))`);
  return gone.count;
}

/** Remote ids after `afterId` that a complete listing did not see, in order, at most `limit`. */
export async function unseenCalendarEvents(
  tx: Executor,
  where: { integrationId: string; collectionId: string; stream: string; listingId: string; afterId: string },
  limit: number,
): Promise<string[]> {
  const rows = await tx.execute<{ remote_id: string }>(sql`
    select remote_id from calendar_events
    where collection_id = ${where.collectionId} and remote_id > ${where.afterId}
    except ${seenIn(where)}
    order by remote_id
    limit ${limit}`);
  return rows.map((row) => row.remote_id);
}
