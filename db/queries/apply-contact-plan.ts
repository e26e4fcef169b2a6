/** Carrying out a plan that a person has seen: only while it is still true, and all of it in one transaction. */
import { and, eq, inArray, isNull, ne, notExists, or, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { given, prepared } from '../prepared.ts';
import {
  contactMappings,
  contactPlans,
  contactWork,
  integrations,
  isOpenWrite,
  onlyReadStreams,
  personDecides,
  type SyncDirection,
} from '../schema/index.ts';
import { bringsContacts, isWritingContacts, writesContacts } from './contact-makers.ts';
import { rejectMappings } from './contact-mappings.ts';
import {
  findWaitingPlans,
  isParkedAgain,
  type PlanRow,
  planFingerprint,
  retireOlderApprovals,
  retireOlderPlans,
  retireOtherPlans,
} from './contact-plans.ts';
import { noteElsewhere } from './contact-queue.ts';
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
 * What the run that is parked would have deleted, which is still due or under way: nothing else that is gone or archived, nobody
 * who was archived after the plan was made, and nothing once another plan has come after this one.
 */
async function keepContacts(tx: Transaction, plan: PlanRow): Promise<void> {
  const { integrationId } = plan;
  // Where access was ended while it waited, the run is parked all the same.
  const [parked] = await tx
    .select({ id: integrations.id })
    .from(integrations)
    .where(and(eq(integrations.id, integrationId), inArray(integrations.phase, ['parked', 'needs_reauth'])));
  if (parked === undefined || (await isParkedAgain(tx, plan))) return;
  await retireOlderApprovals(tx, plan.id);
  const account = sql`contact_links l join integrations i on i.id = l.integration_id where l.integration_id = ${integrationId}`;
  const isDue = sql`exists (select 1 from contact_work w
    where w.integration_id = l.integration_id and w.due_at <= now()
      and (w.kind = 'remote' and w.key = l.remote_id or w.kind = 'local' and w.key = l.contact_id))`;
  // A run has planned it, and it is not sent, or has no answer yet.
  const isUnderWay = sql`exists (select 1 from contact_writes w
    where w.integration_id = l.integration_id and w.object = 'contact' and w.record_id = l.contact_id
      and w.remote_id = l.remote_id and w.kind = 'delete' and ${isOpenWrite})`;
  const isOnlyRead = sql`l.stream = any(${sql.param(Object.keys(onlyReadStreams))}::text[])`;
  // Where contacts only come from the provider, and of what is only read, whoever is archived here is there all the same.
  const restored = await tx.execute<{ id: string }>(sql`
    update contacts c set archived_at = null, version = version + 1, updated_at = now()
    where c.archived_at <= (select created_at from contact_plans where id = ${plan.id}) and exists (
      select 1 from ${account} and (${isDue} or ${isUnderWay}) and l.contact_id = c.id and l.tombstoned_at is null
        and not ${isOnlyRead} and ${writesContacts('i')})
    returning c.id`);
  // One that has carried the delete over already makes them there anew.
  const now = new Date().toISOString();
  await noteElsewhere(tx, { integrationId, contactIds: restored.map(({ id }) => id), now });
  // Whoever was edited here, or is in Harmony as the source, is made there again, whom another account has is only untied, and who
  // waits for a person goes on waiting.
  const wouldGo = sql`select c.id, l.remote_id from contacts c, ${account} and ${isDue}
    and c.id = l.contact_id and c.archived_at is null and l.tombstoned_at is not null and c.version = l.local_version
    and case when ${isOnlyRead} then coalesce(i.approved_direction, 'from_provider') <> 'to_provider'
      else ${bringsContacts('i')} end
    and not exists (select 1 from contact_links o join integrations x on x.id = o.integration_id and x.deleting_at is null
      where o.contact_id = c.id and o.integration_id <> l.integration_id)
    and coalesce(l.parked ->> 'reason', '') <> all(${sql.param([...personDecides])}::text[])`;
  await tx.execute(sql`
    with gone as (${wouldGo}), kept as (
      update contacts c set kept_at = now() from gone where c.id = gone.id)
    update contact_links l set contact_id = null, former_of = l.contact_id, parked = null, updated_at = now()
    from gone where l.integration_id = ${integrationId} and l.remote_id = gone.remote_id`);
  await changePhase(tx, integrationId, { from: 'parked', phase: 'active', attention: null });
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
