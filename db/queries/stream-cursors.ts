/** How far each stream has been read. Rows and position always change in one transaction. */
import { randomUUID } from 'node:crypto';
import { and, eq, isNull, type Placeholder, type SQL, sql } from 'drizzle-orm';
import type { Database, Executor, Transaction } from '../client.ts';
import { given, prepared } from '../prepared.ts';
import { collections, listingMarks, type RunMode, streamCursors } from '../schema/index.ts';
import { type Fence, FencedOffError, fenced } from './fence.ts';
import { exactInstant } from './scope.ts';

export type StreamCursor = typeof streamCursors.$inferSelect;

export interface StreamKey {
  readonly integrationId: string;
  readonly stream: string;
  /** '' on streams without collections. */
  readonly collectionId: string;
}

const isStream = (key: { readonly [Name in keyof StreamKey]: string | Placeholder }) =>
  and(
    eq(streamCursors.integrationId, key.integrationId),
    eq(streamCursors.stream, key.stream),
    eq(streamCursors.collectionId, key.collectionId),
  );

/** The one whose key a prepared query is given. */
const isGivenStream = isStream({
  integrationId: sql.placeholder('integrationId'),
  stream: sql.placeholder('stream'),
  collectionId: sql.placeholder('collectionId'),
});

export async function listStreamCursors(db: Executor, integrationId: string): Promise<StreamCursor[]> {
  return db.select().from(streamCursors).where(eq(streamCursors.integrationId, integrationId));
}

type ListingKind = 'full' | 'incremental';

const newListing = <Text extends string | SQL, Flag extends boolean | SQL>(
  kind: ListingKind,
  { listingId, runId, marks }: { listingId: Text; runId: Text; marks: Flag },
) => ({
  listingId,
  listingRunId: runId,
  listingKind: kind,
  listingPosition: null,
  listingPages: 0,
  listingDone: 0,
  listingMarks: marks,
  listingStartedAt: sql`now()`,
});

const lockRow = prepared((db) =>
  db.select().from(streamCursors).where(isGivenStream).for('update').prepare('lock_stream'),
);

const startListing = prepared((db, kind: ListingKind) =>
  db
    .update(streamCursors)
    .set({
      dirty: false,
      ...(kind === 'full' && { fullDueAt: null }),
      ...newListing(kind, { listingId: given('listingId'), runId: given('runId'), marks: given('marks') }),
    })
    .where(isGivenStream)
    .returning()
    .prepare('start_listing'),
);

/**
 * Decides what a run reads next in a stream, and clears the stream's dirty mark before its cursor is read.
 * - A repeat within the same run goes on where the last commit left it.
 * - A complete listing that another run left unfinished is continued, unless this run is a full one.
 * - Else an increment from the cursor, or a complete listing where there is none or `mode` is full.
 * `dueFullMs` forces a complete listing (cursors that die of age), and so does `full_due_at`. Only the first one, into nothing,
 * marks nothing and is swept of nothing.
 */
export function beginListing(
  db: Database,
  fence: Fence,
  request: { key: StreamKey; runId: string; mode: RunMode; dueFullMs?: number },
): Promise<StreamCursor> {
  const { key, runId } = request;
  return fenced(db, fence, async (tx) => {
    const lock = () => lockRow(tx).execute({ ...key });
    let [row] = await lock();
    if (row === undefined) {
      await tx.insert(streamCursors).values(key).onConflictDoNothing();
      [row] = (await lock()) as [StreamCursor];
    }
    if (row.completedRunId === runId || row.sweepListingId !== null) return row;
    const own = row.listingId !== null && row.listingRunId === runId;
    const unfinishedFull = row.listingId !== null && row.listingKind === 'full' && request.mode !== 'full';
    if (own || unfinishedFull) {
      const [kept] = await tx
        .update(streamCursors)
        .set({ dirty: false, listingRunId: runId })
        .where(isStream(key))
        .returning();
      return kept as StreamCursor;
    }
    const full = request.mode === 'full' || row.cursor === null || isFullDue(row, request.dueFullMs);
    const [begun] = await startListing(tx, full ? 'full' : 'incremental').execute({
      ...{ ...key, runId, listingId: randomUUID() },
      marks: full && (row.fullListedAt !== null || row.recordCount > 0),
    });
    return begun as StreamCursor;
  });
}

