/** Plans what is noted in `contact_work`, batch by batch, and writes what it comes to on Harmony's side and as intents. */
import { Context } from '@temporalio/activity';
import type { Database, Transaction } from '../../db/client.ts';
import { makesNewContacts } from '../../db/queries/contact-makers.ts';
import { hasReadOnlyStream, takeMatchingTurn } from '../../db/queries/contact-matching.ts';
import { dropPlannedWrites } from '../../db/queries/contact-outcome.ts';
import {
  countDeletesSince,
  findLinks,
  type LinkRow,
  lockContacts,
  openWrites,
  type PlannedContact,
  tiedElsewhere,
} from '../../db/queries/contact-planning.ts';
import { findApplyingPlan, type PlanRow, takeUpPlan } from '../../db/queries/contact-plans.ts';
import { findSettledQuestions } from '../../db/queries/contact-questions.ts';
import {
  clearWork,
  isPlanningDue,
  noteForOthers,
  noteRecords,
  noteWork,
  takeNamedWork,
  takeWork,
  type WorkKey,
} from '../../db/queries/contact-queue.ts';
import { type Fence, fenced } from '../../db/queries/fence.ts';
import { refreshStatistics } from '../../db/queries/statistics.ts';
import { type Attention, onlyReadStreams, personDecides } from '../../db/schema/index.ts';
import type { PlanSummary } from '../../sync/plan-summary.ts';
import { isoAt, nowMs } from '../clock.ts';
import type { ActivityDeps } from '../deps.ts';
import { parkRun } from './check-breaker.ts';
import { loadContactSync } from './contact-sync.ts';
import { findAdded } from './find-added.ts';
import { findLateDeletes } from './find-late-deletes.ts';
import { findOrigins } from './find-origins.ts';
import { findStandIns } from './find-stand-ins.ts';
import { graceMs } from './grace.ts';
import { findCleared, type MatchDecision, openMatchBook } from './match-book.ts';
import { loadOtherFeeds } from './other-feeds.ts';
import { type Candidate, planCandidate } from './plan-candidate.ts';
import { PlanOutcome } from './plan-outcome.ts';
import { recoverCreates } from './recover-creates.ts';
import { strangersOf } from './strangers.ts';

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
    if (settled.length === 0 && !(await isDue())) return { next: 'done', planned: 0 };
    const sync = await loadContactSync(deps.db, integrationId);
    if (sync === undefined) {
      // Contacts are not mapped: nothing is written on either side.
      await fenced(deps.db, fence, (tx) => clearWork(tx, integrationId));
      return { next: 'done', planned: 0 };
    }
    await recoverCreates(deps, { sync, fence, runId, provider: input.provider });
    const approvedDeletes = await deletesLeft(deps.db, await findApplyingPlan(deps.db, integrationId));
    const attention = await parkRun(deps, { sync, fence, runId, approvedDeletes });
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
      const now = isoAt(nowMs(deps));
      const batch = { ...{ integrationId, userId: sync.userId, runId, now }, mayHaveAdded, clearedFor };
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

/**
 * How many deletes of those that a person approved, on both sides together, are still to be planned. None was between the
 * making of the plan and its approval: a plan after which anything moved is not applied.
 */
async function deletesLeft(db: Database, plan: PlanRow | undefined): Promise<number> {
  if (plan === undefined) return 0;
  const { harmony, provider } = (plan.summary ?? {}) as Partial<Pick<PlanSummary, 'harmony' | 'provider'>>;
  const approved = (harmony?.deleted ?? 0) + (provider?.deleted ?? 0);
  return approved - (await countDeletesSince(db, plan.integrationId, plan.createdAt));
}

interface Batch {
  readonly integrationId: string;
  readonly userId: string;
  readonly runId: string;
  readonly now: string;
  /** A person may have made contacts of their own of some that are only read (`findAdded`). */
  readonly mayHaveAdded: boolean;
  /** The plan for whose decisions what was doubtful before has been looked at again; null: for those of none. */
  readonly clearedFor: string | null | undefined;
}

/** How many rows of work it took, and what the next batch goes by. */
type Planned = Pick<Batch, 'clearedFor'> & { readonly taken: number };

