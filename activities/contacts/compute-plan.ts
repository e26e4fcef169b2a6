/** What a change would do on each side, worked out from the mirror: nothing is downloaded, and nothing is written. */
import { Context } from '@temporalio/activity';
import { findFormers, findReturned } from '../../db/queries/contact-formers.ts';
import { makesNewContacts } from '../../db/queries/contact-makers.ts';
import { findMappingsInForce } from '../../db/queries/contact-mappings.ts';
import { hasReadOnlyStream } from '../../db/queries/contact-matching.ts';
import { newlyTied, tiedBack } from '../../db/queries/contact-outcome.ts';
import type { PlanDelete } from '../../db/queries/contact-plan-deletes.ts';
import { findContacts, linksAfter, untiedContactsAfter } from '../../db/queries/contact-plan-source.ts';
import { type LinkRow, tiedElsewhere } from '../../db/queries/contact-planning.ts';
import { findPlan, notePlanFailed, planFingerprint, storeComputed } from '../../db/queries/contact-plans.ts';
import { findIntegration } from '../../db/queries/integrations.ts';
import { lastFullListing } from '../../db/queries/stream-cursors.ts';
import { onlyReadStreams } from '../../db/schema/index.ts';
import { transact } from '../../db/transact.ts';
import type { ContactPlan } from '../../sync/operations.ts';
import { createPlanSummarizer } from '../../sync/plan-summary.ts';
import type { ActivityDeps } from '../deps.ts';
import { integrationGone } from '../failure.ts';
import { mainStream } from './account-streams.ts';
import { type ContactSync, loadContactSync } from './contact-sync.ts';
import { findAdded } from './find-added.ts';
import { findLateDeletes } from './find-late-deletes.ts';
import { findLiving } from './find-living.ts';
import { openListPlan } from './list-plan-members.ts';
import { type MatchBook, openMatchBook } from './match-book.ts';
import { loadOtherFeeds, type OtherFeeds } from './other-feeds.ts';
import { planBesideOthers } from './plan-beside-others.ts';
import { type Candidate, planCreate } from './plan-candidate.ts';
import { strangersOf } from './strangers.ts';
import { whoGoes } from './who-goes.ts';
import { findWhoLivesOn } from './who-lives-on.ts';

const batchSize = 1000;

/** Stores the plan's counts, samples and ambiguous matches, or why there are none. A repeat computes it again. */
export function createComputePlan(deps: ActivityDeps) {
  return async function computePlan(input: {
    integrationId: string;
    provider: string;
    planId: string;
  }): Promise<void> {
    const { integrationId, planId } = input;
    const plan = await findPlan(deps.db, planId);
    if (plan?.status !== 'computing') return;
    const stream = mainStream(deps.provider(input.provider).adapter);
    if ((await lastFullListing(deps.db, { integrationId, stream, collectionId: '' })) === null) {
      const error = 'The first sync has not finished yet. Make the plan again when it has.';
      await notePlanFailed(deps.db, planId, error);
      return;
    }
    const integration = await findIntegration(deps.db, integrationId);
    if (integration === undefined) throw integrationGone(integrationId);
    // Taken before anything is read: what changes meanwhile makes the plan stale, never wrong.
    const fingerprint = await planFingerprint(deps.db, { integrationId, userId: integration.userId });
    if (((await findMappingsInForce(deps.db, integrationId))?.version ?? 0) > plan.mappingVersion) {
      const error = 'The mappings were changed before it was computed. Make the plan again.';
      await notePlanFailed(deps.db, planId, error);
      return;
    }
    const sync = await loadContactSync(deps.db, integrationId, {
      direction: plan.syncDirection,
      mappingVersion: plan.mappingVersion,
    });
    const summarizer = createPlanSummarizer();
    let linked = 0;
    const deletes: PlanDelete[] = [];
    const review: MatchBook['groups'][number][] = [];
    const members = await openListPlan(deps.db, integrationId, {
      direction: plan.syncDirection,
      mappingVersion: plan.mappingVersion,
    });
    if (sync !== undefined) {
      for await (const candidate of everything(deps, sync, review)) {
        if (candidate.isNewlyTied) linked += 1;
        const planned = planOf(sync, candidate);
        summarizer.add(planned);
        const one = whoGoes(candidate, planned);
        if (one !== undefined) deletes.push(one);
        await members.add(candidate, planned);
      }
    } else {
      // Contacts stay as they are, but who of those that are tied is on which list may still flow.
      for await (const candidate of tiedContacts(deps, integration))
        await members.add(candidate, { operations: [], conflicts: [], rules: {} });
    }
    const summary = summarizer.summary();
    const lists = await members.summary();
    const computed = {
      fingerprint,
      summary: { ...summary, linked: summary.linked + linked, parked: summary.parked + review.length, lists },
      review: review.map((group) => ({ ...group })),
    };
    await transact(deps.db, (tx) => storeComputed(tx, planId, { ...computed, deletes }));
  };
}

