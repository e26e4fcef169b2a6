/** One history: a person with an integration, the model of Google, and the real engine between them. */
import { eq } from 'drizzle-orm';
import { createActivities } from '../../activities/index.ts';
import type { Transaction } from '../../db/client.ts';
import { insertMappings, lockMappings } from '../../db/queries/contact-mappings.ts';
import { noteAllLinks, noteContactWork } from '../../db/queries/contact-work.ts';
import { storeCredential } from '../../db/queries/credentials.ts';
import { ensureUser } from '../../db/queries/identity.ts';
import { contacts, integrations, runs } from '../../db/schema/index.ts';
import { createSealer } from '../../db/sealing.ts';
import { createLogger } from '../../platform/logger.ts';
import { googleContacts } from '../../providers/google-contacts/index.ts';
import { changedFields, forgetBases } from '../../sync/change-mapping.ts';
import { type ContactFields, type FieldName, sameValue } from '../../sync/contact-fields.ts';
import { DEFAULT_FIELD_MAPPINGS, type FieldMapping } from '../../sync/default-mappings.ts';
import { combineDirections, type EffectiveDirection } from '../../sync/direction.ts';
import { compileMapping, type FieldBases } from '../../sync/map-contact.ts';
import type { PlanSettings } from '../../sync/merge-fields.ts';
import { ModelGoogle } from '../../sync/model-google.test-support.ts';
import { GRACE_MS, type Row } from '../../sync/model-mirror.test-support.ts';
import { InvariantBroken, Oracle } from '../../sync/model-oracle.test-support.ts';
import { ANCHOR, MINUTE_MS, pick, takeRemoteStep } from '../../sync/model-world.test-support.ts';
import type { ConflictEntry, LocalContact, Operation } from '../../sync/operations.ts';
import { markersOf, type Person, type PersonWithName } from '../../sync/person.ts';
import { sync } from '../../workflows/sync.ts';
import { type FaultKind, Gate, type Meddling, Schedule } from './gate.ts';
import { openGatedDatabase } from './gated-database.ts';
import { createModelAdapter, GoogleListings, type RemoteWrite } from './google-adapter.ts';
import type { History, Pass, Step } from './history.ts';
import { Lists } from './lists.ts';
import { createContact, editContact, type Harmony } from './local-side.ts';
import type { ModelGroups } from './model-groups.ts';
import type { Stage } from './stage.ts';
import { type Conflict, type Create, type Link, readTables, type Tables } from './tables.ts';
import { withCrew } from './workflow-runtime.ts';

const sealer = createSealer(`test:${Buffer.alloc(32, 1).toString('base64')}`);
const logger = createLogger('histories', 'silent');
const syncDirections = {
  both: 'bidirectional',
  from_provider: 'from_provider',
  to_provider: 'to_provider',
} as const;

let histories = 0;

/** What of the engine is compared with the truth, as the tables have it. */
interface View {
  settings: PlanSettings;
  mapping: PlanSettings['mapping'];
  google: ModelGoogle;
  locals: Map<string, LocalContact>;
  rows: Map<string, Row>;
  parked: Operation[];
  /** Values that gave way, the newest first. */
  log: readonly ConflictEntry[];
  creates: readonly Create[];
}

export class World implements Meddling {
  readonly google = new ModelGoogle();
  private readonly listings = new GoogleListings(this.google);
  private readonly oracle = new Oracle();
  private readonly lists: Lists;
  private readonly stage: Stage;
  private readonly harmony: Harmony;
  private readonly skewMs: number;
  private settings: Pick<History, 'direction' | 'mappings' | 'policy' | 'lists'>;
  /** All versions of the mapping, the first at index 0. */
  private readonly versions: (readonly FieldMapping[])[] = [];
  private counted = 0;
  /** As they were read last. */
  private tables: Tables | undefined;
  /** Contacts as they were when the oracle last looked. */
  private known = new Map<string, LocalContact>();
  private seenWrites = 0;
  private isOvertaking = false;
  private isPassing = false;
  private earlier: Pick<History, 'direction' | 'mappings'> | undefined;
  /** The settings that a fault brings about in the middle of a pass. */
  private readonly later: Extract<Step, { kind: 'settings' }>[] = [];

