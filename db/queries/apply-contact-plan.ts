/** Carrying out a plan that a person has seen: only while it is still true, and all of it in one transaction. */
import { and, eq, inArray, isNull, ne, notExists, or, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { given, prepared } from '../prepared.ts';
import {
  contactMappings,
  contactPlans,
  contactWork,
  integrations,
  type SyncDirection,
} from '../schema/index.ts';
import { isWritingContacts } from './contact-makers.ts';
import { rejectMappings } from './contact-mappings.ts';
import { closeContactQuestions } from './contact-passing-conflicts.ts';
import type { PlanDelete } from './contact-plan-deletes.ts';
import {
  findShownBy,
  findWaitingPlans,
  isParkedAgain,
  type PlanRow,
  planFingerprint,
  retireOlderApprovals,
  retireOlderPlans,
  retireOtherPlans,
} from './contact-plans.ts';
import { noteElsewhere, noteWork } from './contact-queue.ts';
import { lockContactSettings } from './contact-sync-settings.ts';
import { noteLinksAndUntied, noteListFlow } from './contact-work.ts';
import { changePhase, tellAttention } from './integrations.ts';

/** What a person said of an ambiguous match: the same person, or (one of them null) without a counterpart. */
export interface MatchDecision {
  readonly contactId: string | null;
  readonly remoteId: string | null;
}

export interface PlanApplication {
  readonly outcome: 'applying' | 'stale' | 'not_ready';
  /** Integrations that have contacts to plan by it. */
  readonly noted: readonly string[];
}

/**
 * Direction and mappings hold from here, and everything is to be planned again by the run `runId`, which takes the plan's
 * decisions. `stale`: either side has moved since the plan was made, and the plan is marked so. Repeated for the same run
 * it changes nothing more.
 */
export async function startApplyingPlan(
  tx: Transaction,
  input: {
    integrationId: string;
    userId: string;
    planId: string;
    decisions: readonly MatchDecision[];
    runId: string;
  },
): Promise<PlanApplication> {
  const { integrationId, planId, runId, decisions } = input;
  const [plan] = await tx.select().from(contactPlans).where(eq(contactPlans.id, planId)).for('update');
  await lockContactSettings(tx, integrationId);
  if (plan?.status === 'applying' && plan.runId === runId) return { outcome: 'applying', noted: [] };
  if (plan?.integrationId !== integrationId || plan.status !== 'ready') return notReady;
  if (plan.fingerprint !== (await planFingerprint(tx, input))) {
    await tx.update(contactPlans).set({ status: 'stale' }).where(eq(contactPlans.id, planId));
    return { outcome: 'stale', noted: [] };
  }
  const wrote = await isWritingContacts(tx, integrationId);
  const [integration] = await tx
    .update(integrations)
    .set({
      // What a parked run would delete says nothing of a direction that is chosen and waits for a plan of its own.
      ...(plan.reason === 'parked_run' ? {} : { syncDirection: plan.syncDirection }),
      approvedDirection: plan.syncDirection,
      updatedAt: sql`now()`,
    })
    .where(and(eq(integrations.id, integrationId), isNull(integrations.deletingAt)))
    .returning({ id: integrations.id });
  if (integration === undefined) return notReady;
  await tx
    .update(contactMappings)
    .set({ approvedAt: sql`now()` })
    .where(
      and(
        eq(contactMappings.integrationId, integrationId),
        eq(contactMappings.version, plan.mappingVersion),
        isNull(contactMappings.approvedAt),
        isNull(contactMappings.rejectedAt),
      ),
    );
  const noted = await noteLinksAndUntied(tx, { integrationId, userId: input.userId, wrote });
  await noteListFlow(tx, integrationId);
  await tx
    .update(contactPlans)
    .set({ status: 'applying', runId, decisions: decisions.map((decision) => ({ ...decision })) })
    .where(eq(contactPlans.id, planId));
  await retireOtherPlans(tx, planId);
  await changePhase(tx, integrationId, { from: 'parked', phase: 'active' });
  await changePhase(tx, integrationId, { attention: null });
  return { outcome: 'applying', noted };
}

const notReady: PlanApplication = { outcome: 'not_ready', noted: [] };

/**
 * A person decided against it: the direction and mappings that waited for it wait no longer. Neither side loses a contact:
 * after a parked run, contacts whose remote ones are gone stay in Harmony, untied and kept (no later plan or edit makes them
 * there again), those archived here come back, and the integration syncs on. False when it was carried out already.
 */
export async function rejectPlan(tx: Transaction, planId: string): Promise<boolean> {
  const rows = await tx
    .update(contactPlans)
    .set({ status: 'rejected' })
    .where(
      and(
        eq(contactPlans.id, planId),
        inArray(contactPlans.status, ['computing', 'ready', 'stale', 'failed']),
      ),
    )
    .returning();
  const [plan] = rows;
  if (plan === undefined) return false;
  await retireOlderPlans(tx, planId);
  await withdraw(tx, plan);
  if (plan.reason === 'parked_run') await keepContacts(tx, plan);
  return true;
}

/** Takes back what was chosen for the plan, but for what another one shows. */
async function withdraw(tx: Transaction, plan: PlanRow): Promise<void> {
  const { integrationId, syncDirection, mappingVersion } = plan;
  await lockContactSettings(tx, integrationId);
  const others = await findWaitingPlans(tx, integrationId);
  if (!others.some((other) => other.syncDirection === syncDirection)) {
    const approved = sql<SyncDirection>`coalesce(${integrations.approvedDirection}, 'from_provider')`;
    await tx
      .update(integrations)
      .set({ syncDirection: approved, updatedAt: sql`now()` })
      .where(
        and(
          eq(integrations.id, integrationId),
          eq(integrations.syncDirection, syncDirection),
          ne(integrations.syncDirection, approved),
        ),
      );
  }
  if (!others.some((other) => other.mappingVersion >= mappingVersion))
    await rejectMappings(tx, { integrationId, upTo: mappingVersion });
  await tellAttention(tx, integrationId);
}

/**
 * Whom the plan shows to go, and who has not gone, come back or been edited since: nobody else, and nobody once another plan has come
 * after this one.
 */
async function keepContacts(tx: Transaction, plan: PlanRow): Promise<void> {
  const { integrationId } = plan;
  if (!(await isParkedWith(tx, plan)) || (await isParkedAgain(tx, plan))) return;
  await retireOlderApprovals(tx, plan.id);
  const shown = await findShownBy(tx, plan);
  if (shown !== undefined) {
    const now = new Date().toISOString();
    const shows = (side: PlanDelete['side']) => sql`
      contact_plan_deletes d join contact_links l
        on l.integration_id = ${integrationId} and l.remote_id = d.remote_id and l.contact_id = d.contact_id
      where d.plan_id = ${shown.id} and d.side = ${side}`;
    const restored = await tx.execute<{ id: string }>(sql`
      update contacts c set archived_at = null, version = version + 1, updated_at = now()
      where c.archived_at <= ${shown.createdAt} and c.id in (
        select d.contact_id from ${shows('provider')} and l.tombstoned_at is null)
      returning c.id`);
    const contactIds = restored.map(({ id }) => id);
    await noteWork(tx, { integrationId, kind: 'local', keys: contactIds, dueAt: now });
    // One that has carried the delete over already makes them there anew.
    await noteElsewhere(tx, { integrationId, contactIds, now });
    const kept = await tx.execute<{ id: string }>(sql`
      with gone as (
        select c.id, l.remote_id from contacts c, ${shows('harmony')}
          and c.id = l.contact_id and c.archived_at is null and l.tombstoned_at is not null and c.version = l.local_version
          and not exists (select 1 from contact_links o join integrations x on x.id = o.integration_id
            and x.deleting_at is null where o.contact_id = c.id and o.integration_id <> l.integration_id)
      ), kept as (
        update contacts c set kept_at = now() from gone where c.id = gone.id)
      update contact_links l set contact_id = null, former_of = l.contact_id, parked = null, updated_at = now()
      from gone where l.integration_id = ${integrationId} and l.remote_id = gone.remote_id
      returning l.former_of as id`);
    await closeContactQuestions(tx, { integrationId, contactIds: kept.map(({ id }) => id) });
  }
  await changePhase(tx, integrationId, { from: 'parked', phase: 'active', attention: null });
}

/** Its run has parked, also where access was ended since, or is about to. */
async function isParkedWith(tx: Transaction, { integrationId, runId }: PlanRow): Promise<boolean> {
  const rows = await tx.execute(sql`
    select 1 from integrations where id = ${integrationId} and (phase in ('parked', 'needs_reauth')
      or exists (select 1 from runs where id = ${runId} and status = 'running'))`);
  return rows.length > 0;
}

const endApplying = prepared((db) => {
  const isOfIntegration = (table: typeof contactPlans | typeof contactWork) =>
    eq(table.integrationId, sql.placeholder('integrationId'));
  const ofContacts = inArray(contactWork.kind, ['remote', 'local']);
  const work = db
    .select()
    .from(contactWork)
    .where(and(isOfIntegration(contactWork), ofContacts));
  return db
    .update(contactPlans)
    .set({ status: 'applied', appliedAt: given('appliedAt') })
    .where(
      and(
        isOfIntegration(contactPlans),
        eq(contactPlans.status, 'applying'),
        or(eq(contactPlans.runId, sql.placeholder('runId')), notExists(work)),
      ),
    )
    .prepare('end_applying_plan');
});

/**
 * The run that took the plan up went through, or another one after which no contact is left to be planned: those of a plan are
 * noted with it, and between two empty address books there are none.
 */
export async function endApplyingPlan(
  db: Executor,
  plan: { integrationId: string; runId: string; appliedAt: string },
): Promise<void> {
  await endApplying(db).execute(plan);
}
