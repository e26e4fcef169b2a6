/** Rule 19: a run that would delete suspiciously much is parked before it writes anything. */

import { newId } from '../../db/ids.ts';
import {
  findPlanDeletes,
  insertPlanDeletes,
  type PlanDelete,
} from '../../db/queries/contact-plan-deletes.ts';
import {
  countLinks,
  findDeleteCandidates,
  type LinkRow,
  tiedElsewhere,
} from '../../db/queries/contact-planning.ts';
import {
  findApplyingPlan,
  insertPlan,
  lockOpenPlan,
  planFingerprint,
  retireOlderPlans,
} from '../../db/queries/contact-plans.ts';
import { lockContactSettings } from '../../db/queries/contact-sync-settings.ts';
import { type Fence, fenced } from '../../db/queries/fence.ts';
import type { Attention } from '../../db/schema/index.ts';
import { type BreakerVerdict, checkBreaker } from '../../sync/breaker.ts';
import type { ContactPlan } from '../../sync/operations.ts';
import { countDeletes, createPlanSummarizer } from '../../sync/plan-summary.ts';
import { isoAt, nowMs } from '../clock.ts';
import type { ActivityDeps } from '../deps.ts';
import { type ContactSync, loadContactSync } from './contact-sync.ts';
import { findLateDeletes } from './find-late-deletes.ts';
import { findStandIns } from './find-stand-ins.ts';
import { loadOtherFeeds } from './other-feeds.ts';
import { type Candidate, planShown } from './plan-candidate.ts';
import { whoGoes } from './who-goes.ts';

/** A candidate carries a whole remote contact, and all of an account's may be gone at once. */
const candidatesAtOnce = 1000;

/** Somebody may be at work on either side as it is made; a plan that is stale then is made again by whoever reads it. */
const mostLooks = 3;

/** What the person should know when the run is parked, with a plan to decide on; undefined where it may go on. */
export async function parkRun(
  deps: ActivityDeps,
  { sync, fence, runId }: { sync: ContactSync; fence: Fence; runId: string },
): Promise<Attention | undefined> {
  for (let look = 1; ; look += 1) {
    const settings = look === 1 ? sync : await loadContactSync(deps.db, sync.integrationId);
    const verdict = settings && (await judgeRun(deps, settings));
    if (verdict === undefined) return undefined;
    const isAsked = await askAbout(deps, { sync, fence, runId, insists: look >= mostLooks });
    if (isAsked) return describe(verdict);
  }
}

/** Where the run would delete suspiciously much, of which a person has not approved all. */
async function judgeRun(deps: ActivityDeps, sync: ContactSync): Promise<Tripped | undefined> {
  const { integrationId } = sync;
  const approved = await findApplyingPlan(deps.db, integrationId);
  const count = { deletes: 0, archived: 0, unapproved: 0 };
  for await (const plans of plansOfDeletes(deps, sync, { orUnderWay: false })) {
    const remoteIds = plans.map(({ candidate: { link } }) => link.remoteId);
    const sides = await findPlanDeletes(deps.db, { planId: approved?.id, remoteIds });
    for (const { candidate, plan } of plans) {
      if (countDeletes([plan]) === 0) continue;
      const side = whoGoes(candidate, plan)?.side;
      count.deletes += 1;
      if (side === 'harmony') count.archived += 1;
      if (sides.get(candidate.link.remoteId) !== side) count.unapproved += 1;
    }
  }
  if (count.unapproved === 0) return undefined;
  const { live, tied } = await countLinks(deps.db, integrationId);
  const verdict = checkBreaker({
    ...{ links: tied, deletes: count.deletes },
    ...(count.archived > 0 ? { listing: { complete: true, contacts: live } } : {}),
  });
  return verdict.tripped ? verdict : undefined;
}

