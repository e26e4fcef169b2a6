/** What a batch of plans comes to in Postgres: gathered first, then written set by set in the batch's transaction. */
import type { Transaction } from '../../db/client.ts';
import { newId } from '../../db/ids.ts';
import { toJsonParameter } from '../../db/json-parameter.ts';
import { joinMemberships, writeMemberships } from '../../db/queries/contact-list-members.ts';
import {
  type ContactUpdate,
  insertConflicts,
  insertContacts,
  insertJournal,
  insertWrites,
  keepNoLonger,
  keepUntied,
  type LinkState,
  type NewConflict,
  type NewContact,
  type NewContactWrite,
  type NewJournalEntry,
  newlyTied,
  tiedBack,
  tieLink,
  updateContacts,
  writeLinkStates,
} from '../../db/queries/contact-outcome.ts';
import {
  closeContactQuestions,
  closeMakersQuestions,
  openPassingConflicts,
  type PassingConflict,
} from '../../db/queries/contact-passing-conflicts.ts';
import type { LinkRow } from '../../db/queries/contact-planning.ts';
import { dropAnsweredMatches } from '../../db/queries/contact-questions.ts';
import {
  noteElsewhere,
  noteMatchesElsewhere,
  noteRecords,
  noteWork,
} from '../../db/queries/contact-queue.ts';
import { addRunCounts, noCounts } from '../../db/queries/runs.ts';
import { type LinkBases, personDecides } from '../../db/schema/index.ts';
import { type ContactFields, type FieldName, isBlank } from '../../sync/contact-fields.ts';
import { flowOf } from '../../sync/list-flow.ts';
import type { FieldBases } from '../../sync/map-contact.ts';
import type { ContactPlan, Operation, Park } from '../../sync/operations.ts';
import { groupsOf, type Person } from '../../sync/person.ts';
import { conflictOfCreate, conflictOfPark, conflictOfValues, type Planning } from './conflict-rows.ts';
import type { ContactSync } from './contact-sync.ts';
import { type Origin, spareDouble } from './find-origins.ts';
import { toLocalContact } from './local-contact.ts';
import type { Candidate } from './plan-candidate.ts';

type Values = Readonly<Record<string, string | null>>;

export class PlanOutcome {
  private readonly sync: ContactSync;
  private readonly runId: string;
  private readonly now: string;
  private readonly planning: Planning;
  private readonly fields: string[];
  private readonly links = new Map<string, { -readonly [K in keyof LinkState]: LinkState[K] }>();
  private readonly created: (NewContact & { readonly groups: readonly string[] })[] = [];
  private readonly updated: ContactUpdate[] = [];
  private readonly intents = new Map<string, NewContactWrite>();
  private readonly conflicts: NewConflict[] = [];
  /** Conflicts that ask which of several it is, and of whom. */
  private readonly asked = new Map<string, string>();
  private readonly journal: NewJournalEntry[] = [];
  private readonly again: string[] = [];
  /** Contacts that are made at the provider, and were not there before. */
  private readonly made: string[] = [];
  /** Contacts that were matched with remote ones, by us or by a person. */
  private readonly tied: string[] = [];
  /** Contacts whose remote ones are there again. */
  private readonly tiedBack: string[] = [];
  /** Contacts that this integration feeds no more, wholly or in a field: another account's value may count from now on. */
  private readonly released: string[] = [];
  /** Contacts that are planned: what was refused of them, or could not be held, is tried again or is over. */
  private readonly planned = new Set<string>();
  /** Values that the provider can not hold, each of a field of its own. */
  private readonly unstorable: PassingConflict[] = [];
  /** Contacts in the archive whose remote ones go on with others. */
  private readonly left: string[] = [];
  private readonly relinked: { remoteId: string; contactId: string }[] = [];
  private counts = { ...noCounts };

