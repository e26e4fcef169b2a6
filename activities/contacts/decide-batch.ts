/** What becomes of each record of a batch: decided from what was read, without any I/O. */
import type { LinkRow, PlannedContact } from '../../db/queries/contact-planning.ts';
import type { WorkKey } from '../../db/queries/contact-queue.ts';
import { type BatchFacts, isTied } from './batch-facts.ts';
import { comesBack } from './find-living.ts';
import type { Origin } from './find-origins.ts';
import { isThere } from './local-contact.ts';
import { type Candidate, personDecidesOn, planCandidate } from './plan-candidate.ts';
import type { PlanOutcome } from './plan-outcome.ts';

export interface Decided {
  /** Ids of intents that were planned before and not sent yet: what they were for is planned anew. */
  readonly dropped: readonly string[];
  /** Of both sides: settled in this batch. */
  readonly done: ReadonlySet<string>;
  /** Remote ids that are or may be what a create made: looked at again when it is settled what their contact is tied to. */
  readonly waiting: readonly string[];
  /** Whoever they match was tied to somebody else in this batch, or has just gone: the next one matches them anew. */
  readonly outdone: readonly WorkKey[];
}

/** Adds to `outcome`. Ties come first, then who may be matched by the remote side, then whom only Harmony knows. */
export function decideBatch(facts: BatchFacts, outcome: PlanOutcome): Decided {
  const decision = new BatchDecision(facts, outcome);
  for (const link of facts.links) decision.settleTied(link);
  for (const link of facts.loose) decision.settleLoose(link);
  for (const link of facts.strangers) decision.plan({ link, contact: null });
  for (const id of facts.untied) decision.settleUntied(id);
  return decision;
}

class BatchDecision implements Decided {
  readonly dropped: string[] = [];
  readonly done = new Set<string>();
  readonly waiting: string[] = [];
  readonly outdone: WorkKey[] = [];
  private readonly facts: BatchFacts;
  private readonly outcome: PlanOutcome;
  private readonly openWrites: ReadonlyMap<string, BatchFacts['writes'][number]>;

  constructor(facts: BatchFacts, outcome: PlanOutcome) {
    this.facts = facts;
    this.outcome = outcome;
    this.openWrites = new Map(facts.writes.map((write) => [write.recordId, write]));
  }

  settleTied(link: LinkRow): void {
    if (link.contactId === null || personDecidesOn(link)) return;
    const contact = this.facts.contacts.get(link.contactId) ?? null;
    const living = contact === null ? undefined : this.livingOf(link, contact);
    if (living !== undefined) {
      this.dropUnsent(link.contactId);
      this.outcome.leave(link);
      this.planTied(link, living);
    } else {
      if (isTied(link) && isUnagreed(link)) this.outcome.join(link.contactId);
      this.plan({ link, contact });
    }
    const merged = this.facts.mergedDoubles.get(link.remoteId);
    if (merged !== undefined) this.outcome.tellMerged(link, merged);
  }

  settleLoose(link: LinkRow): void {
    if (this.done.has(link.remoteId)) return;
    const { origins, contacts, returned } = this.facts;
    const origin = origins.get(link.remoteId);
    const maker = contacts.get(origin?.contactId ?? '');
    const former = contacts.get(returned.get(link.remoteId) ?? '');
    if (this.isDouble(link.remoteId)) {
      const isPlanned = this.openWrites.has(link.remoteId) || personDecidesOn(link);
      if (origin !== undefined && !isPlanned) this.outcome.spare(link, origin);
    } else if (isThere(former) && !this.done.has(former.id)) {
      this.settleReturned(link, former);
    } else if (origin !== undefined && isThere(maker)) {
      this.settleMade(link, { origin, maker });
    } else {
      this.settleMatch(link);
    }
  }

  /** Whom Harmony alone knows. */
  settleUntied(id: string): void {
    const { contacts, book, rows, elsewhere, isMaker, former } = this.facts;
    const contact = contacts.get(id);
    if (contact === undefined || this.done.has(id) || this.isBeingMade(id)) return;
    const match = book?.byContact.get(id);
    const partner =
      match === undefined || this.isDouble(match.remoteId) ? undefined : rows.get(match.remoteId);
    const candidates = book?.reviewed.get(id);
    if (partner !== undefined && this.done.has(partner.remoteId)) {
      this.outdone.push({ kind: 'local', key: id });
    } else if (partner !== undefined && partner.contactId === null && contact.archivedAt === null) {
      this.planTied(partner, contact);
    } else if (candidates !== undefined) {
      this.dropUnsent(id);
      this.outcome.park({ link: null, contact }, { reason: 'ambiguous_match', candidates: [...candidates] });
    } else if ((isMaker || former.has(id)) && !elsewhere.has(id) && contact.keptAt === null) {
      this.plan({ link: null, contact });
    }
  }

