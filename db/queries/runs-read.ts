/** Runs of an integration, newest first. */
import { and, desc, eq, type SQL, sql } from 'drizzle-orm';
import type { Database, Executor } from '../client.ts';
import { integrations, type RunMode, type RunStatus, type RunTrigger, runs } from '../schema/index.ts';
import type { RunRow } from './integrations-read.ts';
import { exactInstant, type Page, type TimePosition, toPage } from './scope.ts';

export interface ListRuns {
  readonly limit: number;
  /** The last row of the page before. */
  readonly after?: TimePosition | undefined;
  readonly status?: RunStatus | undefined;
}

export async function listRuns(
  db: Executor,
  integrationId: string,
  list: ListRuns,
): Promise<Page<{ readonly run: RunRow; readonly at: string }>> {
  const conditions: SQL[] = [eq(runs.integrationId, integrationId)];
  if (list.status !== undefined) conditions.push(eq(runs.status, list.status));
  if (list.after !== undefined) {
    conditions.push(
      sql`(${runs.startedAt}, ${runs.id}) < (coalesce(${list.after.at ?? null}::timestamptz,
        (select started_at from runs where id = ${list.after.id})), ${list.after.id})`,
    );
  }
  const rows = await db
    .select({ run: runs, at: exactInstant(runs.startedAt) })
    .from(runs)
    .where(and(...conditions))
    .orderBy(desc(runs.startedAt), desc(runs.id))
    .limit(list.limit + 1);
  return toPage(rows, list.limit);
}

export async function findRun(
  db: Executor,
  integrationId: string,
  runId: string,
): Promise<RunRow | undefined> {
  const [row] = await db
    .select()
    .from(runs)
    .where(and(eq(runs.id, runId), eq(runs.integrationId, integrationId)));
  return row;
}

/**
 * A run that was accepted but may not have begun: it can be read at once. The sync itself fills the same row. Locks are
 * taken in the sync's own order, the integration first: the other way round the two would wait for each other.
 */
export async function announceRun(
  db: Database,
  run: {
    id: string;
    integrationId: string;
    operationId: string;
    mode: RunMode;
    trigger: RunTrigger;
    workflowId: string;
  },
): Promise<void> {
  await db.transaction(async (tx) => {
    const [integration] = await tx
      .select({ id: integrations.id })
      .from(integrations)
      .where(eq(integrations.id, run.integrationId))
      .for('key share');
    if (integration === undefined) return;
    await tx.insert(runs).values(run).onConflictDoNothing({ target: runs.id });
  });
}
