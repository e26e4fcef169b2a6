/** Plans what is noted in `contact_work`, batch by batch, and writes what it comes to on Harmony's side and as intents. */
import { Context } from '@temporalio/activity';
import type { Transaction } from '../../db/client.ts';
import { hasReadOnlyStream, takeMatchingTurn } from '../../db/queries/contact-matching.ts';
import { dropPlannedWrites, dropUnsentWrites } from '../../db/queries/contact-outcome.ts';
import { closeAllContactQuestions } from '../../db/queries/contact-passing-conflicts.ts';
import { takeUpPlan } from '../../db/queries/contact-plans.ts';
import {
  dropMootQuestions,
  findMootQuestions,
  findSettledQuestions,
} from '../../db/queries/contact-questions.ts';
import {
  clearWork,
  isPlanningDue,
  noteForOthers,
  noteRecords,
  noteWork,
  takeWork,
} from '../../db/queries/contact-queue.ts';
import { type Fence, fenced } from '../../db/queries/fence.ts';
import { refreshStatistics } from '../../db/queries/statistics.ts';
import type { Attention } from '../../db/schema/index.ts';
import { isoAt, nowMs } from '../clock.ts';
import type { ActivityDeps } from '../deps.ts';
import { type BatchFacts, readBatch } from './batch-facts.ts';
import { parkRun } from './check-breaker.ts';
import { loadContactSync } from './contact-sync.ts';
import { type Decided, decideBatch } from './decide-batch.ts';
import { graceMsOf } from './grace.ts';
import { findCleared, type MatchDecision } from './match-book.ts';
import { PlanOutcome } from './plan-outcome.ts';
import { recoverCreates } from './recover-creates.ts';

export interface PlanContactsInput {
  readonly integrationId: string;
  readonly provider: string;
  readonly generation: number;
  readonly runId: string;
}

export interface PlanContactsResult {
  /** `more`: call again. `parked`: a person has to decide first, and nothing was written. */
  readonly next: 'more' | 'done' | 'parked';
  /** Contacts and remote contacts that were planned. */
  readonly planned: number;
  readonly attention?: Attention;
}

const batchSize = 500;

/** One activity works this long at most and leaves the rest to the next one. */
const workForMs = 45_000;

export function createPlanContacts(deps: ActivityDeps) {
  return async function planContacts(input: PlanContactsInput): Promise<PlanContactsResult> {
    const { integrationId, runId } = input;
    const fence: Fence = { integrationId, generation: input.generation };
    const isDue = () => isPlanningDue(deps.db, integrationId, isoAt(nowMs(deps)));
    const settled = await findSettledQuestions(deps.db, integrationId);
    const moot = await findMootQuestions(deps.db, integrationId);
    if (settled.length + moot.length === 0 && !(await isDue())) return { next: 'done', planned: 0 };
    const sync = await loadContactSync(deps.db, integrationId);
    if (sync === undefined) {
      // Contacts are not mapped: nothing is written on either side, and all of them are planned anew once they are.
      await fenced(deps.db, fence, async (tx) => {
        await clearWork(tx, integrationId);
        await closeAllContactQuestions(tx, integrationId);
        await dropUnsentWrites(tx, { integrationId, now: isoAt(nowMs(deps)) });
      });
      return { next: 'done', planned: 0 };
    }
    // Before the breaker looks, which counts what is due.
    if (moot.length > 0) {
      const now = isoAt(nowMs(deps));
      await fenced(deps.db, fence, (tx) => dropMootQuestions(tx, { integrationId, questions: moot, now }));
    }
    await recoverCreates(deps, { sync, fence, runId, provider: input.provider });
    const attention = await parkRun(deps, { sync, fence, runId });
    if (attention !== undefined) return { next: 'parked', planned: 0, attention };
    // A write at the provider, a delete or a person may have settled who somebody is, with nobody planned that asked.
    if (settled.length > 0) {
      const dueAt = isoAt(nowMs(deps));
      await fenced(deps.db, fence, (tx) => noteRecords(tx, { integrationId, records: settled, dueAt }));
    }
    const mayHaveAdded = await hasReadOnlyStream(deps.db, integrationId);
    let clearedFor: Batch['clearedFor'];
    const endAtMs = nowMs(deps) + workForMs;
    let planned = 0;
    for (;;) {
      Context.current().cancellationSignal.throwIfAborted();
      const nowAtMs = nowMs(deps);
      const times = { now: isoAt(nowAtMs), settledAt: isoAt(nowAtMs + graceMsOf(deps)) };
      const batch = { integrationId, userId: sync.userId, runId, ...times, mayHaveAdded, clearedFor };
      const { taken, ...next } = await fenced(deps.db, fence, (tx) => planBatch(tx, batch));
      clearedFor = next.clearedFor;
      // A first sync has just filled the tables, and the planner of Postgres knows nothing of them yet.
      if (planned === 0 && taken >= batchSize)
        await refreshStatistics(deps.db, ['contacts', 'contact_links']);
      planned += taken;
      Context.current().heartbeat({ planned });
      if (taken === 0 || !(await isDue())) return { next: 'done', planned };
      if (nowMs(deps) > endAtMs) return { next: 'more', planned };
    }
  };
}

