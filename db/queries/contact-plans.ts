/** Plans that a person sees before they are carried out, and the fingerprint by which a stale one is known. */
import { and, desc, eq, inArray, isNotNull, lt, ne, type SQL, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { prepared } from '../prepared.ts';
import { contactPlans, type PlanReason, type SyncDirection } from '../schema/index.ts';
import { writesBefore } from './contact-makers.ts';
import { insertPlanDeletes, type PlanDelete } from './contact-plan-deletes.ts';

export type PlanRow = typeof contactPlans.$inferSelect;

const findApplying = prepared((db) =>
  db
    .select()
    .from(contactPlans)
    .where(
      and(
        eq(contactPlans.integrationId, sql.placeholder('integrationId')),
        eq(contactPlans.status, 'applying'),
      ),
    )
    .orderBy(desc(contactPlans.createdAt))
    .limit(1)
    .prepare('find_applying_plan'),
);

/** The plan that is being carried out; a person has seen what it deletes, and decided what was doubtful. */
export async function findApplyingPlan(db: Executor, integrationId: string): Promise<PlanRow | undefined> {
  const [row] = await findApplying(db).execute({ integrationId });
  return row;
}

/** The plan that is being carried out, if any, noted as taken up by this run, which ends it. */
export async function takeUpPlan(
  tx: Executor,
  { integrationId, runId }: { integrationId: string; runId: string },
): Promise<PlanRow | undefined> {
  const plan = await findApplyingPlan(tx, integrationId);
  if (plan !== undefined && plan.runId !== runId) await changePlan(tx, plan.id, { runId });
  return plan;
}

export async function findPlan(db: Executor, planId: string): Promise<PlanRow | undefined> {
  const [row] = await db.select().from(contactPlans).where(eq(contactPlans.id, planId));
  return row;
}

/** What was computed, from when on older plans are stale; one that went stale or was rejected meanwhile stays so. */
export async function storeComputed(
  tx: Transaction,
  planId: string,
  {
    deletes,
    ...computed
  }: Pick<PlanRow, 'fingerprint' | 'summary' | 'review'> & { readonly deletes: readonly PlanDelete[] },
): Promise<void> {
  if (!(await endComputing(tx, planId, { status: 'ready', ...computed }))) return;
  await insertPlanDeletes(tx, planId, deletes);
  await retireOlderPlans(tx, planId);
}

/** Why nothing was computed; older plans are as good as they were. */
export async function notePlanFailed(db: Executor, planId: string, error: string): Promise<void> {
  await endComputing(db, planId, { status: 'failed', error });
}

async function endComputing(db: Executor, planId: string, change: Partial<PlanRow>): Promise<boolean> {
  const ended = await db
    .update(contactPlans)
    .set(change)
    .where(and(eq(contactPlans.id, planId), eq(contactPlans.status, 'computing')))
    .returning({ id: contactPlans.id });
  return ended.length > 0;
}

const waitsForPerson: SQL = inArray(contactPlans.status, ['computing', 'ready']);

const made: SQL = sql`(${contactPlans.createdAt}, ${contactPlans.id})`;
const madeOf = (planId: string): SQL => sql`(select created_at, id from contact_plans where id = ${planId})`;
const isOlder = (planId: string): SQL => sql`${made} < ${madeOf(planId)}`;

/** Older plans of the integration that wait for a person are stale. */
export async function retireOlderPlans(tx: Transaction, planId: string): Promise<void> {
  await retirePlans(tx, planId, and(waitsForPerson, isOlder(planId)));
}

/** All other plans of the integration that wait for a person are stale, whether older or newer. */
export async function retireOtherPlans(tx: Transaction, planId: string): Promise<void> {
  await retirePlans(tx, planId, and(waitsForPerson, ne(contactPlans.id, planId)));
}

/** What was approved of an earlier parked run, and was parked once more instead of being carried out, is approved no longer. */
export async function retireOlderApprovals(tx: Transaction, planId: string): Promise<void> {
  const isApproved = and(eq(contactPlans.status, 'applying'), eq(contactPlans.reason, 'parked_run'));
  await retirePlans(tx, planId, and(isApproved, isOlder(planId)));
}

/** `which`: of the plans of the same integration. */
async function retirePlans(tx: Transaction, planId: string, which: SQL | undefined): Promise<void> {
  const ofSame = sql`${contactPlans.integrationId} = (
    select integration_id from contact_plans where id = ${planId})`;
  await tx.update(contactPlans).set({ status: 'stale' }).where(and(ofSame, which));
}

/** What the plans of the integration show that wait for a person: one that was made, and one of a run that is parked. */
export const findWaitingPlans = (
  db: Executor,
  integrationId: string,
): Promise<readonly Pick<PlanRow, 'syncDirection' | 'mappingVersion'>[]> =>
  db
    .select({ syncDirection: contactPlans.syncDirection, mappingVersion: contactPlans.mappingVersion })
    .from(contactPlans)
    .where(and(eq(contactPlans.integrationId, integrationId), waitsForPerson));

/** Whether a person is yet to decide on what a parked run would delete. */
export const isAskedAboutRun = (db: Executor, integrationId: string): Promise<boolean> =>
  hasPlan(db, integrationId, sql`${contactPlans.reason} = 'parked_run' and ${waitsForPerson}`);

/** Whether another plan shows what the parked run would delete since this one was made; one that came to nothing shows nothing. */
export const isParkedAgain = (db: Executor, { id, integrationId }: PlanRow): Promise<boolean> =>
  hasPlan(
    db,
    integrationId,
    sql`${contactPlans.reason} = 'parked_run' and ${made} > ${madeOf(id)}
      and ${contactPlans.status} not in ('computing', 'failed')`,
  );

/** The plan that says who goes by the run that this one is about: an earlier one where this one came to nothing. */
export async function findShownBy(
  db: Executor,
  { id, integrationId }: PlanRow,
): Promise<PlanRow | undefined> {
  const isComputed = isNotNull(contactPlans.fingerprint);
  const [row] = await selectNewest(
    db,
    integrationId,
    sql`${contactPlans.reason} = 'parked_run' and ${isComputed} and ${made} <= ${madeOf(id)}`,
  );
  return row;
}

const selectNewest = (db: Executor, integrationId: string, such: SQL) =>
  db
    .select()
    .from(contactPlans)
    .where(and(eq(contactPlans.integrationId, integrationId), such))
    .orderBy(desc(contactPlans.createdAt), desc(contactPlans.id))
    .limit(1);

async function hasPlan(db: Executor, integrationId: string, such: SQL): Promise<boolean> {
  const rows = await db
    .select({ id: contactPlans.id })
    .from(contactPlans)
    .where(and(eq(contactPlans.integrationId, integrationId), such))
    .limit(1);
  return rows.length > 0;
}

async function changePlan(
  db: Executor,
  planId: string,
  change: Partial<Omit<PlanRow, 'id' | 'integrationId'>>,
): Promise<void> {
  await db.update(contactPlans).set(change).where(eq(contactPlans.id, planId));
}

const isOpen: SQL = inArray(contactPlans.status, ['computing', 'ready', 'applying']);

/** The newest plan of an integration that is open: being computed, ready or applied now. */
export async function findOpenPlan(db: Executor, integrationId: string): Promise<PlanRow | undefined> {
  const [row] = await selectNewest(db, integrationId, isOpen);
  return row;
}

/** The same, locked: nobody decides on it until the transaction ends. */
export async function lockOpenPlan(tx: Transaction, integrationId: string): Promise<PlanRow | undefined> {
  const [row] = await selectNewest(tx, integrationId, isOpen).for('update');
  return row;
}

export interface NewPlan {
  readonly id: string;
  readonly integrationId: string;
  readonly reason: PlanReason;
  readonly status: 'computing' | 'ready';
  readonly syncDirection: SyncDirection;
  readonly mappingVersion: number;
  readonly runId?: string;
  readonly fingerprint?: string;
  readonly summary?: PlanRow['summary'];
}

/** A new plan, or one that failed and is made again, of what holds now, which is the newest then. */
export async function insertPlan(db: Executor, plan: NewPlan): Promise<void> {
  await db
    .insert(contactPlans)
    .values(plan)
    .onConflictDoUpdate({
      target: contactPlans.id,
      set: { ...plan, error: null, createdAt: sql`now()` },
      setWhere: eq(contactPlans.status, 'failed'),
    });
}

/**
 * Of everything that a plan is made from: contacts, lists and who is on them, links of both, settings, and whether new contacts
 * are another account's to make. Equal as long as neither side moved.
 */
export async function planFingerprint(
  db: Executor,
  { integrationId, userId }: { integrationId: string; userId: string },
): Promise<string> {
  const [row] = await db.execute<{ fingerprint: string }>(sql`
    select md5(concat_ws('/',
      (select concat_ws(',', count(*), sum(hashtext(id || version)::bigint)) from contacts where user_id = ${userId}),
      (select concat_ws(',', count(*), sum(hashtext(
        concat_ws('/', remote_id, content_hash, contact_id, tombstoned_at is null))::bigint))
        from contact_links where integration_id = ${integrationId}),
      (select concat_ws(',', count(*), sum(hashtext(id || version)::bigint)) from contact_lists
        where user_id = ${userId}),
      (select concat_ws(',', count(*), sum(hashtext(
        concat_ws('/', remote_id, content_hash, list_id, tombstoned_at is null))::bigint))
        from list_links where integration_id = ${integrationId}),
      (select concat_ws(',', count(*), sum(hashtext(m.list_id || m.contact_id)::bigint)) from contact_list_members m
        join contact_lists o on o.id = m.list_id where o.user_id = ${userId}),
      (select concat_ws(',', sync_direction, approved_direction, conflict_policy) from integrations
        where id = ${integrationId}),
      (select concat_ws(',', count(*), count(approved_at)) from contact_mappings
        where integration_id = ${integrationId}),
      (select 'elsewhere' where ${writesBefore(integrationId)}))) as fingerprint`);
  return row?.fingerprint ?? '';
}

/** Forgets plans that were made longer than `keptMs` ago and that nobody can carry out any more. */
export async function prunePlans(db: Executor, keptMs: number): Promise<void> {
  const before = new Date(Date.now() - keptMs).toISOString();
  await db
    .delete(contactPlans)
    .where(
      and(
        inArray(contactPlans.status, ['applied', 'rejected', 'stale', 'failed']),
        lt(contactPlans.createdAt, before),
      ),
    );
}