  constructor(sync: ContactSync, { runId, now }: { runId: string; now: string }) {
    this.sync = sync;
    this.runId = runId;
    this.now = now;
    this.planning = { sync, runId, now };
    this.fields = sync.settings.mapping.fields.map(({ field }) => field);
  }

  /**
   * `tiedElsewhere`: another integration has the contact, whose values may count once this one has none. `pushes`: an
   * update at the provider is under way, beyond what the plan says.
   */
  take(
    candidate: Candidate,
    plan: ContactPlan,
    hints: { tiedElsewhere?: boolean; pushes?: boolean } = {},
  ): void {
    const { link, contact } = candidate;
    const { tiedElsewhere = false } = hints;
    const contactId = contact?.id ?? link?.contactId;
    // Of one whose create is open nothing is planned.
    if (contactId != null && candidate.hasOpenCreate !== true) {
      this.planned.add(contactId);
      // Planned as restored, also where there was nothing to do: from now on it can be deleted like any other.
      if (link !== null && link.returnedAt !== null) this.edit(link).returnedAt = null;
    }
    const pushes = hints.pushes ?? plan.operations.some(({ kind }) => kind === 'update_remote');
    for (const operation of plan.operations) {
      this.perform(operation, candidate, { plan, pushes, tiedElsewhere });
    }
    const isParked = plan.operations.some(({ kind }) => kind === 'park');
    if (link?.parked && !isParked && !personDecides.includes(link.parked.reason)) {
      this.edit(link).parked = null;
    }
    this.conflicts.push(...plan.conflicts.map((entry) => conflictOfValues(this.planning, entry)));
  }

  /** The contact of a pair that has not agreed on anything yet: each side's memberships go to the other. */
  join(contactId: string): void {
    this.planned.add(contactId);
    this.tied.push(contactId);
  }

  /** Ties a remote contact to a contact that it matches; they are planned afterwards as if they never agreed. */
  tie(link: LinkRow, contact: { id: string }): LinkRow {
    this.join(contact.id);
    const state = Object.assign(this.edit(link), newlyTied(contact.id, this.sync.mappingVersion));
    return { ...link, ...state };
  }

  /** Ties a remote contact that is there again to the contact that it had, with what both had agreed on. */
  tieBack(link: LinkRow, contact: { id: string }): LinkRow {
    this.planned.add(contact.id);
    this.tiedBack.push(contact.id);
    const state = Object.assign(this.edit(link), tiedBack(link, contact.id));
    return { ...link, ...state };
  }

  /**
   * What is known of one that is gone is kept for when its contact is made there again, or it is back itself; and of one that is
   * there, while its contact is in the archive (`mayGoOn`), for when that comes out of it.
   */
  untie(link: LinkRow, mayGoOn = false): void {
    const state = Object.assign(this.edit(link), { contactId: null, parked: null, returnedAt: null });
    if (link.tombstonedAt === null && !mayGoOn) {
      state.base = null;
      return;
    }
    state.formerOf = link.contactId;
    // Written down, for its shadow is another one when it is back.
    state.base = this.merged(link, {});
    state.mappingVersion = this.sync.mappingVersion;
  }

  /** A contact in the archive whose remote one goes on with another: a person who restores it has it here alone. */
  leave({ contactId }: LinkRow): void {
    if (contactId !== null) this.left.push(contactId);
  }

  /** A double of a create of ours: it goes if nobody touched it, else a person decides. */
  spare(link: LinkRow, { keeper, isUntouched, body }: Origin): void {
    if (keeper === undefined) return;
    if (!isUntouched || !this.sync.writes) {
      this.park({ link, contact: null }, { reason: 'duplicate_marker', candidates: [keeper] });
      return;
    }
    const { integrationId } = this.sync;
    const { runId, now } = this;
    const { remoteId } = link;
    this.intents.set(remoteId, spareDouble({ integrationId, runId, now, remoteId, keeper, body }));
  }