type Planned = Candidate & {
  readonly isNewlyTied?: boolean;
  readonly feeds: OtherFeeds;
  /** Of the remote contact that the contact had, and is made anew from. */
  readonly former?: LinkRow | undefined;
};

function planOf(sync: ContactSync, { former, feeds, ...candidate }: Planned): ContactPlan {
  const { link, contact } = candidate;
  return link === null && contact !== null
    ? planCreate(sync, contact, { former, feeds })
    : planBesideOthers(sync, candidate, feeds);
}

/**
 * Every link and every contact that could go to the provider, as the run that applies the plan will see them, page by page.
 * Groups that a person has to sort out are added to `review`.
 */
async function* everything(
  deps: ActivityDeps,
  sync: ContactSync,
  review: MatchBook['groups'][number][],
): AsyncGenerator<Planned> {
  const { integrationId, userId, mappingVersion } = sync;
  const mayHaveAdded = await hasReadOnlyStream(deps.db, integrationId);
  const { standIns, livesOnAs } = await findWhoLivesOn(deps.db, sync, beat);
  const goneOnWith = new Set<string>();
  for await (const links of pagesOfLinks(deps, integrationId)) {
    const loose = links.filter(({ contactId, tombstonedAt }) => contactId === null && tombstonedAt === null);
    const looseIds = new Set(loose.map(({ remoteId }) => remoteId));
    const book = await openMatchBook(deps.db, sync, {
      remoteIds: [...looseIds],
      contactIds: [],
      taken: livesOnAs,
    });
    // A group shows up with each page that has one of its remote contacts.
    review.push(...book.groups.filter(({ resourceNames: [first = ''] }) => looseIds.has(first)));
    const news = loose.filter(
      ({ stream, remoteId }) =>
        onlyReadStreams[stream] === undefined &&
        !livesOnAs.has(remoteId) &&
        !book.byRemote.has(remoteId) &&
        !book.reviewed.has(remoteId),
    );
    const added = mayHaveAdded ? await findAdded(deps.db, sync, news) : new Map<string, LinkRow>();
    const formerIds = loose.flatMap(({ formerOf }) => formerOf ?? []);
    const returned = await findReturned(deps.db, { integrationId, contactIds: formerIds });
    const isBack = ({ remoteId, formerOf }: LinkRow) => returned.get(formerOf ?? '') === remoteId;
    const tied = links.map((link) => {
      const { contactId, remoteId } = link;
      if (contactId === null && isBack(link)) return link.formerOf ?? undefined;
      return (
        contactId ??
        livesOnAs.get(remoteId) ??
        book.byRemote.get(remoteId)?.contactId ??
        added.get(remoteId)?.contactId ??
        undefined
      );
    });
    const tiedIds = tied.filter((id) => id !== undefined);
    const tiedContacts = await findContacts(deps.db, userId, tiedIds);
    const living = await findLiving(deps.db, sync, { links, contacts: tiedContacts });
    for (const id of living.values()) goneOnWith.add(id);
    const ids = [...tiedIds, ...living.values()];
    const contacts = new Map([
      ...tiedContacts,
      ...(await findContacts(deps.db, userId, [...living.values()])),
    ]);
    const feeds = await loadOtherFeeds(deps.db, integrationId, ids);
    const lateDeletes = await findLateDeletes(deps.db, integrationId, links);
    const elsewhere = await tiedElsewhere(deps.db, integrationId, ids);
    for (const [at, link] of links.entries()) {
      const contact = contacts.get(tied[at] ?? '') ?? null;
      const known = {
        wentByUs: lateDeletes.has(link.remoteId),
        livesElsewhere: elsewhere.get(link.contactId ?? '') === true,
        standIns: standIns.get(link.remoteId) ?? [],
      };
      const [standIn] = known.standIns;
      // Shown with the remote contact that they live on as.
      if (link.contactId !== null && livesOnAs.get(standIn?.resourceName ?? '') === link.contactId) continue;
      const alive = contacts.get(living.get(link.remoteId) ?? '');
      if (alive !== undefined) {
        const tiedLink = { ...link, ...newlyTied(alive.id, mappingVersion) };
        yield { link: tiedLink, contact: alive, isNewlyTied: true, feeds };
      } else if (link.contactId !== null) yield { link, contact, ...known, feeds };
      else if (contact !== null) {
        const tie = isBack(link) ? tiedBack(link, contact.id) : newlyTied(contact.id, mappingVersion);
        const tiedLink = { ...link, ...tie };
        yield { link: tiedLink, contact, isNewlyTied: true, feeds };
      } else if (
        link.tombstonedAt === null &&
        !book.reviewed.has(link.remoteId) &&
        onlyReadStreams[link.stream] === undefined
      ) {
        yield { link, contact: null, feeds };
      }
    }
    for (const link of await strangersOf(deps.db, sync, loose)) yield { link, contact: null, feeds };
  }
  const isMaker = await makesNewContacts(deps.db, integrationId);
  for (let afterId = ''; ; ) {
    const page = { integrationId, userId, afterId, limit: batchSize, onlyFormer: !isMaker };
    const contacts = await untiedContactsAfter(deps.db, page);
    const ids = contacts.map(({ id }) => id);
    const book = await openMatchBook(deps.db, sync, { remoteIds: [], contactIds: ids, taken: livesOnAs });
    const elsewhere = await tiedElsewhere(deps.db, integrationId, ids);
    const formers = await findFormers(deps.db, { integrationId, contactIds: ids });
    const returned = await findReturned(deps.db, { integrationId, contactIds: ids });
    const feeds = await loadOtherFeeds(deps.db, integrationId, [...formers.keys()]);
    for (const contact of contacts) {
      if (returned.has(contact.id) || goneOnWith.has(contact.id)) continue;
      const isMatched = book.byContact.has(contact.id) || book.reviewed.has(contact.id);
      if (!isMatched && !elsewhere.has(contact.id) && contact.keptAt === null)
        yield { link: null, contact, former: formers.get(contact.id), feeds };
    }
    beat(afterId);
    if (contacts.length < batchSize) return;
    afterId = ids.at(-1) ?? '';
  }
}

