/** Rule 19: a run that would delete suspiciously much is parked before it writes anything. */

import { newId } from '../../db/ids.ts';
import { countLinks, findDeleteCandidates, tiedElsewhere } from '../../db/queries/contact-planning.ts';
import {
  findOpenPlan,
  insertPlan,
  planFingerprint,
  retireOlderPlans,
} from '../../db/queries/contact-plans.ts';
import { type Fence, fenced } from '../../db/queries/fence.ts';
import type { Attention } from '../../db/schema/index.ts';
import { type BreakerVerdict, checkBreaker } from '../../sync/breaker.ts';
import { countDeletes, createPlanSummarizer, type PlanSummary } from '../../sync/plan-summary.ts';
import { isoAt, nowMs } from '../clock.ts';
import type { ActivityDeps } from '../deps.ts';
import { type ContactSync, loadContactSync } from './contact-sync.ts';
import { findLateDeletes } from './find-late-deletes.ts';
import { findStandIns } from './find-stand-ins.ts';
import { loadOtherFeeds } from './other-feeds.ts';
import { planShown } from './plan-candidate.ts';

/** A candidate carries a whole remote contact, and all of an account's may be gone at once. */
const candidatesAtOnce = 1000;

/** What the person should know when the run is parked, with a plan to decide on; undefined where it may go on. */
export async function parkRun(
  deps: ActivityDeps,
  {
    sync,
    fence,
    runId,
    approvedDeletes,
  }: {
    sync: ContactSync;
    fence: Fence;
    runId: string;
    /** As many as are left of those that a person has seen in the plan that is being applied. */
    approvedDeletes: number;
  },
): Promise<Attention | undefined> {
  const { integrationId } = sync;
  const seen = await summarizeDeletes(deps, sync);
  if (seen.deletes === 0) return undefined;
  const { live, tied } = await countLinks(deps.db, integrationId);
  const verdict = checkBreaker({
    ...{ links: tied, deletes: seen.deletes },
    ...(seen.summary.harmony.deleted > 0 ? { listing: { complete: true, contacts: live } } : {}),
  });
  if (!verdict.tripped || seen.deletes <= approvedDeletes) return undefined;
  // Taken before what the plan shows is read: what changes meanwhile makes the plan stale, never wrong.
  const fingerprint = await planFingerprint(deps.db, sync);
  const settings = await loadContactSync(deps.db, integrationId);
  if (settings === undefined) return undefined;
  const { summary } = await summarizeDeletes(deps, settings);
  await fenced(deps.db, fence, async (tx) => {
    const open = await findOpenPlan(tx, integrationId);
    if (open?.reason === 'parked_run' && open.fingerprint === fingerprint) return;
    const id = newId('pln');
    await insertPlan(tx, {
      ...{ id, integrationId, reason: 'parked_run', status: 'ready', runId, fingerprint },
      ...{ syncDirection: settings.direction, mappingVersion: settings.mappingVersion },
      summary: { ...summary },
    });
    await retireOlderPlans(tx, id);
  });
  return describe(verdict, seen.deletes);
}

/** What the due work that may come to deletes comes to, page by page. */
async function summarizeDeletes(
  deps: ActivityDeps,
  sync: ContactSync,
): Promise<{ deletes: number; summary: PlanSummary }> {
  const { integrationId } = sync;
  const now = isoAt(nowMs(deps));
  const summarizer = createPlanSummarizer();
  let deletes = 0;
  for (let afterId = ''; ; ) {
    const page = { integrationId, now, afterId, limit: candidatesAtOnce };
    const candidates = await findDeleteCandidates(deps.db, page);
    const links = candidates.map(({ link }) => link);
    const lateDeletes = await findLateDeletes(deps.db, integrationId, links);
    const contacts = new Map(candidates.map(({ contact }) => [contact.id, contact]));
    const contactIds = [...contacts.keys()];
    const standIns = await findStandIns(deps.db, sync, { links, contacts });
    const feeds = await loadOtherFeeds(deps.db, integrationId, contactIds);
    const elsewhere = await tiedElsewhere(deps.db, integrationId, contactIds);
    for (const candidate of candidates) {
      const { remoteId } = candidate.link;
      const known = {
        wentByUs: lateDeletes.has(remoteId),
        livesElsewhere: elsewhere.get(candidate.contact.id) === true,
        standIns: standIns.get(remoteId) ?? [],
      };
      const plan = planShown(sync, { ...candidate, ...known }, feeds);
      summarizer.add(plan);
      deletes += countDeletes([plan]);
    }
    if (candidates.length < candidatesAtOnce) return { deletes, summary: summarizer.summary() };
    afterId = candidates.at(-1)?.link.remoteId ?? '';
  }
}

function describe(verdict: Extract<BreakerVerdict, { tripped: true }>, deletes: number): Attention {
  const what =
    verdict.reason === 'empty_remote'
      ? 'The account has no contacts any more'
      : `This sync would delete ${deletes} contacts, more than ${Math.floor(verdict.limit)} at once`;
  return {
    code: 'run_parked',
    title: `${what}. Nothing was deleted on either side.`,
    remedy: 'Look at the plan and apply it if that is what you want, or reject it to keep the contacts.',
  };
}