/** Changes nothing of what it is given: the transaction may run again. */
async function planBatch(tx: Transaction, batch: Batch): Promise<Planned> {
  const { integrationId, userId, runId, now } = batch;
  let { clearedFor } = batch;
  await takeMatchingTurn(tx, userId);
  const work = await takeWork(tx, { integrationId, now, limit: batchSize });
  const taken = work.remoteIds.length + work.contactIds.length;
  if (taken === 0) return { taken, clearedFor };
  // After the work: whoever changes settings notes work in the same transaction, so both are as new.
  const sync = await loadContactSync(tx, integrationId);
  if (sync === undefined) return { taken, clearedFor };
  const approved = await takeUpPlan(tx, { integrationId, runId });
  const decisions = (approved?.decisions ?? []) as unknown as readonly MatchDecision[];
  const found = await findLinks(tx, { integrationId, ...work });
  const tied = new Set(found.flatMap(({ contactId }) => contactId ?? []));
  const links = found.filter(({ stream }) => sync.settingsOf(stream) !== undefined);
  const untiedLinks = links.filter(isUntied);
  const loose = untiedLinks.filter(mayMatch);
  const untied = work.contactIds.filter((id) => !tied.has(id));
  const subject = { remoteIds: loose.map(({ remoteId }) => remoteId), contactIds: untied, decisions };
  const matches = loose.length + untied.length > 0;
  const book = matches ? await openMatchBook(tx, sync, subject) : undefined;
  // Who may match one another is planned at once, so that no order of the work decides who matches whom.
  const more = await takeNamedWork(tx, {
    ...{ integrationId, now, remoteIds: book?.remoteIds ?? [], contactIds: book?.contactIds ?? [] },
  });
  loose.push(
    ...(await findLinks(tx, { integrationId, remoteIds: more.remoteIds, contactIds: [] })).filter(isUntied),
  );
  untied.push(...more.contactIds);
  let cleared: string[] = [];
  if (matches && clearedFor !== (approved?.id ?? null)) {
    clearedFor = approved?.id ?? null;
    cleared = await findCleared(tx, sync, decisions);
  }

  const outcome = new PlanOutcome(sync, { runId, now });
  const partnerIds = untied.flatMap((id) => book?.byContact.get(id)?.remoteId ?? []);
  const partners = await findLinks(tx, { integrationId, remoteIds: partnerIds, contactIds: [] });
  const rows = new Map([...links, ...partners].map((row) => [row.remoteId, row]));
  const origins = await findOrigins(tx, integrationId, [...loose, ...partners.filter(isUntied)]);
  const mergedDoubles = await findOrigins(tx, integrationId, links.filter(isTied));
  const originIds = [...origins.values()].map(({ contactId }) => contactId);
  const matchedIds = loose.flatMap(({ remoteId }) => book?.byRemote.get(remoteId)?.contactId ?? []);
  const added = batch.mayHaveAdded ? await findAdded(tx, sync, loose) : new Map<string, LinkRow>();
  const addedIds = [...added.values()].flatMap(({ contactId }) => contactId ?? []);
  const contactIds = [...new Set([...tied, ...untied, ...matchedIds, ...originIds, ...addedIds])];
  const contacts = await lockContacts(tx, userId, contactIds);
  // A double has no contact of its own: its removal goes by the remote id.
  const looseIds = [...loose.map(({ remoteId }) => remoteId), ...partnerIds];
  const writes = await openWrites(tx, integrationId, [...contactIds, ...looseIds]);
  const openByContact = new Map(writes.map((write) => [write.recordId, write]));
  const elsewhere = await tiedElsewhere(tx, integrationId, contactIds);
  const isMaker = untied.length > 0 && (await makesNewContacts(tx, integrationId));
  const feeds = await loadOtherFeeds(tx, integrationId, [...elsewhere.keys()]);
  const standIns = await findStandIns(tx, sync, { links, contacts, origins });
  const lateDeletes = await findLateDeletes(tx, integrationId, links);

  const dropped: string[] = [];
  const done = new Set<string>();
  /** They are or may be what a create made: looked at again when it is settled what their contact is tied to. */
  const waiting: string[] = [];
  /** Whoever they match was tied to somebody else in this batch, or has just gone: the next one matches them anew. */
  const outdone: WorkKey[] = [];
  const isBeingMade = (id: string): boolean => {
    const open = openByContact.get(id);
    return open?.kind === 'create' && open.state !== 'planned';
  };
  /** It is known to go, or it will be; nothing else may be tied to it. */
  const isDouble = (remoteId: string): boolean =>
    openByContact.has(remoteId) || origins.get(remoteId)?.keeper !== undefined;
  const plan = (candidate: Candidate): void => {
    const id = candidate.contact?.id ?? candidate.link?.contactId ?? undefined;
    const open = id === undefined ? undefined : openByContact.get(id);
    // What was sent is settled by its executor, which plans again.
    if (open !== undefined && open.state !== 'planned' && open.kind !== 'create') return;
    const hasOpenCreate = open !== undefined && open.state !== 'planned';
    if (open?.state === 'planned') dropped.push(open.id);
    const remoteId = candidate.link?.remoteId ?? '';
    const known = {
      hasOpenCreate,
      standIns: standIns.get(remoteId) ?? [],
      wentByUs: lateDeletes.has(remoteId),
    };
    const planned = planCandidate(sync, { ...candidate, ...known }, feeds);
    for (const operation of planned.operations) {
      if (operation.kind !== 'link') continue;
      const { resourceName } = operation;
      if (done.has(resourceName)) {
        // Two contacts that are gone can't both live on as one.
        outcome.park(candidate, { reason: 'maybe_merged', candidates: [resourceName] });
        return;
      }
      done.add(resourceName);
    }
    outcome.take({ ...candidate, hasOpenCreate }, planned, {
      tiedElsewhere: id !== undefined && elsewhere.get(id) === true,
    });
  };
  const planTied = (row: LinkRow, contact: PlannedContact): void => {
    done.add(contact.id).add(row.remoteId);
    plan({ link: outcome.tie(row, contact), contact });
  };

  /** Becomes a contact, where it is none yet that came in from what is only read. */
  const planNew = (link: LinkRow): void => {
    const former = added.get(link.remoteId);
    const contact = contacts.get(former?.contactId ?? '');
    if (former === undefined || contact === undefined || contact.archivedAt !== null) {
      plan({ link, contact: null });
    } else if (tied.has(contact.id) || done.has(contact.id)) {
      outdone.push({ kind: 'remote', key: link.remoteId });
    } else {
      outcome.untie(former);
      planTied(link, contact);
    }
  };

  for (const link of links) {
    if (link.contactId === null || personDecidesOn(link)) continue;
    if (isTied(link) && isUnagreed(link)) outcome.join(link.contactId);
    plan({ link, contact: contacts.get(link.contactId) ?? null });
    const merged = mergedDoubles.get(link.remoteId);
    if (merged !== undefined) outcome.tellMerged(link, merged);
  }
  for (const link of loose) {
    if (done.has(link.remoteId)) continue;
    const origin = origins.get(link.remoteId);
    if (isDouble(link.remoteId)) {
      const isPlanned = openByContact.has(link.remoteId) || personDecidesOn(link);
      if (origin !== undefined && !isPlanned) outcome.spare(link, origin);
      continue;
    }
    const maker = origin === undefined ? undefined : contacts.get(origin.contactId);
    if (origin !== undefined && maker !== undefined && maker.archivedAt === null) {
      const isSettled = !isBeingMade(maker.id) && !done.has(maker.id);
      if (isSettled && origin.gone.length === 0) planTied(link, maker);
      else waiting.push(link.remoteId);
      continue;
    }
    const match = book?.byRemote.get(link.remoteId);
    const contact = match === undefined ? undefined : contacts.get(match.contactId);
    const candidates = book?.reviewed.get(link.remoteId);
    if (match !== undefined && isBeingMade(match.contactId)) waiting.push(link.remoteId);
    else if (match !== undefined && (done.has(match.contactId) || contact === undefined))
      outdone.push({ kind: 'remote', key: link.remoteId });
    else if (match !== undefined && contact !== undefined) planTied(link, contact);
    else if (candidates !== undefined) {
      outcome.park({ link, contact: null }, { reason: 'ambiguous_match', candidates: [...candidates] });
    } else if (match === undefined && !personDecidesOn(link)) planNew(link);
  }
  for (const link of await strangersOf(tx, sync, untiedLinks)) plan({ link, contact: null });
  for (const id of untied) {
    const contact = contacts.get(id);
    if (contact === undefined || done.has(id) || isBeingMade(id)) continue;
    const match = book?.byContact.get(id);
    const partner = match === undefined || isDouble(match.remoteId) ? undefined : rows.get(match.remoteId);
    const candidates = book?.reviewed.get(id);
    if (partner !== undefined && done.has(partner.remoteId)) outdone.push({ kind: 'local', key: id });
    else if (partner !== undefined && partner.contactId === null && contact.archivedAt === null)
      planTied(partner, contact);
    else if (candidates !== undefined) {
      outcome.park({ link: null, contact }, { reason: 'ambiguous_match', candidates: [...candidates] });
    } else if (isMaker && !elsewhere.has(id) && contact.keptAt === null) plan({ link: null, contact });
  }
  await dropPlannedWrites(tx, { ids: dropped, now });
  const unmade = writes.filter(({ id, kind }) => kind === 'create' && dropped.includes(id));
  if (!sync.writes)
    await noteForOthers(tx, { integrationId, contactIds: unmade.map(({ recordId }) => recordId), now });
  await outcome.write(tx);
  const looked = [...links, ...loose].map(({ remoteId }) => remoteId);
  await outcome.dropAnswered(tx, new Set([...looked, ...tied, ...untied, ...done]));
  await noteWork(tx, { integrationId, kind: 'remote', keys: cleared, dueAt: now });
  await noteRecords(tx, { integrationId, records: outdone, dueAt: now });
  const later = isoAt(Date.parse(now) + graceMs);
  await noteWork(tx, { integrationId, kind: 'remote', keys: waiting, dueAt: later });
  return { taken: taken + more.remoteIds.length + more.contactIds.length, clearedFor };
}

const isUntied = ({ contactId, tombstonedAt }: LinkRow): boolean =>
  contactId === null && tombstonedAt === null;

const isTied = ({ contactId, tombstonedAt }: LinkRow): boolean => contactId !== null && tombstonedAt === null;

/** As a person who says who it is leaves it (`tieByHand`); what is tied here is planned in the same breath. */
const isUnagreed = ({ localVersion, base }: LinkRow): boolean =>
  localVersion === 0 && base !== null && Object.keys(base).length === 0;

const mayMatch = ({ stream }: LinkRow): boolean => onlyReadStreams[stream] === undefined;

const personDecidesOn = ({ parked }: LinkRow): boolean =>
  parked !== null && personDecides.includes(parked.reason);