/** False where either side moved meanwhile, and it is to be looked at again. */
async function askAbout(
  deps: ActivityDeps,
  { sync, fence, runId, insists }: { sync: ContactSync; fence: Fence; runId: string; insists: boolean },
): Promise<boolean> {
  const { integrationId } = sync;
  // Taken before what the plan shows is read: what changes meanwhile makes the plan stale, never wrong.
  const fingerprint = await planFingerprint(deps.db, sync);
  const settings = await loadContactSync(deps.db, integrationId);
  if (settings === undefined) return false;
  const summarizer = createPlanSummarizer();
  const deletes: PlanDelete[] = [];
  for await (const plans of plansOfDeletes(deps, settings, { orUnderWay: true }))
    for (const { candidate, plan } of plans) {
      summarizer.add(plan);
      const one = whoGoes(candidate, plan);
      if (one !== undefined) deletes.push(one);
    }
  return fenced(deps.db, fence, async (tx) => {
    const open = await lockOpenPlan(tx, integrationId);
    await lockContactSettings(tx, integrationId);
    // A person may just have turned down the very same, which is not to be asked about again.
    if (!insists && (await planFingerprint(tx, sync)) !== fingerprint) return false;
    const isAsked = open?.reason === 'parked_run' && open.status === 'ready';
    if (isAsked && open.fingerprint === fingerprint) return true;
    const id = newId('pln');
    await insertPlan(tx, {
      ...{ id, integrationId, reason: 'parked_run', status: 'ready', runId, fingerprint },
      ...{ syncDirection: settings.direction, mappingVersion: settings.mappingVersion },
      summary: { ...summarizer.summary() },
    });
    await insertPlanDeletes(tx, id, deletes);
    await retireOlderPlans(tx, id);
    return true;
  });
}

interface PlannedTie {
  readonly candidate: Candidate & { readonly link: LinkRow };
  readonly plan: ContactPlan;
}

/** What the due work that may come to deletes comes to, page by page; with `orUnderWay` deletes that are not over, too. */
async function* plansOfDeletes(
  deps: ActivityDeps,
  sync: ContactSync,
  { orUnderWay }: { orUnderWay: boolean },
): AsyncGenerator<readonly PlannedTie[]> {
  const { integrationId } = sync;
  const now = isoAt(nowMs(deps));
  for (let afterId = ''; ; ) {
    const page = { integrationId, now, afterId, limit: candidatesAtOnce, orUnderWay };
    const candidates = await findDeleteCandidates(deps.db, page);
    const links = candidates.map(({ link }) => link);
    const lateDeletes = await findLateDeletes(deps.db, integrationId, links);
    const contacts = new Map(candidates.map(({ contact }) => [contact.id, contact]));
    const contactIds = [...contacts.keys()];
    const standIns = await findStandIns(deps.db, sync, { links, contacts });
    const feeds = await loadOtherFeeds(deps.db, integrationId, contactIds);
    const elsewhere = await tiedElsewhere(deps.db, integrationId, contactIds);
    yield candidates.map((tie) => {
      const { remoteId } = tie.link;
      const candidate = {
        ...tie,
        wentByUs: lateDeletes.has(remoteId),
        livesElsewhere: elsewhere.get(tie.contact.id) === true,
        standIns: standIns.get(remoteId) ?? [],
      };
      return { candidate, plan: planShown(sync, candidate, feeds) };
    });
    if (candidates.length < candidatesAtOnce) return;
    afterId = candidates.at(-1)?.link.remoteId ?? '';
  }
}

type Tripped = Extract<BreakerVerdict, { tripped: true }>;

function describe(verdict: Tripped): Attention {
  const what =
    verdict.reason === 'empty_remote'
      ? 'The account has no contacts any more'
      : `This sync would delete ${verdict.deletes} contacts, more than ${Math.floor(verdict.limit)} at once`;
  return {
    code: 'run_parked',
    title: `${what}. Nothing was deleted on either side.`,
    remedy: 'Look at the plan and apply it if that is what you want, or reject it to keep the contacts.',
  };
}