interface Batch {
  readonly integrationId: string;
  readonly userId: string;
  readonly runId: string;
  readonly now: string;
  /** When no listing lags behind what is now. */
  readonly settledAt: string;
  /** A person may have made contacts of their own of some that are only read (`findAdded`). */
  readonly mayHaveAdded: boolean;
  /** The plan for whose decisions what was doubtful before has been looked at again; null: for those of none. */
  readonly clearedFor: string | null | undefined;
}

/** How many rows of work it took, and what the next batch goes by. */
type Planned = Pick<Batch, 'clearedFor'> & { readonly taken: number };

/** Changes nothing of what it is given: the transaction may run again. */
async function planBatch(tx: Transaction, batch: Batch): Promise<Planned> {
  const { integrationId, userId, runId, now, settledAt, mayHaveAdded, clearedFor } = batch;
  await takeMatchingTurn(tx, userId);
  const work = await takeWork(tx, { integrationId, now, limit: batchSize });
  const taken = work.remoteIds.length + work.contactIds.length;
  if (taken === 0) return { taken, clearedFor };
  // After the work: whoever changes settings notes work in the same transaction, so both are as new.
  const sync = await loadContactSync(tx, integrationId);
  if (sync === undefined) return { taken, clearedFor };
  const approved = await takeUpPlan(tx, { integrationId, runId });
  const planId = approved?.id ?? null;
  const decisions = (approved?.decisions ?? []) as unknown as readonly MatchDecision[];
  const facts = await readBatch(tx, sync, { work, decisions, now, mayHaveAdded });
  const clears = facts.book !== undefined && clearedFor !== planId;
  const cleared = clears ? await findCleared(tx, sync, decisions) : [];

  const outcome = new PlanOutcome(sync, { runId, now });
  const decided = decideBatch(facts, outcome);
  await writeBatch(tx, { facts, outcome, decided, cleared, now, settledAt });
  return { taken: taken + facts.alsoTaken, clearedFor: clears ? planId : clearedFor };
}

async function writeBatch(
  tx: Transaction,
  planned: {
    facts: BatchFacts;
    outcome: PlanOutcome;
    decided: Decided;
    cleared: readonly string[];
    now: string;
    settledAt: string;
  },
): Promise<void> {
  const { facts, outcome, decided, cleared, now, settledAt } = planned;
  const { sync, links, loose, tied, untied, writes } = facts;
  const { integrationId } = sync;
  const { dropped, done, waiting, outdone } = decided;
  await dropPlannedWrites(tx, { ids: dropped, now });
  const unmade = writes.filter(({ id, kind }) => kind === 'create' && dropped.includes(id));
  if (!sync.writes)
    await noteForOthers(tx, { integrationId, contactIds: unmade.map(({ recordId }) => recordId), now });
  await outcome.write(tx);
  const looked = [...links, ...loose].map(({ remoteId }) => remoteId);
  await outcome.dropAnswered(tx, new Set([...looked, ...tied, ...untied, ...done]));
  await noteWork(tx, { integrationId, kind: 'remote', keys: cleared, dueAt: now });
  await noteRecords(tx, { integrationId, records: outdone, dueAt: now });
  await noteWork(tx, { integrationId, kind: 'remote', keys: waiting, dueAt: settledAt });
}
