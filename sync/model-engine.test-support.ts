// A small engine around the real planner, for the model tests: the mirror, the links, acks, and the faults on the way.
// Every write passes `Oracle`, which knows the truth of both sides and refuses what an invariant forbids.
import { basesFromAck } from './acknowledge.ts';
import { checkBreaker } from './breaker.ts';
import { forgetBases } from './change-mapping.ts';
import type { FieldName } from './contact-fields.ts';
import type { CompiledMapping } from './map-contact.ts';
import { matchContacts } from './match-contacts.ts';
import type { PlanSettings } from './merge-fields.ts';
import type { ModelGoogle } from './model-google.test-support.ts';
import {
  type Fault,
  GRACE_MS,
  ModelMirror,
  type PassOptions,
  type Row,
} from './model-mirror.test-support.ts';
import type { Oracle } from './model-oracle.test-support.ts';
import { isStaleObservation, supersededBy } from './observation.ts';
import type {
  ConflictEntry,
  ContactLink,
  ContactPlan,
  LocalContact,
  Operation,
  RemoteUpdate,
} from './operations.ts';
import { contactSource, markersOf, type Person } from './person.ts';
import { planContact, withMarker } from './plan-contact.ts';
import { countDeletes } from './plan-summary.ts';
import { isUntouched, recoverCreate } from './recover-create.ts';

interface OpenCreate {
  opId: string;
  body: Person;
  sentAtMs: number;
}

export class ModelEngine {
  readonly mirror: ModelMirror;
  readonly conflicts: ConflictEntry[] = [];
  readonly openCreates = new Map<string, OpenCreate>();
  parked: Operation[] = [];
  isRunParked = false;
  /** Writes on either side in the last pass. */
  writes = 0;
  settings: PlanSettings;
  readonly google: ModelGoogle;
  readonly locals: Map<string, LocalContact>;
  readonly oracle: Oracle;
  private operations = 0;
  private remoteWrites = 0;

  constructor(parts: {
    settings: PlanSettings;
    google: ModelGoogle;
    locals: Map<string, LocalContact>;
    oracle: Oracle;
  }) {
    this.settings = parts.settings;
    this.google = parts.google;
    this.mirror = new ModelMirror(parts.google);
    this.locals = parts.locals;
    this.oracle = parts.oracle;
  }

  get rows(): Map<string, Row> {
    return this.mirror.rows;
  }

  get mapping(): CompiledMapping {
    return this.settings.mapping;
  }

  /** Named after its origin, so that a history reads the same whatever its order. */
  private contactIdFor(resourceName: string): string {
    let id = `con_${resourceName}`;
    while (this.locals.has(id)) id += "'";
    return id;
  }

  changeMapping(settings: PlanSettings, changed: readonly FieldName[]): void {
    this.settings = settings;
    for (const row of this.rows.values()) {
      if (row.link) row.link.bases = forgetBases(row.link.bases, changed);
    }
  }

  pass(options: PassOptions): void {
    this.writes = 0;
    this.parked = [];
    this.remoteWrites = 0;
    const startedAtMs = this.google.nowMs;
    const isComplete = this.mirror.ingest(options);
    if (options.kind === 'full' && isComplete) this.mirror.inferAbsence(startedAtMs, options);
    this.recoverCreates(options, startedAtMs, isComplete);
    const review = this.linkMatches();
    const plans = this.planAll(review, options);
    const links = [...this.rows.values()].filter(({ link }) => link && !link.tombstoned).length;
    const listing = { complete: options.kind === 'full' && isComplete, contacts: this.google.live().length };
    const deletes = countDeletes(plans);
    this.isRunParked = checkBreaker({ links, deletes, listing }).tripped;
    if (this.isRunParked) return;
    this.oracle.allowDeletes(deletes, links);
    for (const plan of plans) this.execute(plan, options);
  }

  private recoverCreates({ kind }: PassOptions, startedAtMs: number, complete: boolean): void {
    for (const [contactId, open] of [...this.openCreates]) {
      const carriers = [...this.rows.values()]
        .filter((row) => !row.isDeleted && markersOf(row.person).includes(open.opId))
        .map(({ person, link }) => ({
          person,
          linked: link !== null,
          merged: link !== null && link.contactId !== contactId,
          untouched: isUntouched(person, open.body),
        }));
      const listing = { kind, complete, startedAtMs };
      const recovery = recoverCreate({ sentAtMs: open.sentAtMs, carriers, listing, graceMs: GRACE_MS });
      if (recovery.action === 'wait') continue;
      if (recovery.action === 'review') {
        const { candidates } = recovery;
        this.parked.push({ kind: 'park', contactId, reason: 'maybe_merged', candidates });
        continue;
      }
      this.openCreates.delete(contactId);
      if (recovery.action === 'resend') continue;
      this.link(contactId, recovery.keep);
    }
  }

