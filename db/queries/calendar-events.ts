/** Calendar events: a read-only mirror, one table, one upsert a page. */
import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { CalendarEventRecord, EventTime, RecordBase } from '../../providers/contract/index.ts';
import type { Executor, Transaction } from '../client.ts';
import { newId } from '../ids.ts';
import { calendarEvents } from '../schema/index.ts';
import { seenIn } from './listing-marks.ts';
import { type MirrorContext, type Mirrored, type PageOutcome, splitByHash } from './mirror.ts';
import { mirrorWriter } from './mirror-writer.ts';

type EventFields = Omit<CalendarEventRecord, keyof RecordBase>;

/** An event ready to be compared and written. */
export type CalendarEventRow = Mirrored & EventFields;

/** All-day: midnight UTC. */
const instantOf = (time: EventTime | null): string | null => time?.dateTime ?? time?.date ?? null;

const writer = mirrorWriter<CalendarEventRow>({
  ...{ table: 'calendar_events', perCollection: true, uniqueIn: 'collection_id' },
  idOf: () => newId('evt'),
  columns: [
    { name: 'title', type: 'text', of: (row) => row.title },
    { name: 'description', type: 'text', of: (row) => row.description },
    { name: 'location', type: 'text', of: (row) => row.location },
    { name: 'start', type: 'json', of: (row) => row.start },
    { name: 'end_time', type: 'json', of: (row) => row.end },
    { name: 'starts_at', type: 'timestamptz', of: (row) => instantOf(row.start) },
    { name: 'ends_at', type: 'timestamptz', of: (row) => instantOf(row.end) },
    { name: 'status', type: 'text', of: (row) => row.status },
    { name: 'recurrence', type: 'text[]', of: (row) => row.recurrence },
    { name: 'series_remote_id', type: 'text', of: (row) => row.seriesRemoteId },
    { name: 'original_start', type: 'json', of: (row) => row.originalStart },
    { name: 'url', type: 'text', of: (row) => row.url },
  ],
});

export const { pack: packCalendarEvents, load: loadCalendarEvents } = writer;

/** Writes a page of events and removes the deleted ones; unchanged events are not touched. */
export async function writeCalendarEvents(
  tx: Transaction,
  context: MirrorContext,
  page: { rows: readonly CalendarEventRow[]; deletions: readonly string[] },
): Promise<PageOutcome> {
  const known = await knownHashes(tx, context.collectionId, page.rows);
  const split = splitByHash(page.rows, known);
  await writer.upsert(tx, context, [...split.created, ...split.updated]);
  const deleted = await removeDeleted(tx, context.collectionId, page);
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

/**
 * A deleted series takes its exceptions along, but for those that the same page brings: who is no longer invited to the series
 * may be to one date of it.
 */
async function removeDeleted(
  tx: Transaction,
  collectionId: string,
  { rows, deletions }: { rows: readonly CalendarEventRow[]; deletions: readonly string[] },
): Promise<number> {
  if (deletions.length === 0) return 0;
  const ids = sql.param([...deletions]);
  const living = rows.filter(({ status }) => status !== 'cancelled').map(({ remoteId }) => remoteId);
  return remove(
    tx,
    collectionId,
    sql`(${calendarEvents.remoteId} = any(${ids}::text[]) or ${calendarEvents.seriesRemoteId} = any(${ids}::text[])
      and ${calendarEvents.remoteId} <> all(${sql.param(living)}::text[]))`,
  );
}

/** Removes events by remote id, and no others. Returns how many rows went. */
export async function removeCalendarEvents(
  tx: Transaction,
  collectionId: string,
  remoteIds: readonly string[],
): Promise<number> {
  if (remoteIds.length === 0) return 0;
  const ids = sql.param([...remoteIds]);
  return remove(tx, collectionId, sql`${calendarEvents.remoteId} = any(${ids}::text[])`);
}

async function remove(tx: Transaction, collectionId: string, which: SQL): Promise<number> {
  const gone = await tx
    .delete(calendarEvents)
    .where(and(eq(calendarEvents.collectionId, collectionId), which))
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