/** Something of this stream is unfinished: a sync has to go on with it. */
export const isUnsettled = (row: StreamCursor): boolean =>
  row.cursor === null || row.dirty || isBrokenOff(row);

/** A listing broke off in the middle, or before what it lacked was swept. */
const isBrokenOff = (row: StreamCursor): boolean => row.listingId !== null || row.sweepListingId !== null;

/** What is known of this stream is no whole: it was never listed to the end, or a listing broke off. */
export const isHalfRead = (row: StreamCursor | undefined): boolean =>
  row === undefined || row.fullListedAt === null || isBrokenOff(row);

/** Whether a complete listing is due: by age, `everyMs` after the last one began, or to look again for what that lacked. */
export function isFullDue(row: StreamCursor, everyMs: number | undefined): boolean {
  if (row.fullDueAt !== null && Date.now() >= Date.parse(row.fullDueAt)) return true;
  if (everyMs === undefined || row.fullListedAt === null) return false;
  return Date.now() - Date.parse(row.fullListedAt) >= everyMs;
}

/** The cursor died: start a complete listing within the same run. What is mirrored stays readable. */
export function restartListing(
  db: Database,
  fence: Fence,
  key: StreamKey,
  runId: string,
): Promise<StreamCursor> {
  return fenced(db, fence, async (tx) => {
    const [row] = await tx
      .update(streamCursors)
      .set({
        ...{ cursor: null, fullDueAt: null },
        ...newListing('full', { listingId: randomUUID(), runId, marks: true }),
      })
      .where(isStream(key))
      .returning();
    return row as StreamCursor;
  });
}

export type Advance =
  | { readonly kind: 'more'; readonly position: string }
  | { readonly kind: 'done'; readonly cursor: string | null };

const advance = prepared((db, next: Advance['kind'], of: 'stream' | 'collection') => {
  const finished =
    next === 'more'
      ? { listingPosition: given('position') }
      : {
          cursor: given('cursor'),
          listingId: null,
          listingRunId: null,
          listingKind: null,
          listingPosition: null,
          completedRunId: given('runId'),
          sweepListingId: sql`case when ${streamCursors.listingMarks} then ${streamCursors.listingId} end`,
          fullListedAt: sql`case when ${streamCursors.listingKind} = 'full' then ${streamCursors.listingStartedAt} else ${streamCursors.fullListedAt} end`,
        };
  return db
    .update(streamCursors)
    .set({
      ...finished,
      listingPages: sql`${streamCursors.listingPages} + 1`,
      listingDone: sql`${streamCursors.listingDone} + ${given('read')}`,
      recordCount: sql`${streamCursors.recordCount} + ${given('countChange')}`,
      updatedAt: sql`now()`,
    })
    .where(
      and(
        isGivenStream,
        eq(streamCursors.listingId, sql.placeholder('listingId')),
        eq(streamCursors.listingPages, sql.placeholder('pages')),
        of === 'stream'
          ? undefined
          : sql`exists (select 1 from ${collections} where ${collections.id} = ${given('collectionId')} and ${collections.subscribed})`,
      ),
    )
    .returning()
    .prepare('advance_listing');
});

/**
 * Moves the position past one page: a compare-and-set on the listing and its page number, so that a page is committed
 * once however often it is tried. Returns undefined when the listing has moved on without us or the collection is no
 * longer subscribed: then nothing of the page may be written.
 */