  private link(contactId: string, resourceName: string): void {
    for (const row of this.rows.values()) if (row.link?.contactId === contactId) row.link = null;
    const row = this.rows.get(resourceName);
    const local = this.locals.get(contactId);
    if (row && local) row.link = { contactId, resourceName, localVersion: 0, bases: {} };
  }

  /** Links what matches one to one; gives the ids that wait for a person. */
  private linkMatches(): Set<string> {
    const linked = new Set([...this.rows.values()].flatMap(({ link }) => link?.contactId ?? []));
    const locals = [...this.locals.values()].filter(
      ({ id, archived }) => !archived && !linked.has(id) && !this.openCreates.has(id),
    );
    const persons = [...this.rows.values()]
      .filter((row) => !row.link && !row.isDeleted)
      .map(({ person }) => person);
    const { links, review } = matchContacts({ locals, persons });
    for (const { contactId, resourceName } of links) this.link(contactId, resourceName);
    return new Set(review.flatMap(({ contactIds, resourceNames }) => [...contactIds, ...resourceNames]));
  }

  private planAll(review: ReadonlySet<string>, { isShuffled }: PassOptions): ContactPlan[] {
    const plans: ContactPlan[] = [];
    const linked = new Set<string>();
    for (const [name, row] of this.rows) {
      if (row.link) linked.add(row.link.contactId);
      if (!review.has(name)) plans.push(this.planRow(row));
    }
    for (const local of this.locals.values()) {
      if (linked.has(local.id) || review.has(local.id)) continue;
      const hasOpenCreate = this.openCreates.has(local.id);
      plans.push(planContact(this.settings, { local, remote: { state: 'none' }, link: null, hasOpenCreate }));
    }
    return isShuffled ? plans.reverse() : plans;
  }

  private planRow(row: Row, person: Person = row.person): ContactPlan {
    const local = row.link ? (this.locals.get(row.link.contactId) ?? null) : null;
    if (row.isDeleted && !row.link) return { operations: [], conflicts: [], rules: {} };
    const hasOpenCreate = local !== null && this.openCreates.has(local.id);
    const state = row.isDeleted ? 'deleted' : 'live';
    return planContact(this.settings, { local, remote: { state, person }, link: row.link, hasOpenCreate });
  }

  private execute(plan: ContactPlan, options: PassOptions): void {
    this.conflicts.push(...plan.conflicts);
    for (const operation of plan.operations) this.perform(operation, plan, options);
  }

  /** With a push under way both sides agree only once that is acked. */
  private agreedVersion({ operations }: ContactPlan, link: ContactLink, version: number): number {
    return operations.some(({ kind }) => kind === 'update_remote') ? link.localVersion : version;
  }

  private perform(operation: Operation, plan: ContactPlan, options: PassOptions): void {
    switch (operation.kind) {
      case 'create_local': {
        const { resourceName, fields, bases } = operation;
        const row = this.rows.get(resourceName) as Row;
        this.oracle.checkPull(this, null, fields, plan.conflicts);
        const id = this.contactIdFor(resourceName);
        this.locals.set(id, { id, version: 1, fields, ...editedThere(row) });
        row.link = { contactId: id, resourceName, localVersion: 1, bases };
        this.writes++;
        return;
      }
      case 'update_local':
      case 'restore_local': {
        const local = this.locals.get(operation.contactId) as LocalContact;
        if (local.version !== operation.expectedVersion) return;
        this.oracle.checkPull(this, local, operation.fields, plan.conflicts);
        const row = this.rows.get(operation.resourceName) as Row;
        local.fields = { ...local.fields, ...operation.fields };
        Object.assign(local, editedThere(row));
        local.version++;
        local.archived = false;
        const link = this.merged(row, operation.bases);
        row.link = { ...link, localVersion: this.agreedVersion(plan, link, local.version) };
        this.writes++;
        return;
      }
      case 'archive_local': {
        const local = this.locals.get(operation.contactId) as LocalContact;
        const row = this.rows.get(operation.resourceName) as Row;
        if (local.version !== operation.expectedVersion) return;
        this.oracle.checkArchive(this, local, operation.resourceName, row.isShownDeleted);
        local.archived = true;
        local.version++;
        row.link = { ...(row.link as ContactLink), localVersion: local.version, tombstoned: true };
        this.writes++;
        return;
      }
      case 'rebase': {
        const row = this.rows.get(operation.resourceName) as Row;
        const link = this.merged(row, operation.bases);
        row.link = { ...link, localVersion: this.agreedVersion(plan, link, operation.localVersion) };
        return;
      }
      case 'tombstone': {
        const row = this.rows.get(operation.resourceName) as Row;
        row.link = { ...(row.link as ContactLink), tombstoned: true };
        return;
      }
      case 'unlink': {
        const row = this.rows.get(operation.resourceName) as Row;
        row.link = null;
        return;
      }
      case 'create_remote':
      case 'update_remote':
      case 'delete_remote':
        this.writeRemote(operation, plan, options);
        return;
      case 'link':
        this.link(operation.contactId, operation.resourceName);
        return;
      case 'park':
        this.parked.push(operation);
    }
  }

