/** One row per sync: what it did, and why it ended as it did. */
import { and, eq, isNull, lt, sql } from 'drizzle-orm';
import type { Database, Executor, Transaction } from '../client.ts';
import { given, prepared } from '../prepared.ts';
import {
  type Attention,
  integrations,
  type RunMode,
  type RunStatus,
  type RunTrigger,
  runs,
} from '../schema/index.ts';
import { transact } from '../transact.ts';
import { FencedOffError, raiseGeneration } from './fence.ts';
import { publishEvent } from './integration-events.ts';
import { findIntegration, type Integration } from './integrations.ts';

/** Outcomes per record, added up over a run's pages. */
export interface RunCounts {
  readonly read: number;
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  readonly unchanged: number;
  /** Writes at the provider, values that gave way, and writes that the provider refused. */
  readonly pushed?: number;
  readonly conflicts?: number;
  readonly failed?: number;
}

export const noCounts = {
  ...{ read: 0, created: 0, updated: 0, deleted: 0, unchanged: 0 },
  ...{ pushed: 0, conflicts: 0, failed: 0 },
};

export interface RunStart {
  readonly runId: string;
  readonly integrationId: string;
  readonly operationId: string;
  readonly mode: RunMode;
  readonly trigger: RunTrigger;
  readonly workflowId: string;
  readonly workflowRunId: string;
}

const findGeneration = prepared((db) =>
  db
    .select({ generation: runs.generation })
    .from(runs)
    .where(eq(runs.id, sql.placeholder('runId')))
    .prepare('find_generation'),
);

const startRow = prepared((db) => {
  const row = {
    ...{ integrationId: given('integrationId'), operationId: given('operationId'), mode: given('mode') },
    ...{ trigger: given('trigger'), workflowId: given('workflowId'), workflowRunId: given('workflowRunId') },
    ...{ generation: given('generation'), status: 'running' as const },
  };
  return db
    .insert(runs)
    .values({ id: given('runId'), ...row })
    .onConflictDoUpdate({
      target: runs.id,
      set: { ...row, startedAt: sql`now()` },
      setWhere: eq(runs.status, 'running'),
    })
    .returning({ id: runs.id })
    .prepare('start_run');
});

/**
 * Begins a run: takes over the integration (generation + 1), clears its dirty mark, and writes the run's row. Repeated
 * for the same run it returns the generation that run has. Undefined when the integration is gone or being deleted. Throws
 * FencedOffError when the run has ended, which leaves all as it was: its workflow may have been cancelled while this was on
 * its way, and the next run has begun.
 */
export function beginRun(
  db: Database,
  start: RunStart,
): Promise<{ generation: number; integration: Integration } | undefined> {
  return transact(db, async (tx) => {
    const [known] = await findGeneration(tx).execute({ runId: start.runId });
    if (known !== undefined && known.generation !== null) {
      const integration = await findIntegration(tx, start.integrationId);
      return integration && { generation: known.generation, integration };
    }
    // A run that only carries edits over reads nothing.
    const clears = start.trigger === 'edit' ? {} : { dirty: false };
    const integration = await raiseGeneration(tx, start.integrationId, clears);
    if (integration === undefined) return undefined;
    const { generation } = integration;
    const started = await startRow(tx).execute({ ...start, generation });
    if (started.length === 0) throw new FencedOffError({ integrationId: start.integrationId, generation });
    const { runId, mode, trigger } = start;
    const data = { runId, status: 'running', mode, trigger };
    await publishEvent(tx, { integrationId: start.integrationId, type: 'run', data });
    return { generation, integration };
  });
}

const addCounts = (runId: string, counts: RunCounts) => sql`
  update runs set read = read + ${counts.read}, created = created + ${counts.created},
    updated = updated + ${counts.updated}, deleted = deleted + ${counts.deleted},
    unchanged = unchanged + ${counts.unchanged}, pushed = pushed + ${counts.pushed ?? 0},
    conflicts = conflicts + ${counts.conflicts ?? 0}, failed = failed + ${counts.failed ?? 0}
  where id = ${runId}`;

/** Adds outcomes; part of the transaction that they come about in, so that each is counted once. */
export async function addRunCounts(db: Executor, runId: string, counts: RunCounts): Promise<void> {
  await db.execute(addCounts(runId, counts));
}

/** Adds what the person should know of a run that goes on; part of the transaction that finds it out. */
export async function addRunNotice(tx: Transaction, runId: string, notice: Attention): Promise<void> {
  await tx.execute(sql`
    update runs set notices = coalesce(notices, '[]') || ${JSON.stringify([notice])}::jsonb where id = ${runId}`);
}

