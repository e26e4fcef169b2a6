/** One calendar at a provider that answers what a test scripts, and the activities that sync it, run without Temporal. */
import { randomBytes } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { eq } from 'drizzle-orm';
import { createRefreshCollections } from '../../activities/connect/refresh-collections.ts';
import type { ActivityDeps } from '../../activities/deps.ts';
import { createCheckForChanges } from '../../activities/sync/check-for-changes.ts';
import { createPurgeUnsubscribed } from '../../activities/sync/purge-unsubscribed.ts';
import type { StreamInput } from '../../activities/sync/stream-reader.ts';
import { createSweepStream } from '../../activities/sync/sweep-stream.ts';
import { createSyncStream, type SyncStreamResult } from '../../activities/sync/sync-stream.ts';
import type { Database } from '../../db/client.ts';
import { listCollections } from '../../db/queries/collections.ts';
import { changeSubscription } from '../../db/queries/collections-read.ts';
import { storeCredential } from '../../db/queries/credentials.ts';
import { beginRun } from '../../db/queries/runs.ts';
import {
  calendarEvents,
  collections,
  integrations,
  type RunMode,
  runs,
  streamCursors,
} from '../../db/schema/index.ts';
import { createSealer } from '../../db/sealing.ts';
import type { CalendarEventRecord, RecordPage, Session } from '../../providers/contract/index.ts';
import { googleCalendar } from '../../providers/google-calendar/index.ts';

export function event(remoteId: string, fields: Partial<CalendarEventRecord> = {}): CalendarEventRecord {
  return {
    ...{ remoteId, etag: '"1"', title: remoteId, description: null, location: null, status: 'confirmed' },
    ...{
      start: { dateTime: '2026-03-01T10:00:00+01:00', timeZone: 'Europe/Berlin' },
      end: { date: '2026-03-02' },
    },
    ...{ recurrence: [], seriesRemoteId: null, originalStart: null, url: null },
    ...{ raw: { id: remoteId, summary: fields.title ?? remoteId }, ...fields },
  } as CalendarEventRecord;
}

/** What the provider answers from now on, to a complete listing and to an increment alike, and what it was asked. */
export interface ScriptedProvider {
  pages: readonly CalendarEventRecord[][];
  /** What each page says is gone, by the page's number. */
  deletions: readonly (readonly string[])[];
  /** Absent: what a listing lacks is gone. */
  confirmGone?: Session['confirmGone'];
  /** Absent: there is no list to be read. */
  listCollections?: Session['listCollections'];
  /** The positions that pages were asked from. */
  readonly asked: (string | null)[];
}

/** `name` tells this calendar from others in the same database. */
export async function openScriptedCalendar(
  db: Database,
  owner: { readonly workspaceId: string; readonly userId: string },
  name: string,
) {
  const integrationId = `int_${name}`;
  const collectionId = `col_${name}`;
  await db.insert(integrations).values({
    ...{ id: integrationId, ...owner, provider: 'google-calendar', authKind: 'oauth', phase: 'active' },
  });
  await db
    .insert(collections)
    .values({ id: collectionId, integrationId, remoteId: 'cal', name: 'Cal', subscribed: true });
  const sealer = createSealer(`k1:${randomBytes(32).toString('base64')}`);
  const tokens = { accessToken: 'token', scopes: [] };
  await storeCredential(db, sealer, { integrationId, grantKey: name, tokens });

  const provider: ScriptedProvider = { pages: [], deletions: [], asked: [] };
  const openSession = () => ({
    async fetchPage({ cursor }: { cursor: string | null }): Promise<RecordPage> {
      provider.asked.push(cursor);
      const page = cursor === 'sync-token' ? 0 : Number(cursor ?? 0);
      const isLast = page === provider.pages.length - 1;
      return {
        upserts: provider.pages[page] as CalendarEventRecord[],
        deletions: provider.deletions[page] ?? [],
        next: isLast ? { kind: 'done', cursor: 'sync-token' } : { kind: 'more', cursor: String(page + 1) },
      };
    },
    ...(provider.confirmGone === undefined ? {} : { confirmGone: provider.confirmGone }),
    ...(provider.listCollections === undefined ? {} : { listCollections: provider.listCollections }),
  });
  const adapter = { ...googleCalendar, openSession };
  const deps = { db, sealer, provider: () => ({ adapter, environment: {} }) } as unknown as ActivityDeps;
  const call = <Input, Result>(activity: (input: Input) => Promise<Result>, input: Input): Promise<Result> =>
    new MockActivityEnvironment().run(activity as never, input as never);

  let made = 0;
  const begin = async (mode: RunMode): Promise<StreamInput> => {
    made += 1;
    const runId = `run_${name}_${made}`;
    const begun = await beginRun(db, {
      ...{ runId, integrationId, operationId: `op_${runId}`, mode, trigger: 'manual' },
      ...{ workflowId: 'w', workflowRunId: 'r' },
    });
    return { integrationId, collectionId, stream: 'events', runId, generation: begun?.generation as number };
  };
  const readRun = async ({ runId }: StreamInput) =>
    (await db.select().from(runs).where(eq(runs.id, runId)))[0];

  return {
    provider,
    /** One call of the activity that reads the calendar, in a run of its own; `goOn` calls it again in that run. */
    async sync(mode: RunMode) {
      const input = await begin(mode);
      const goOn = (): Promise<SyncStreamResult> => call(createSyncStream(deps), { ...input, mode });
      const result = await goOn();
      const sweep = () => call(createSweepStream(deps), input);
      return { result, run: await readRun(input), goOn, sweep, readRun: () => readRun(input) };
    },
    /** A person ticks or unticks it. */
    tick: (subscribed: boolean) => changeSubscription(db, collectionId, subscribed),
    /** What a run does to an unticked calendar before it reads the others. */
    async purge() {
      const { runId, generation } = await begin('incremental');
      const unticked = { integrationId, provider: 'google-calendar', generation, runId, collectionId };
      return call(createPurgeUnsubscribed(deps), unticked);
    },
    /** Refresh List, once. */
    refreshList: () => call(createRefreshCollections(deps), { integrationId }),
    /** The idle check, once; answers whether anything is new. */
    check: async () => (await call(createCheckForChanges(deps), { integrationId })).changed,
    async listed() {
      const rows = await listCollections(db, integrationId);
      return rows.map(({ name, missingSince }) => (missingSince === null ? name : `${name}, missing`));
    },
    async stored() {
      const rows = await db
        .select()
        .from(calendarEvents)
        .where(eq(calendarEvents.collectionId, collectionId))
        .orderBy(calendarEvents.remoteId);
      const [cursor] = await db
        .select()
        .from(streamCursors)
        .where(eq(streamCursors.collectionId, collectionId));
      return { rows, cursor };
    },
  };
}