  plan(candidate: Candidate): void {
    const { sync, standIns, lateDeletes, feeds, elsewhere } = this.facts;
    const id = candidate.contact?.id ?? candidate.link?.contactId ?? undefined;
    const open = id === undefined ? undefined : this.openWrites.get(id);
    // What was sent is settled by its executor, which plans again.
    if (open !== undefined && open.state !== 'planned' && open.kind !== 'create') return;
    const hasOpenCreate = open !== undefined && open.state !== 'planned';
    if (id !== undefined) this.dropUnsent(id);
    const remoteId = candidate.link?.remoteId ?? '';
    const livesElsewhere = id !== undefined && elsewhere.get(id) === true;
    const known = {
      ...{ hasOpenCreate, livesElsewhere },
      standIns: standIns.get(remoteId) ?? [],
      wentByUs: lateDeletes.has(remoteId),
    };
    const planned = planCandidate(sync, { ...candidate, ...known }, feeds);
    for (const operation of planned.operations) {
      if (operation.kind !== 'link') continue;
      const { resourceName } = operation;
      if (this.done.has(resourceName)) {
        // Two contacts that are gone can't both live on as one.
        this.outcome.park(candidate, { reason: 'maybe_merged', candidates: [resourceName] });
        return;
      }
      this.done.add(resourceName);
    }
    this.outcome.take({ ...candidate, hasOpenCreate }, planned, { tiedElsewhere: livesElsewhere });
  }

  /** It goes on with the contact that it had, unless that is being made anew. */
  private settleReturned(link: LinkRow, contact: PlannedContact): void {
    if (this.isBeingMade(contact.id)) {
      this.waiting.push(link.remoteId);
      return;
    }
    this.done.add(contact.id).add(link.remoteId);
    this.plan({ link: this.outcome.tieBack(link, contact), contact });
  }

  /** A create of ours made it: it is tied to whom it was made of, once that is settled. */
  private settleMade(link: LinkRow, { origin, maker }: { origin: Origin; maker: PlannedContact }): void {
    const isSettled = !this.isBeingMade(maker.id) && !this.done.has(maker.id);
    if (isSettled && origin.gone.length === 0) this.planTied(link, maker);
    else this.waiting.push(link.remoteId);
  }

  private settleMatch(link: LinkRow): void {
    const { book, contacts } = this.facts;
    const match = book?.byRemote.get(link.remoteId);
    const candidates = book?.reviewed.get(link.remoteId);
    if (match !== undefined) {
      const contact = contacts.get(match.contactId);
      if (this.isBeingMade(match.contactId)) this.waiting.push(link.remoteId);
      else if (!isThere(contact) || this.done.has(match.contactId))
        this.outdone.push({ kind: 'remote', key: link.remoteId });
      else this.planTied(link, contact);
    } else if (candidates !== undefined) {
      this.outcome.park({ link, contact: null }, { reason: 'ambiguous_match', candidates: [...candidates] });
    } else if (!personDecidesOn(link)) {
      this.planNew(link);
    }
  }

  /** Becomes a contact, where it is none yet that came in from what is only read. */
  private planNew(link: LinkRow): void {
    const { added, contacts, tied } = this.facts;
    const former = added.get(link.remoteId);
    const contact = contacts.get(former?.contactId ?? '');
    if (former === undefined || !isThere(contact)) {
      this.plan({ link, contact: null });
    } else if (tied.has(contact.id) || this.done.has(contact.id)) {
      this.outdone.push({ kind: 'remote', key: link.remoteId });
    } else {
      this.outcome.untie(former);
      this.planTied(link, contact);
    }
  }

  /** Who lives that a remote contact goes on with, which would else bring back one that is in the archive. */
  private livingOf(link: LinkRow, contact: PlannedContact): PlannedContact | undefined {
    const { sync, living, contacts, feeds } = this.facts;
    const found = contacts.get(living.get(link.remoteId) ?? '');
    if (!isThere(found)) return undefined;
    if (this.done.has(found.id) || this.isBeingMade(found.id)) return undefined;
    const open = this.openWrites.get(contact.id);
    // What was sent is settled by its executor, which plans again.
    if (open !== undefined && open.state !== 'planned') return undefined;
    return comesBack(sync, { link, contact }, feeds) ? found : undefined;
  }

  private planTied(row: LinkRow, contact: PlannedContact): void {
    this.done.add(contact.id).add(row.remoteId);
    this.plan({ link: this.outcome.tie(row, contact), contact });
  }

  private dropUnsent(contactId: string): void {
    const open = this.openWrites.get(contactId);
    if (open?.state === 'planned') this.dropped.push(open.id);
  }

  private isBeingMade(contactId: string): boolean {
    const open = this.openWrites.get(contactId);
    return open?.kind === 'create' && open.state !== 'planned';
  }

  /** It is known to go, or it will be; nothing else may be tied to it. */
  private isDouble(remoteId: string): boolean {
    return this.openWrites.has(remoteId) || this.facts.origins.get(remoteId)?.keeper !== undefined;
  }
}

/** As a person who says who it is leaves it (`tieByHand`); what is tied here is planned in the same breath. */
const isUnagreed = ({ localVersion, base }: LinkRow): boolean =>
  localVersion === 0 && base !== null && Object.keys(base).length === 0;