/** Adds a page's outcomes and tells how far the stream has come. */
export async function noteProgress(
  tx: Transaction,
  page: {
    integrationId: string;
    runId: string;
    counts: RunCounts;
    progress: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  const { integrationId, runId, counts, progress } = page;
  await publishEvent(tx, { integrationId, type: 'progress', data: progress }, addCounts(runId, counts));
}

export interface RunEnd {
  readonly runId: string;
  readonly integrationId: string;
  readonly status: Exclude<RunStatus, 'running'>;
  readonly error?: Attention;
  /** What was asked for, with which a run that has no row yet gets one; absent: it gets none. */
  readonly asked?: Pick<RunStart, 'operationId' | 'mode' | 'trigger' | 'workflowId'>;
}

/** How a run ended: `isRepeat` where that was before, whatever was asked for now. */
export interface EndedRun {
  readonly status: RunEnd['status'];
  readonly error: Attention | null;
  readonly notices: readonly Attention[];
  readonly counts: RunCounts;
  readonly isRepeat: boolean;
}

/** With what was asked for, a run that has no row yet gets one. */
const endRow = prepared((db, how: 'asked' | 'not asked') => {
  const set = { status: given('status'), error: given('error'), finishedAt: sql`now()` };
  const isRunning = eq(runs.status, 'running');
  const ending =
    how === 'not asked'
      ? db
          .update(runs)
          .set(set)
          .where(and(eq(runs.id, sql.placeholder('runId')), isRunning))
      : db
          .insert(runs)
          .values({
            ...{ id: given('runId'), integrationId: given('integrationId'), mode: given('mode') },
            ...{ operationId: given('operationId'), trigger: given('trigger') },
            workflowId: given('workflowId'),
            ...set,
          })
          .onConflictDoUpdate({ target: runs.id, set, setWhere: isRunning });
  return ending.returning().prepare('end_run');
});

/**
 * Ends a run once, which from then on can't begin either; a repeat keeps the first ending and changes nothing. undefined when
 * the run has no row and gets none.
 */
export async function endRun(db: Executor, end: RunEnd): Promise<EndedRun | undefined> {
  const { runId, integrationId, asked } = end;
  const [ended] = await endRow(db, asked === undefined ? 'not asked' : 'asked').execute({
    ...{ runId, integrationId, ...asked, status: end.status },
    error: end.error === undefined ? null : JSON.stringify(end.error),
  });
  const row = ended ?? (await db.select().from(runs).where(eq(runs.id, end.runId)))[0];
  if (row === undefined) return undefined;
  const { read, created, updated, deleted, unchanged, pushed, conflicts, failed } = row;
  const counts = { read, created, updated, deleted, unchanged, pushed, conflicts, failed };
  const { error } = row;
  const notices = row.notices ?? [];
  const status = row.status as RunEnd['status'];
  if (ended === undefined) return { status, error, notices, counts, isRepeat: true };
  await publishEvent(db, {
    integrationId: end.integrationId,
    type: 'run',
    data: {
      runId: end.runId,
      status,
      counts,
      ...(error === null ? {} : { error }),
    },
  });
  return { status, error, notices, counts, isRepeat: false };
}

export type RunningRun = Pick<
  typeof runs.$inferSelect,
  'id' | 'integrationId' | 'operationId' | 'workflowId' | 'workflowRunId'
>;

/** Runs that show as running and began before `before` (ISO 8601), those of integrations that are deleted left out. */
export async function runsStartedBefore(db: Executor, before: string): Promise<RunningRun[]> {
  const { id, integrationId, operationId, workflowId, workflowRunId } = runs;
  return db
    .select({ id, integrationId, operationId, workflowId, workflowRunId })
    .from(runs)
    .innerJoin(integrations, eq(integrations.id, runs.integrationId))
    .where(and(eq(runs.status, 'running'), lt(runs.startedAt, before), isNull(integrations.deletingAt)))
    .orderBy(runs.startedAt)
    .limit(1000);
}

/** Forgets runs that ended more than `keptMs` ago, all but the newest of each integration. */
export async function pruneRuns(db: Executor, keptMs: number): Promise<void> {
  const before = new Date(Date.now() - keptMs).toISOString();
  await db.execute(sql`
    delete from runs r where r.finished_at < ${before} and exists (
      select 1 from runs later where later.integration_id = r.integration_id and later.started_at > r.started_at)`);
}