  /** A double of a create of ours that was merged into somebody else's contact: what is there stays, and a person is told. */
  tellMerged({ remoteId, contactId }: LinkRow, { opId, contactId: maker, keeper }: Origin): void {
    if (keeper === undefined || contactId === maker) return;
    const of = { opId, contactId: maker, remoteId };
    this.conflicts.push(conflictOfCreate(this.planning, { reason: 'double_merged' }, of));
  }

  /** Leaves a contact or a remote contact to a person, and shows it once. */
  park(candidate: Candidate, park: Omit<Park, 'kind'>): void {
    const { link, contact } = candidate;
    const { reason, field, candidates } = park;
    const contactId = contact?.id ?? link?.contactId ?? null;
    const conflict = conflictOfPark(this.planning, park, { contactId, remoteId: link?.remoteId });
    if (reason === 'ambiguous_match') this.asked.set(conflict.id, contactId ?? link?.remoteId ?? '');
    if (link !== null) {
      const { parked } = link;
      const isKnown =
        parked?.reason === reason &&
        parked.field === field &&
        JSON.stringify(parked.candidates) === JSON.stringify(candidates);
      // An answered question goes (`dropAnswered`), so that one that comes up again is asked again; of a field another value is.
      if (isKnown && reason !== 'ambiguous_match' && reason !== 'unstorable_value') return;
      const details = {
        ...(field === undefined ? {} : { field }),
        ...(candidates === undefined ? {} : { candidates }),
      };
      if (!isKnown) this.edit(link).parked = { reason, ...details, since: this.now };
      // The remote contact is gone: what another account has of it counts meanwhile.
      if (reason === 'maybe_merged' && link.contactId !== null) this.released.push(link.contactId);
    }
    if (reason === 'unstorable_value' && contact !== null && field !== undefined) {
      const localValue = (toLocalContact(contact).fields as Values)[field] ?? null;
      const { id: _, ...told } = conflict;
      const { integrationId } = this.sync;
      this.unstorable.push({
        ...told,
        integrationId,
        kind: reason,
        contactId: contact.id,
        field,
        localValue,
      });
      return;
    }
    this.conflicts.push(conflict);
  }

  /**
   * Of records that were planned: questions who they are that a tie or a change of either side has answered go, and those
   * whom they named or who shared a candidate with them are planned, too, for they may be clear or have fewer candidates
   * now. `planned`: ids of both sides.
   */
  async dropAnswered(tx: Transaction, planned: ReadonlySet<string>): Promise<void> {
    const { integrationId } = this.sync;
    const ids = [...planned];
    const concerned = await dropAnsweredMatches(tx, { integrationId, ids, asked: [...this.asked.keys()] });
    // Who was asked about a moment ago may have named one that this batch ties to somebody else.
    const askedAbout = new Set(this.asked.values());
    const isDone = (id: string): boolean => planned.has(id) && !askedAbout.has(id);
    const records = concerned.filter(({ key }) => !isDone(key));
    await noteRecords(tx, { integrationId, records, dueAt: this.now });
  }

