/** Calendar events as the Companion reads them, in the order of their start. */
import { and, eq, getTableColumns, gt, inArray, isNull, lt, ne, or, type SQL, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { calendarEvents, collections, integrations } from '../schema/index.ts';
import { type Page, type Scope, toPage, within } from './scope.ts';

export type CalendarEventRow = Omit<typeof calendarEvents.$inferSelect, 'raw'>;

/** Instants are kept to the millisecond, as adapters hand them over, so this finds its row again. */
export interface EventPosition {
  readonly startsAt: string | null;
  readonly id: string;
}

export interface ListCalendarEvents {
  readonly limit: number;
  /** The last row of the page before. */
  readonly after?: EventPosition | undefined;
  /** ISO 8601 UTC; events that end after it. */
  readonly from?: string | undefined;
  /** ISO 8601 UTC; events that start before it. */
  readonly to?: string | undefined;
  /** A collection's id, or the provider's id of the calendar. */
  readonly calendarId?: string | undefined;
  readonly integrationId?: string | undefined;
  readonly includeCancelled: boolean;
}

const { raw: _raw, ...columns } = getTableColumns(calendarEvents);

/**
 * A series goes on after its first occurrence: only where every line that adds occurrences is over (a rule by its UNTIL, RDATE
 * by its dates) is it ruled out; EXRULE and EXDATE add none. The day is compared generously (UNTIL may be a local date), so a
 * series can be in the answer whose last occurrence was just before `from`.
 */
const seriesMayReach = (from: string) => sql`exists (
  select from unnest(${calendarEvents.recurrence}) as line
  where line ~* '^R(RULE|DATE)' and coalesce(
    (select max(match[1]) from regexp_matches(line, case when line ~* '^RDATE' then '(\\d{8})' else 'UNTIL=(\\d{8})' end, 'g') as match),
    '99991231'
  ) >= to_char(${from}::timestamptz - (${calendarEvents.endsAt} - ${calendarEvents.startsAt}) - interval '1 day', 'YYYYMMDD')
)`;

/** Rows without a start (cancelled ones may have none) come last. Events of unticked calendars are left out. */
export async function listCalendarEvents(
  db: Executor,
  scope: Scope,
  list: ListCalendarEvents,
): Promise<Page<CalendarEventRow>> {
  const conditions: (SQL | undefined)[] = [
    within(calendarEvents, scope),
    // Records that were kept when their integration went have no collection any more.
    sql`${collections.subscribed} is not false`,
  ];
  if (list.calendarId !== undefined) conditions.push(isOfCalendar(db, scope, list.calendarId));
  if (list.integrationId !== undefined) conditions.push(eq(calendarEvents.integrationId, list.integrationId));
  if (!list.includeCancelled) conditions.push(ne(calendarEvents.status, 'cancelled'));
  if (list.to !== undefined) conditions.push(lt(calendarEvents.startsAt, list.to));
  if (list.from !== undefined) {
    conditions.push(or(gt(calendarEvents.endsAt, list.from), seriesMayReach(list.from)));
  }
  if (list.after !== undefined) conditions.push(behind(list.after, list));
  const rows = await db
    .select(columns)
    .from(calendarEvents)
    .leftJoin(collections, eq(collections.id, calendarEvents.collectionId))
    .where(and(...conditions))
    .orderBy(calendarEvents.startsAt, calendarEvents.id)
    .limit(list.limit + 1);
  return toPage(rows, list.limit);
}

/** Whether it names a calendar of the caller's: ticked or not, or gone with an integration whose events were kept. */
export async function isCalendarKnown(db: Executor, scope: Scope, calendarId: string): Promise<boolean> {
  const named = await db
    .select({ id: collections.id })
    .from(collections)
    .innerJoin(integrations, eq(integrations.id, collections.integrationId))
    .where(
      and(
        within(integrations, scope),
        or(eq(collections.id, calendarId), eq(collections.remoteId, calendarId)),
      ),
    )
    .limit(1);
  if (named.length > 0) return true;
  const kept = await db
    .select({ id: calendarEvents.id })
    .from(calendarEvents)
    .where(and(within(calendarEvents, scope), eq(calendarEvents.collectionId, calendarId)))
    .limit(1);
  return kept.length > 0;
}

function isOfCalendar(db: Executor, scope: Scope, calendarId: string): SQL {
  const { collectionId } = calendarEvents;
  if (calendarId.startsWith('col_')) return eq(collectionId, calendarId);
  const named = db
    .select({ id: collections.id })
    .from(collections)
    .innerJoin(integrations, eq(integrations.id, collections.integrationId))
    .where(and(within(integrations, scope), eq(collections.remoteId, calendarId)));
  return inArray(collectionId, named);
}

function behind(after: EventPosition, range: { from?: string | undefined; to?: string | undefined }) {
  const { startsAt, id } = calendarEvents;
  if (after.startsAt === null) return and(isNull(startsAt), gt(id, after.id));
  const later = sql`(${startsAt}, ${id}) > (${after.startsAt}::timestamptz, ${after.id})`;
  // A range leaves rows without a start out anyway, and without this OR it can follow the index.
  return range.from === undefined && range.to === undefined ? or(later, isNull(startsAt)) : later;
}