  private constructor(stage: Stage, harmony: Harmony, history: History) {
    this.stage = stage;
    this.harmony = harmony;
    this.settings = history;
    this.lists = new Lists(harmony, this.google, this.listings.groups);
    this.skewMs = history.skewSeconds * 1000;
    this.google.normalises = history.normalises;
    this.google.nowMs = stage.time.nowMs + this.skewMs;
    // Never deleted, so that the remote is never empty, which would park the run (rule 19).
    this.google.create({ names: [{ givenName: 'Anchor' }] }, ANCHOR);
  }

  static async open(stage: Stage, history: History): Promise<World> {
    const { db, workspaceId } = stage;
    const number = ++histories;
    const integrationId = `int_${number}`;
    const email = `person${number}@example.com`;
    const userId = await ensureUser(db, { workspaceId, name: 'Person', email });
    const syncDirection = syncDirections[history.direction];
    await db.insert(integrations).values({
      ...{ id: integrationId, workspaceId, userId, provider: googleContacts.id, authKind: 'oauth' },
      ...{ phase: 'active', accountId: email, accountName: email, conflictPolicy: history.policy },
      ...{ syncDirection, approvedDirection: syncDirection },
    });
    const tokens = { accessToken: 'token', refreshToken: 'token', expiresAt: '2099-01-01T00:00:00Z' };
    await storeCredential(db, sealer, { integrationId, grantKey: email, tokens });
    const world = new World(stage, { db, workspaceId, userId, integrationId }, history);
    await db.transaction((tx) => world.storeMapping(tx));
    for (const person of history.persons) world.google.create(person);
    for (const fields of history.contacts) await world.take({ kind: 'local_create', fields });
    return world;
  }

  async play(steps: readonly Step[]): Promise<void> {
    this.later.push(...steps.filter((step) => step.kind === 'settings'));
    for (const step of steps) {
      await this.advance(MINUTE_MS);
      await this.take(step);
      // A pass has looked already.
      if (step.kind !== 'pass') this.oracle.witness(await this.look());
    }
  }

  /** Lets everything settle, then checks what must hold at rest, and that another pass writes no row and calls nothing. */
  async rest(): Promise<void> {
    this.listings.visibility = { lagMs: () => 0, getLagMs: 0, pageSize: 100 };
    for (let pass = 0; pass < 8; pass++) {
      const before = await this.fingerprint();
      await this.advance(4 * GRACE_MS);
      await this.run('full', new Schedule());
      if (before === (await this.fingerprint()) && !(await this.read()).hasOpenWrites) {
        const view = await this.look();
        this.oracle.checkRest(view);
        this.oracle.checkComplete(view);
        this.checkDoubles(view);
        await this.lists.checkRest(this.listDirection);
        await this.expectQuiet('incremental', before);
        return;
      }
    }
    throw new InvariantBroken('invariant 12: still writing after eight passes without a fault');
  }

  /** What is there on both sides and between them, to read beside a failure. */
  async picture(): Promise<string> {
    const view = await this.look();
    const brief = (values: object) => JSON.stringify(values);
    return [
      ...this.google
        .names()
        .map((name) => `Google ${brief(this.google.get(name) ?? { name, deleted: true })}`),
      ...[...view.rows].map(([name, { link, isDeleted }]) => `link ${name} ${brief({ ...link, isDeleted })}`),
      ...[...view.locals.values()].map((contact) => `Harmony ${brief(contact)}`),
      ...view.parked.map((park) => brief(park)),
    ].join('\n');
  }

  get groups(): ModelGroups {
    return this.listings.groups;
  }

  /** Of the lists that are not archived. */
  listNames(): Promise<string[]> {
    return this.lists.names();
  }

  get providerWrites(): readonly RemoteWrite[] {
    return this.listings.writes;
  }

  private async expectQuiet(mode: 'full' | 'incremental', before: string): Promise<void> {
    await this.run(mode, new Schedule());
    if ((await this.fingerprint()) !== before)
      throw new InvariantBroken(`invariant 5: a second ${mode} pass wrote`);
  }

  /** Changes with every write of a row that means something, and every write at the provider. */
  private async fingerprint(): Promise<string> {
    const { writes, groups } = this.listings;
    return `${(await this.read()).fingerprint} ${writes.length} ${groups.writes.length}`;
  }