  private merged(row: Row, bases: ContactLink['bases']): ContactLink {
    const link = row.link as ContactLink;
    return { ...link, bases: { ...link.bases, ...bases }, tombstoned: false };
  }

  private writeRemote(
    operation: Extract<Operation, { kind: 'create_remote' | 'update_remote' | 'delete_remote' }>,
    plan: ContactPlan,
    options: PassOptions,
  ): void {
    const fault = options.fault?.(this.remoteWrites++) ?? 'none';
    const local = this.locals.get(operation.contactId) as LocalContact;
    if (fault === 'local_edit') this.oracle.editLocal(local, 'notes', `race ${local.version}`, this.mapping);
    if (operation.kind === 'create_remote') {
      this.oracle.checkPush(this, local, operation.sent, null, plan.conflicts);
      const opId = `op_${++this.operations}`;
      const former = this.rows.get(operation.replaces ?? '');
      if (former !== undefined) former.link = null;
      const open = { opId, body: operation.body, sentAtMs: this.google.nowMs };
      this.openCreates.set(local.id, open);
      this.writes++;
      if (fault === 'lost_request') return;
      const answer = this.google.create(withMarker(operation.body, opId), local.id);
      if (former !== undefined) this.oracle.checkMadeAnew(this, former.person, answer);
      if (fault === 'lost_answer') return;
      this.openCreates.delete(local.id);
      const { sent, body, localVersion } = operation;
      const agreed = operation.bases ?? {};
      const bases = basesFromAck({ mapping: this.mapping, bases: agreed, sent, body, answer });
      const link = { contactId: local.id, resourceName: answer.resourceName, localVersion, bases };
      this.rows.set(answer.resourceName, this.mirror.newRow(answer, link));
      return;
    }
    const row = this.rows.get(operation.resourceName) as Row;
    // Rules 9 and 16: read before writing, and plan again on what was read.
    const read = this.google.get(operation.resourceName, options.getLagMs ?? 0);
    if (!read || isStaleObservation(read, row)) return;
    row.person = read;
    this.mirror.remember(row, read);
    if (fault === 'remote_edit') this.oracle.editRemote(this.google, read.resourceName, 'nicknames', 'raced');
    const replanned = this.planRow(row, read);
    const again = replanned.operations.find(({ kind }) => kind === operation.kind);
    if (!again) return;
    this.writes++;
    if (again.kind === 'delete_remote') {
      // deleteContact takes no etag, so the race that is left is Google's own trash.
      const readableMs = this.google.nowMs - (options.getLagMs ?? 0);
      this.oracle.checkRemoteDelete(this, local, again.resourceName, readableMs);
      if (fault === 'lost_request') return;
      this.google.delete(again.resourceName);
      if (fault === 'lost_answer') return;
      this.mirror.markDeleted(row);
      row.link = { ...(row.link as ContactLink), tombstoned: true };
    } else
      this.update(again as RemoteUpdate, row, local, {
        fault,
        conflicts: [...plan.conflicts, ...replanned.conflicts],
      });
  }

  private update(
    { resourceName, mask, body, sent, localVersion }: RemoteUpdate,
    row: Row,
    local: LocalContact,
    { fault, conflicts }: { fault: Fault; conflicts: ConflictEntry[] },
  ): void {
    if (fault === 'lost_request') return;
    this.oracle.checkPush(this, local, sent, { resourceName, mask, body }, conflicts);
    const before = row.person;
    const answer = this.google.update(resourceName, mask, body);
    if (fault === 'lost_answer' || answer === 'failed_precondition' || answer === 'not_found') return;
    const link = row.link as ContactLink;
    const bases = basesFromAck({ mapping: this.mapping, bases: link.bases, sent, body, answer });
    row.link = { ...link, bases, localVersion };
    row.person = answer;
    row.supersededEtags.push(...supersededBy(before));
    this.mirror.remember(row, answer);
  }
}

function editedThere({ person }: Row): Pick<LocalContact, 'remoteEditedAt'> {
  const remoteEditedAt = contactSource(person)?.updateTime;
  return remoteEditedAt === undefined ? {} : { remoteEditedAt };
}