export async function advanceListing(
  tx: Transaction,
  input: {
    key: StreamKey;
    listingId: string;
    pages: number;
    read: number;
    countChange: number;
    next: Advance;
    runId: string;
  },
): Promise<StreamCursor | undefined> {
  const { key, next, ...page } = input;
  const { kind, ...to } = next;
  const [row] = await advance(tx, kind, key.collectionId === '' ? 'stream' : 'collection').execute({
    ...{ ...key, ...page, ...to },
  });
  return row;
}

/** When the last complete listing of a stream began, that went through to its end; null where there was none. */
export async function lastFullListing(db: Executor, key: StreamKey): Promise<string | null> {
  const [row] = await db
    .select({ listedAt: streamCursors.fullListedAt })
    .from(streamCursors)
    .where(isStream(key));
  return row?.listedAt ?? null;
}

/** The complete listing after which a stream has still to be swept; null where there is none. */
export async function sweepListingOf(db: Executor, key: StreamKey): Promise<string | null> {
  const [row] = await db
    .select({ listingId: streamCursors.sweepListingId })
    .from(streamCursors)
    .where(isStream(key));
  return row?.listingId ?? null;
}

/** Whether the stream is being listed whole although it had records: what the listing does not see is swept after it. */
export async function isListedAgain(db: Executor, key: StreamKey): Promise<boolean> {
  const rows = await db
    .select({ stream: streamCursors.stream })
    .from(streamCursors)
    .where(and(isStream(key), eq(streamCursors.listingKind, 'full'), streamCursors.listingMarks));
  return rows.length > 0;
}

/** The next read of a stream is a complete listing. */
export async function forgetCursor(db: Executor, key: StreamKey): Promise<void> {
  await db
    .update(streamCursors)
    .set({ cursor: null, dirty: true })
    .where(and(isStream(key), isNull(streamCursors.listingId)));
}

/** The first read of a stream from `dueAt` (ISO 8601 UTC) on is a complete listing. */
export async function listAgainAt(tx: Transaction, key: StreamKey, dueAt: string): Promise<void> {
  await tx.update(streamCursors).set({ fullDueAt: dueAt }).where(isStream(key));
}

/** Makes a stream's row where it is the first time; for writers beside the stream. */
export async function ensureStream(db: Executor, key: StreamKey): Promise<void> {
  await db.insert(streamCursors).values(key).onConflictDoNothing();
}

/** The list of collections has a row of its own beside the streams: whether it is to be read, and whose answer holds. */
export const collectionListStream = 'collections';

const listKey = (integrationId: string): StreamKey => ({
  ...{ integrationId, stream: collectionListStream, collectionId: '' },
});

/** One reading of the list of collections. */
export interface CollectionListing {
  readonly listingId: string;
  /** To the microsecond. */
  readonly startedAt: string;
}

/**
 * Begins to read the list of collections, and clears its dirty mark before. Until its answer was merged the list counts as not
 * read, lest a reading that fails take the mark along.
 */
export async function beginCollectionList(db: Executor, integrationId: string): Promise<CollectionListing> {
  const listing = { listingId: randomUUID(), listingStartedAt: sql`clock_timestamp()` };
  const [row] = await db
    .insert(streamCursors)
    .values({ ...listKey(integrationId), ...listing })
    .onConflictDoUpdate({
      target: [streamCursors.integrationId, streamCursors.stream, streamCursors.collectionId],
      set: { dirty: false, ...listing },
    })
    .returning({ startedAt: exactInstant(streamCursors.listingStartedAt) });
  return { listingId: listing.listingId, startedAt: (row as { startedAt: string }).startedAt };
}