/** Every link with its contact, where contacts are not mapped. */
async function* tiedContacts(
  deps: ActivityDeps,
  { id: integrationId, userId }: { id: string; userId: string },
): AsyncGenerator<Candidate> {
  for await (const links of pagesOfLinks(deps, integrationId)) {
    const ids = links.flatMap(({ contactId }) => contactId ?? []);
    const contacts = await findContacts(deps.db, userId, ids);
    for (const link of links) yield { link, contact: contacts.get(link.contactId ?? '') ?? null };
  }
}

async function* pagesOfLinks(deps: ActivityDeps, integrationId: string): AsyncGenerator<LinkRow[]> {
  for (let afterId = ''; ; ) {
    const links = await linksAfter(deps.db, { integrationId, afterId, limit: batchSize });
    yield links;
    beat(afterId);
    if (links.length < batchSize) return;
    afterId = links.at(-1)?.remoteId ?? '';
  }
}

function beat(afterId: string): void {
  Context.current().heartbeat({ afterId });
  Context.current().cancellationSignal.throwIfAborted();
}

/** The plan could not be computed, and nobody waits for it any longer. */
export function createFailPlan(deps: ActivityDeps) {
  return async function failPlan(input: { planId: string }): Promise<void> {
    const error = 'The plan could not be computed. Make it again; the workflow says what went wrong.';
    await notePlanFailed(deps.db, input.planId, error);
  };
}