  async write(tx: Transaction): Promise<void> {
    const { integrationId } = this.sync;
    const { fields, now } = this;
    await insertContacts(tx, this.sync, { fields, rows: this.created });
    const createdIds = this.created.map(({ id }) => id);
    await noteMatchesElsewhere(tx, { integrationId, contactIds: createdIds, now });
    const flow = flowOf(this.sync.lists);
    const grouped = this.created.map(({ id, groups }) => JSON.stringify({ id, groups }));
    if (grouped.length > 0 && flow.pulls) {
      await writeMemberships(tx, { integrationId, contacts: toJsonParameter(grouped), made: 'all' });
    }
    await updateContacts(tx, { fields, now, rows: this.updated });
    await writeLinkStates(tx, { integrationId, now, links: [...this.links.values()] });
    await keepUntied(tx, { contactIds: this.left, now });
    const { mappingVersion } = this.sync;
    for (const tie of this.relinked) await tieLink(tx, { integrationId, mappingVersion, ...tie });
    const anew = [...this.tied, ...this.relinked.map(({ contactId }) => contactId)];
    const newlyTied = [...anew, ...this.tiedBack];
    await keepNoLonger(tx, newlyTied);
    if (!flow.pulls) newlyTied.push(...createdIds);
    await joinMemberships(tx, { integrationId, runId: this.runId, contactIds: newlyTied, anew, flow });
    await insertWrites(tx, [...this.intents.values()]);
    const { unstorable } = this;
    await closeContactQuestions(tx, {
      ...{ integrationId, contactIds: [...this.planned], asked: unstorable },
    });
    await closeMakersQuestions(tx, { integrationId, contactIds: this.made });
    this.counts.conflicts = await insertConflicts(tx, this.conflicts);
    this.counts.conflicts += await openPassingConflicts(tx, unstorable);
    await insertJournal(tx, this.journal);
    await noteWork(tx, { integrationId, kind: 'remote', keys: this.again, dueAt: now });
    const changed = [...this.updated.map(({ id }) => id), ...this.released];
    await noteElsewhere(tx, { integrationId, contactIds: changed, now });
    if (Object.values(this.counts).some((count) => count > 0))
      await addRunCounts(tx, this.runId, this.counts);
  }

  private perform(
    operation: Operation,
    candidate: Candidate,
    { plan, pushes, tiedElsewhere }: { plan: ContactPlan; pushes: boolean; tiedElsewhere: boolean },
  ): void {
    const { contact } = candidate;
    const link = candidate.link as LinkRow;
    if (this.releases(operation, link, tiedElsewhere)) this.released.push(link.contactId as string);
    switch (operation.kind) {
      case 'create_local': {
        const id = newId('con');
        this.created.push({
          id,
          values: operation.fields as Values,
          remoteEditedAt: link.remoteUpdatedAt,
          groups: groupsOf(link.shadow as Person),
        });
        // The bases are what the mapping reads from the shadow, which need not be written down.
        Object.assign(this.edit(link), {
          ...{ contactId: id, localVersion: 1, mappingVersion: this.sync.mappingVersion },
          ...{ base: null, parked: null, returnedAt: null },
        });
        this.note({ contactId: id, link, action: 'create', after: operation.fields, rules: plan.rules });
        this.counts.created += 1;
        return;
      }
      case 'update_local':
      case 'restore_local': {
        if (contact === null) return;
        const before = toLocalContact(contact).fields;
        this.updated.push({
          id: contact.id,
          values: { ...before, ...operation.fields } as Values,
          archivedAt: null,
          remoteEditedAt: link.remoteUpdatedAt,
        });
        const state = this.edit(link);
        state.base = this.merged(link, operation.bases);
        state.mappingVersion = this.sync.mappingVersion;
        state.returnedAt = null;
        // With a push under way both agree only once that is acked.
        if (!pushes) state.localVersion = contact.version + 1;
        this.note({
          contactId: contact.id,
          link,
          action: operation.kind === 'restore_local' ? 'restore' : 'update',
          before: pick(before, operation.fields),
          after: operation.fields,
          rules: plan.rules,
        });
        this.counts.updated += 1;
        return;
      }
      case 'archive_local': {
        if (contact === null) return;
        const state = this.edit(link);
        const before = toLocalContact(contact).fields;
        const archived = { archivedAt: this.now, remoteEditedAt: null };
        this.updated.push({ id: contact.id, values: before as Values, ...archived });
        state.localVersion = contact.version + 1;
        this.note({ contactId: contact.id, link, action: 'archive', before });
        this.counts.deleted += 1;
        return;
      }
      case 'rebase': {
        const state = this.edit(link);
        state.base = this.merged(link, operation.bases);
        state.mappingVersion = this.sync.mappingVersion;
        state.returnedAt = null;
        if (!pushes) state.localVersion = operation.localVersion;
        return;
      }
      case 'unlink':
        this.untie(link, contact?.archivedAt != null);
        return;
      case 'link':
        // Rule 17: the person lives on under the other id.
        Object.assign(this.edit(link), { contactId: null, base: null, parked: null });
        this.again.push(operation.resourceName);
        this.relinked.push({ remoteId: operation.resourceName, contactId: operation.contactId });
        return;
      case 'tombstone':
        this.edit(link).tombstonedAt = link.tombstonedAt ?? this.now;
        return;
      case 'park':
        this.park(candidate, operation);
        return;
      case 'create_remote':
        if (operation.replaces === undefined) this.made.push(operation.contactId);
        else this.untie(link);
        this.intend(operation.contactId, { kind: 'create', localVersion: operation.localVersion, operation });
        return;
      case 'update_remote':
        this.intend(operation.contactId, {
          kind: 'update',
          localVersion: operation.localVersion,
          remoteId: operation.resourceName,
          operation,
        });
        return;
      case 'delete_remote':
        this.intend(operation.contactId, {
          kind: 'delete',
          localVersion: contact?.version ?? 0,
          remoteId: operation.resourceName,
          operation: { ...operation, snapshot: undefined },
          snapshot: operation.snapshot as NewContactWrite['snapshot'],
        });
    }
  }