/** Whether an answer may be merged: not after one that was asked for later. Until the transaction ends no other is. */
export async function endCollectionList(
  tx: Transaction,
  integrationId: string,
  { listingId, startedAt }: CollectionListing,
): Promise<boolean> {
  const rows = await tx
    .update(streamCursors)
    .set({
      listingId: sql`nullif(${streamCursors.listingId}, ${listingId})`,
      fullListedAt: sql`${startedAt}::timestamptz`,
    })
    .where(
      and(
        isStream(listKey(integrationId)),
        sql`coalesce(${streamCursors.fullListedAt} <= ${startedAt}::timestamptz, true)`,
      ),
    )
    .returning({ stream: streamCursors.stream });
  return rows.length > 0;
}

/** The next sync reads the list of collections. */
export async function askForCollectionList(tx: Transaction, integrationId: string): Promise<void> {
  await tx
    .insert(streamCursors)
    .values({ ...listKey(integrationId), dirty: true })
    .onConflictDoUpdate({
      target: [streamCursors.integrationId, streamCursors.stream, streamCursors.collectionId],
      set: { dirty: true },
    });
}

/** Whether the list of collections is to be read; undefined where it never was. */
export function isListUnsettled(cursors: readonly StreamCursor[]): boolean | undefined {
  const row = cursors.find(({ stream }) => stream === collectionListStream);
  return row && (row.dirty || row.listingId !== null);
}

const ofStream = ({ integrationId, stream, collectionId }: StreamKey) =>
  sql`integration_id = ${integrationId} and stream = ${stream} and collection_id = ${collectionId}`;

/** Corrects the count by what a sweep removed; the end of the sweep forgets the marks of every listing of the stream, too. */
export async function noteSwept(
  tx: Transaction,
  { key, removed, finished }: { key: StreamKey; removed: number; finished: boolean },
): Promise<void> {
  if (!finished) {
    await tx.execute(
      sql`update stream_cursors set record_count = record_count - ${removed} where ${ofStream(key)}`,
    );
    return;
  }
  await tx.execute(sql`
    with forgotten as (delete from listing_marks where ${ofStream(key)})
    update stream_cursors set record_count = record_count - ${removed}, sweep_listing_id = null
    where ${ofStream(key)}`);
}

/** Ends a sweep that found nothing to remove, under the fence: throws FencedOffError where another operation took over. */
export async function endSweep(db: Executor, fence: Fence, key: StreamKey): Promise<void> {
  const held = sql`exists (select 1 from held)`;
  const rows = await db.execute(sql`
    with held as (
      select 1 from integrations where id = ${fence.integrationId} and generation = ${fence.generation} for key share),
    forgotten as (delete from listing_marks where ${ofStream(key)} and ${held}),
    ended as (update stream_cursors set sweep_listing_id = null where ${ofStream(key)} and ${held})
    select 1 from held`);
  if (rows.length === 0) throw new FencedOffError(fence);
}

/** Stores a newer cursor that an idle check got; only while nothing else has moved it. */
export async function refreshCursor(db: Executor, key: StreamKey, from: string, to: string): Promise<void> {
  await db
    .update(streamCursors)
    .set({ cursor: to })
    .where(and(isStream(key), eq(streamCursors.cursor, from), sql`${streamCursors.listingId} is null`));
}

/**
 * Records of an unticked collection go. Ticked again before all are gone it is listed whole: from where it was read those would
 * not come back.
 */
export async function notePurged(tx: Transaction, key: StreamKey, removed: number): Promise<void> {
  await tx
    .update(streamCursors)
    .set({
      ...{ cursor: null, listingId: null, sweepListingId: null },
      recordCount: sql`${streamCursors.recordCount} - ${removed}`,
    })
    .where(isStream(key));
}

/** Forgets how far a collection's streams were read, and what was seen there, e.g. of a calendar that was unticked and purged. */
export async function dropStreamsOfCollection(
  db: Executor,
  integrationId: string,
  collectionId: string,
): Promise<void> {
  for (const table of [listingMarks, streamCursors])
    await db
      .delete(table)
      .where(and(eq(table.integrationId, integrationId), eq(table.collectionId, collectionId)));
}