  /** Read once, until somebody may have written; nobody but a pass and a person's edit does. */
  private async read(): Promise<Tables> {
    if (this.isPassing) return readTables(this.harmony);
    this.tables ??= await readTables(this.harmony);
    return this.tables;
  }

  /** Invariant 6 beyond one marker: a create that came through late has a double with a marker of its own. */
  private checkDoubles({ parked, rows, creates }: View): void {
    for (const { id, contactId, state } of creates) {
      const made = this.google.live().find((person) => markersOf(person).includes(id))?.resourceName;
      const isParked = parked.some((park) => 'resourceName' in park && park.resourceName === made);
      if (state !== 'dropped' || made === undefined || isParked) continue;
      const isTied = (name: string) => rows.get(name)?.link?.contactId === contactId;
      const others = [...rows.keys()].filter((name) => name !== made && this.google.get(name));
      if (!isTied(made) && others.some(isTied)) throw new InvariantBroken(`invariant 6: ${made} is a double`);
    }
  }

  private async advance(ms: number): Promise<void> {
    await this.stage.time.advance(ms);
    this.google.nowMs = this.stage.time.nowMs + this.skewMs;
  }

  private async take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'pass':
        return this.pass(step);
      case 'local_create':
        this.tables = undefined;
        return createContact(
          this.harmony,
          `con_${this.harmony.integrationId}_${++this.counted}`,
          step.fields,
        );
      case 'local_edit': {
        const contact = pick(await this.contacts(), step.at);
        if (contact && !contact.archived) await this.editLocally(contact, step.field, step.value);
        return;
      }
      case 'local_delete': {
        const contact = pick(await this.contacts(), step.at);
        const isAnchor = contact?.fields.firstName === 'Anchor';
        if (!contact || contact.archived || isAnchor) return;
        return this.edit(contact.id, { archived: true });
      }
      case 'local_restore': {
        const contact = pick(await this.contacts(), step.at);
        if (!contact?.archived) return;
        return this.edit(contact.id, { archived: false });
      }
      case 'mapping_back': {
        const mappings = pick(this.versions, step.at) ?? this.settings.mappings;
        return this.changeSettings({ direction: this.settings.direction, mappings });
      }
      case 'remote_merge':
        return this.merge(step);
      case 'tokens_expire':
        return this.listings.expireTokens();
      case 'days_pass':
        return this.advance(step.days * 24 * 60 * MINUTE_MS);
      case 'settings':
        this.later.shift();
        return this.changeSettings(step);
      case 'list_create':
      case 'list_rename':
      case 'list_archive':
      case 'list_restore':
      case 'list_member':
      case 'group_create':
      case 'group_rename':
      case 'group_delete':
      case 'group_member':
        this.tables = undefined;
        return this.lists.take(step);
      default:
        takeRemoteStep(step, this.google, compileMapping(this.settings.mappings), this.oracle);
    }
  }

  private merge(step: Extract<Step, { kind: 'remote_merge' }>): void {
    const anchor = `people/${ANCHOR}`;
    const name = pick(this.google.names(), step.at);
    const other = pick(this.google.names(), step.with);
    if (name === undefined || other === undefined || other === anchor || name === anchor) return;
    this.google.merge(name, other, step.as);
  }

  private async editLocally(contact: LocalContact, field: FieldName, value: string | null): Promise<void> {
    const view = await this.look();
    const lenient = this.withEarlierSettings(view);
    this.checkPulls(lenient);
    // What a pass brought that is not over yet was there, too.
    this.oracle.witness(lenient);
    const now = view.locals.get(contact.id);
    if (now === undefined) return;
    this.oracle.noteLocalEdit(now, field);
    await this.edit(contact.id, { [field]: value });
  }

  /** What a person did is no work of the engine. */
  private async edit(contactId: string, change: Parameters<typeof editContact>[2]): Promise<void> {
    this.tables = undefined;
    await editContact(this.harmony, contactId, change);
    const now = (await this.read()).locals.get(contactId);
    if (now !== undefined) this.known.set(contactId, now);
  }

  private async changeSettings({
    direction,
    mappings,
  }: Pick<History, 'direction' | 'mappings'>): Promise<void> {
    const after = { direction, mappings };
    if (changedFields(this.settings, after).length === 0 && direction === this.settings.direction) return;
    if (this.isPassing) this.earlier = this.settings;
    this.settings = { ...this.settings, ...after };
    this.tables = undefined;
    const { db, integrationId, userId } = this.harmony;
    const syncDirection = syncDirections[direction];
    // As when a plan that a person has seen is applied: everything is looked at again.
    await db.transaction(async (tx) => {
      await lockMappings(tx, integrationId);
      await this.storeMapping(tx);
      await tx
        .update(integrations)
        .set({ syncDirection, approvedDirection: syncDirection })
        .where(eq(integrations.id, integrationId));
      await noteAllLinks(tx, integrationId);
      const rows = await tx.select({ id: contacts.id }).from(contacts).where(eq(contacts.userId, userId));
      await noteContactWork(tx, { userId, contactIds: rows.map(({ id }) => id) });
    });
  }

  private async storeMapping(tx: Transaction): Promise<void> {
    const { mappings, lists } = this.settings;
    await insertMappings(tx, {
      integrationId: this.harmony.integrationId,
      version: this.versions.push(mappings),
      objects: [
        { harmonyObject: 'contact', providerObject: 'person', direction: 'both', enabled: true },
        {
          ...{ harmonyObject: 'list', providerObject: 'contactGroup', enabled: lists !== 'none' },
          direction: lists === 'none' ? 'both' : lists,
        },
      ],
      fields: mappings,
      createdBy: 'user:test',
      approved: true,
    });
  }

  /** Which way lists and memberships flow. */
  private get listDirection(): EffectiveDirection {
    const { direction, lists } = this.settings;
    return lists === 'none' ? 'none' : combineDirections(direction, lists);
  }

  private async pass({ full, pageSize, lagsMin, getLagMin, faults }: Pass): Promise<void> {
    const lagMs = (index: number) => (lagsMin[index % lagsMin.length] ?? 0) * MINUTE_MS;
    this.listings.visibility = { lagMs, getLagMs: getLagMin * MINUTE_MS, pageSize };
    await this.run(full ? 'full' : 'incremental', new Schedule(faults));
  }

  /** What may have held during the pass: settings that changed in the middle of it count as they were, too. */
  private withEarlierSettings(view: View): View {
    const { earlier } = this;
    if (earlier === undefined) return view;
    const both = [...compileMapping(earlier.mappings).fields, ...view.mapping.fields].map(
      (field) => ({ ...field, direction: 'both' }) as const,
    );
    const mapping = { ...view.mapping, fields: both };
    return { ...view, mapping, settings: { ...view.settings, mapping, direction: 'both' } };
  }

  private async run(mode: 'full' | 'incremental', schedule: Schedule): Promise<void> {
    this.isPassing = true;
    this.tables = undefined;
    const succeeded = await this.sync(mode, schedule);
    this.isPassing = false;
    await this.check(succeeded);
    if (this.earlier === undefined) await this.lists.check(this.listDirection);
    this.earlier = undefined;
  }

  /** The workflow of a sync with workers that may die; answers whether the run says that it succeeded. */
  private async sync(mode: 'full' | 'incremental', schedule: Schedule): Promise<boolean> {
    const { integrationId } = this.harmony;
    const runId = `run_${integrationId}_${++this.counted}`;
    const crew = {
      workflowId: runId,
      activity: this.hireWorkers(schedule),
      wait: (ms: number) => this.advance(ms),
    };
    const input = {
      ...{ integrationId, runId, mode, provider: googleContacts.id, operationId: runId },
      ...{ trigger: 'manual', failuresInARow: 0 },
    };
    await withCrew(crew, () => sync(input as Parameters<typeof sync>[0])).catch((error: Error) => {
      // Nobody is left to end a run that was overtaken; its row stays as it is.
      if (error.name !== 'ActivityFailure') throw error;
    });
    const [row] = await this.harmony.db.select().from(runs).where(eq(runs.id, runId));
    return row?.status === 'succeeded';
  }

  private hireWorkers(schedule: Schedule): (name: string) => (...args: unknown[]) => Promise<unknown> {
    let worker: { gate: Gate; activities: Record<string, unknown> } | undefined;
    return (name) => {
      if (worker === undefined || worker.gate.isDead) worker = this.hire(schedule);
      const activity = worker.activities[name];
      if (typeof activity !== 'function') throw new Error(`no activity ${name}`);
      return activity as (...args: unknown[]) => Promise<unknown>;
    };
  }

  private hire(schedule: Schedule): { gate: Gate; activities: Record<string, unknown> } {
    const gate = new Gate(schedule, this);
    const adapter = createModelAdapter(this.listings, gate);
    const environment = { live: false, origins: {}, clientId: 'client', clientSecret: 'secret' };
    const { core, provider } = createActivities({
      db: openGatedDatabase(this.stage.sql, gate),
      sealer,
      logger,
      provider: () => ({ adapter, environment }),
      publicUrl: 'http://localhost',
      temporal: undefined as never,
    });
    return { gate, activities: { ...core, ...provider } };
  }

  /** Faults that are something happening in the world, in the middle of a call. */
  async meddle(kind: FaultKind, remoteId: string | undefined): Promise<void> {
    switch (kind) {
      case 'overtaken': {
        if (this.isOvertaking) return;
        this.isOvertaking = true;
        await this.sync('incremental', new Schedule());
        this.isOvertaking = false;
        return;
      }
      // Longer than any create waits for its marker: after a commit, or between the last look at the clock and the call.
      case 'held_up':
      case 'frozen': {
        if (this.isOvertaking) return;
        this.isOvertaking = true;
        for (let round = 0; round < 2; round++) {
          await this.advance(GRACE_MS + MINUTE_MS);
          await this.sync('full', new Schedule());
        }
        this.isOvertaking = false;
        return;
      }
      case 'local_edit': {
        const contacts = await this.contacts();
        const link = (await this.read()).links.find((row) => row.remoteId === remoteId);
        const contact = contacts.find(({ id }) => id === link?.contactId) ?? contacts[0];
        if (contact && !contact.archived) await this.editLocally(contact, 'notes', `race ${contact.version}`);
        return;
      }
      case 'remote_edit':
        this.google.edit(remoteId ?? '', { nicknames: [{ value: 'raced' }] });
        return;
      case 'remote_delete':
        if (remoteId !== `people/${ANCHOR}`) this.google.delete(remoteId ?? '');
        return;
      case 'settings': {
        const step = this.later[0];
        if (step !== undefined) await this.changeSettings(step);
      }
    }
  }

  private async contacts(): Promise<LocalContact[]> {
    return [...(await this.read()).locals.values()];
  }

  /**
   * A base that is not written down is what the link's mapping version reads from the shadow, on both sides; what a later
   * version maps in another way has no base.
   */
  private basesOf(base: FieldBases | null, version: number, person: PersonWithName): FieldBases {
    const mappings = this.versions[version - 1] ?? DEFAULT_FIELD_MAPPINGS;
    const direction = 'both';
    const changed = changedFields({ mappings, direction }, { mappings: this.settings.mappings, direction });
    return forgetBases(base ?? baseOf(compileMapping(mappings).toHarmony(person)), changed);
  }

  private async look(): Promise<View> {
    const { mappings, direction, policy } = this.settings;
    const mapping = compileMapping(mappings);
    const { locals, links, conflicts, creates } = await this.read();
    const open = conflicts.filter(({ kind, resolvedAt }) => kind !== 'value' && resolvedAt === null);
    return {
      settings: { mapping, direction, policy },
      mapping,
      google: this.google,
      locals,
      rows: new Map(links.map((link) => [link.remoteId, this.rowOf(link)])),
      parked: [...links.flatMap(parkedBy), ...open.map(parkedFor)],
      log: conflicts.filter(({ kind }) => kind === 'value').map(toLogEntry),
      creates,
    };
  }

  private rowOf(link: Link): Row {
    const { remoteId: resourceName, contactId, localVersion } = link;
    const person = link.shadow as PersonWithName;
    const isDeleted = link.tombstonedAt !== null;
    const bases = this.basesOf(link.base as FieldBases | null, link.mappingVersion, person);
    const tied =
      contactId === null ? null : { contactId, resourceName, localVersion, bases, tombstoned: isDeleted };
    return { person, link: tied, isDeleted, supersededEtags: link.supersededEtags ?? [], lastAliveAtMs: 0 };
  }

  /** After a pass: what it did on both sides is held against the truth. */
  private async check(succeeded: boolean): Promise<void> {
    const view = await this.look();
    const lenient = this.withEarlierSettings(view);
    this.checkPulls(lenient);
    this.checkPushes(lenient);
    this.oracle.witness(lenient);
    this.oracle.checkBases(view);
    if (succeeded) this.oracle.endPass();
    for (const { link } of view.rows.values()) {
      if (link && view.locals.get(link.contactId)?.version === link.localVersion)
        this.oracle.settle(link.contactId);
    }
  }

  private checkPulls(view: View): void {
    this.oracle.witness({ ...view, locals: this.known });
    for (const contact of view.locals.values()) {
      const before = this.known.get(contact.id);
      if (contact.archived && before && !before.archived) {
        const names = [...view.rows].flatMap(([name, { link }]) =>
          link?.contactId === contact.id ? [name] : [],
        );
        const name = names.find((one) => !this.google.get(one)) ?? names[0];
        if (name === undefined) throw new InvariantBroken('invariant 7: archived a contact without a link');
        // Where nothing is ever written, a listing and a get that both lag are all the evidence there is (rule 15); the
        // next listing brings the contact back.
        const { getLagMs } = this.listings.visibility;
        const isLagging = this.settings.direction === 'from_provider' && !this.google.get(name, getLagMs);
        if (!isLagging) this.oracle.checkArchive(view, before, name);
      }
      const changed = Object.fromEntries(
        view.mapping.fields.flatMap(({ field, kind }) =>
          before && !sameValue(kind, before.fields[field], contact.fields[field])
            ? [[field, contact.fields[field] ?? null]]
            : [],
        ),
      ) as ContactFields;
      if (before && Object.keys(changed).length > 0) this.oracle.checkPull(view, before, changed, view.log);
    }
    for (const id of this.known.keys()) {
      if (!view.locals.has(id)) throw new InvariantBroken(`invariant 2: the contact ${id} is gone`);
    }
    this.known = view.locals;
  }

  private checkPushes(view: View): void {
    const fresh = this.listings.writes.slice(this.seenWrites);
    this.seenWrites = this.listings.writes.length;
    if (fresh.length === 0) return;
    for (const write of fresh) {
      this.oracle.checkRemoteWrite(view, write, view.log);
      if (write.kind === 'remove') this.checkRemoval(view, write);
    }
  }

  /** Of an archived contact, or of an untouched double of a create. */
  private checkRemoval(view: View, { name, before = { resourceName: name } }: RemoteWrite): void {
    const makers = new Map(view.creates.map(({ id, contactId }) => [id, contactId]));
    const makersOf = (person: Person) => markersOf(person).map((marker) => makers.get(marker) ?? marker);
    const own = makersOf(before);
    if (this.google.live().some((person) => makersOf(person).some((maker) => own.includes(maker)))) return;
    const link = view.rows.get(name)?.link;
    const local = link ? view.locals.get(link.contactId) : undefined;
    if (local === undefined)
      throw new InvariantBroken(`invariant 7: deleted ${name}, which nothing is tied to`);
    const { getLagMs } = this.listings.visibility;
    this.oracle.checkRemoteDelete(view, local, name, getLagMs, before);
  }
}

/** What a person has to decide on of a remote contact. */
const parkedBy = ({ contactId, remoteId: resourceName, parked }: Link): Operation[] =>
  parked === null ? [] : [{ kind: 'park', contactId, resourceName, ...parked } as unknown as Operation];

/** What a person has to decide on by itself. */
const parkedFor = ({ kind, contactId, remoteId, field, candidates }: Conflict): Operation =>
  ({ kind: 'park', reason: kind, contactId, resourceName: remoteId, field, candidates }) as never;

const toLogEntry = (row: Conflict): ConflictEntry =>
  ({
    contactId: row.contactId,
    resourceName: row.remoteId,
    field: row.field,
    winner: row.winner,
    local: row.localValue,
    remote: row.remoteValue,
    base: null,
    rule: row.rule,
    policy: row.policy,
  }) as ConflictEntry;

function baseOf(values: ContactFields): FieldBases {
  return Object.fromEntries(
    Object.entries(values).map(([field, value]) => [field, { local: value ?? null, remote: value ?? null }]),
  );
}