  private releases(operation: Operation, link: LinkRow, tiedElsewhere: boolean): boolean {
    switch (operation.kind) {
      case 'unlink':
      case 'link':
        return true;
      case 'update_local':
      case 'rebase': {
        const known = tiedElsewhere ? this.sync.basesOf(link, link.shadow as Person) : {};
        return Object.entries(operation.bases).some(
          ([field, base]) =>
            isBlank(base?.remote ?? null) && !isBlank(known[field as FieldName]?.remote ?? null),
        );
      }
      default:
        return false;
    }
  }

  private edit(link: LinkRow): { -readonly [K in keyof LinkState]: LinkState[K] } {
    const known = this.links.get(link.remoteId);
    if (known !== undefined) return known;
    const { remoteId, contactId, formerOf, localVersion, mappingVersion } = link;
    const { base, parked, returnedAt, tombstonedAt } = link;
    const state = {
      remoteId,
      contactId,
      formerOf,
      localVersion,
      mappingVersion,
      base,
      parked,
      returnedAt,
      tombstonedAt,
    };
    this.links.set(remoteId, state);
    return state;
  }

  private merged(link: LinkRow, bases: FieldBases): LinkBases {
    return { ...this.sync.basesOf(link, link.shadow as Person), ...bases } as LinkBases;
  }

  private intend(
    recordId: string,
    write: Pick<NewContactWrite, 'kind' | 'localVersion' | 'remoteId' | 'snapshot'> & { operation: object },
  ): void {
    if (this.intents.has(recordId)) return;
    this.intents.set(recordId, {
      ...write,
      ...{ id: newId('op'), integrationId: this.sync.integrationId, runId: this.runId, recordId },
      ...{ operation: write.operation as NewContactWrite['operation'], createdAt: this.now, dueAt: this.now },
    });
  }

  private note(entry: {
    contactId: string;
    link: LinkRow;
    action: NewJournalEntry['action'];
    before?: ContactFields;
    after?: ContactFields;
    rules?: ContactPlan['rules'];
  }): void {
    this.journal.push({
      ...{ integrationId: this.sync.integrationId, runId: this.runId, side: 'harmony', at: this.now },
      ...{ contactId: entry.contactId, remoteId: entry.link.remoteId, action: entry.action },
      before: (entry.before as Values | undefined) ?? null,
      after: (entry.after as Values | undefined) ?? null,
      rules: (entry.rules as Record<string, string> | undefined) ?? null,
    });
  }
}

function pick(values: ContactFields, like: ContactFields): ContactFields {
  const picked: Record<string, string | null> = {};
  for (const field of Object.keys(like)) picked[field] = (values as Values)[field] ?? null;
  return picked as ContactFields;
}
