/** A person with several Google accounts: the model of Google for each, and the real engine between them and Harmony. */
import { eq } from 'drizzle-orm';
import { isWritingContacts } from '../../db/queries/contact-makers.ts';
import { insertMappings } from '../../db/queries/contact-mappings.ts';
import { findPlan, insertPlan } from '../../db/queries/contact-plans.ts';
import { lockContactSettings } from '../../db/queries/contact-sync-settings.ts';
import { noteAllLinks, noteLinksAndUntied, noteListFlow } from '../../db/queries/contact-work.ts';
import { ensureUser } from '../../db/queries/identity.ts';
import { integrations, runs } from '../../db/schema/index.ts';
import { googleContacts } from '../../providers/google-contacts/index.ts';
import { DEFAULT_FIELD_MAPPINGS, type FieldMapping } from '../../sync/default-mappings.ts';
import type { Direction } from '../../sync/direction.ts';
import { ModelGoogle } from '../../sync/model-google.test-support.ts';
import { GRACE_MS } from '../../sync/model-mirror.test-support.ts';
import { elementsOf, type Person } from '../../sync/person.ts';
import { computePlan } from '../../workflows/compute-plan.ts';
import { sync } from '../../workflows/sync.ts';
import { type Meddling, Schedule } from './gate.ts';
import { GoogleListings } from './google-adapter.ts';
import type { Harmony } from './local-side.ts';
import type { Asked } from './passes.ts';
import { syncDirections } from './settings.ts';
import type { Stage } from './stage.ts';
import { signIn, withWorkers } from './workers.ts';

let persons = 0;

/** Somebody whose accounts are connected one after another, the first of them first. */
export async function openPerson(stage: Stage) {
  const { db, workspaceId } = stage;
  const number = ++persons;
  const userId = await ensureUser(db, { workspaceId, name: 'Person', email: `two${number}@example.com` });
  let connected = 0;
  const connect = async (options: AccountOptions): Promise<Account> => {
    const integrationId = `int_two_${number}_${++connected}`;
    const account = new Account(stage, { db, workspaceId, userId, integrationId });
    await account.connect(options);
    return account;
  };
  return { userId, connect };
}

interface AccountOptions {
  direction?: Direction;
  /** ISO 8601 UTC. */
  at: string;
  /** Without them, the defaults. */
  mappings?: readonly FieldMapping[];
  persons?: readonly Person[];
}

export class Account {
  readonly google = new ModelGoogle();
  readonly harmony: Harmony;
  private readonly stage: Stage;
  readonly listings: GoogleListings;
  private runs = 0;
  private mappingVersion = 1;

  constructor(stage: Stage, harmony: Harmony) {
    this.stage = stage;
    this.harmony = harmony;
    this.listings = new GoogleListings(this.google, harmony.integrationId);
  }

  get integrationId(): string {
    return this.harmony.integrationId;
  }

  get groups() {
    return this.listings.groups;
  }

  get writes() {
    return this.listings.writes;
  }

  get refusing() {
    return this.listings.refusing;
  }

  get refused() {
    return this.listings.refused;
  }

  async connect({ direction = 'from_provider', at, mappings, persons = [] }: AccountOptions): Promise<void> {
    const { db, workspaceId, userId, integrationId } = this.harmony;
    const syncDirection = syncDirections[direction];
    await db.insert(integrations).values({
      ...{ id: integrationId, workspaceId, userId, provider: googleContacts.id, authKind: 'oauth' },
      ...{ phase: 'active', accountId: integrationId, accountName: integrationId, createdAt: at },
      ...{ syncDirection, approvedDirection: syncDirection, conflictPolicy: 'newest' },
    });
    await signIn(this.harmony, this.listings);
    if (mappings !== undefined) await this.map(mappings);
    this.google.nowMs = this.stage.time.nowMs;
    // Never empty, which would park the run (rule 19).
    this.google.create({ names: [{ givenName: `Anchor of ${integrationId}` }] }, `anchor-${integrationId}`);
    for (const person of persons) this.google.create(person);
  }

  async map(fields: readonly FieldMapping[] = DEFAULT_FIELD_MAPPINGS): Promise<void> {
    const object = { direction: 'both', enabled: true } as const;
    await this.harmony.db.transaction((tx) =>
      insertMappings(tx, {
        ...{ integrationId: this.integrationId, version: 1, fields, createdBy: 'user:test', approved: true },
        objects: [
          { harmonyObject: 'contact', providerObject: 'person', ...object },
          { harmonyObject: 'list', providerObject: 'contactGroup', ...object },
        ],
      }),
    );
  }

  /** As when a person changes which way contacts flow, or switches them off. */
  async mapContacts(
    change: { direction?: Direction; enabled?: boolean },
    { approved = true }: { approved?: boolean } = {},
  ): Promise<void> {
    const { db, integrationId } = this.harmony;
    this.mappingVersion += 1;
    const version = this.mappingVersion;
    await db.transaction(async (tx) => {
      await lockContactSettings(tx, integrationId);
      const wrote = await isWritingContacts(tx, integrationId);
      await insertMappings(tx, {
        ...{
          integrationId,
          version,
          fields: DEFAULT_FIELD_MAPPINGS,
          createdBy: 'user:test',
          approved,
        },
        objects: [
          { harmonyObject: 'contact', providerObject: 'person', direction: 'both', enabled: true, ...change },
        ],
      });
      if (approved) await noteAllLinks(tx, { integrationId, wrote });
    });
  }

  /** Those named so, which live there. */
  findAll(name: string) {
    return this.google.live().filter((person) => elementsOf(person, 'names')[0]?.givenName === name);
  }

  /** The person named so, which lives there. */
  find(name: string) {
    const [found] = this.findAll(name);
    if (found === undefined) throw new Error(`no ${name} in ${this.integrationId}`);
    return found;
  }

  edit(name: string, fields: Parameters<ModelGoogle['edit']>[1]): void {
    this.google.edit(this.find(name).resourceName, fields);
  }

  /** With faults, the run may fail. `asked`: as a request of a person's has it. Answers whether it says that it succeeded. */
  async sync(mode: 'full' | 'incremental' = 'incremental', faults?: Faults, asked?: Asked): Promise<boolean> {
    await this.stage.time.advance(4 * GRACE_MS);
    this.google.nowMs = this.stage.time.nowMs;
    const { integrationId } = this;
    const { runId, trigger } = asked ?? { runId: `run_${integrationId}_${++this.runs}`, trigger: 'manual' };
    const input = {
      ...{ integrationId, runId, mode, provider: googleContacts.id, operationId: runId },
      ...{ trigger, failuresInARow: 0 },
    };
    const run = () => sync(input as Parameters<typeof sync>[0]);
    await this.work(runId, run, faults).catch((error: Error) => {
      if (faults === undefined || error.name !== 'ActivityFailure') throw error;
    });
    const { db } = this.harmony;
    const [row] = await db.select({ status: runs.status }).from(runs).where(eq(runs.id, runId));
    return row?.status === 'succeeded';
  }

  /** What a change to this direction would do, by the newest mappings. */
  async plan(direction: Direction): Promise<unknown> {
    const { db, integrationId } = this.harmony;
    const planId = `pln_${integrationId}_${++this.runs}`;
    const { mappingVersion } = this;
    const syncDirection = syncDirections[direction];
    await insertPlan(db, {
      ...{ id: planId, integrationId, reason: 'direction', syncDirection, mappingVersion },
      status: 'computing',
    });
    await this.computePlan(planId);
    return (await findPlan(db, planId))?.summary;
  }

  /** Works out a plan that lies in the tables. */
  async computePlan(planId: string): Promise<void> {
    const { integrationId, workspaceId } = this.harmony;
    const input = { integrationId, workspaceId, planId, provider: googleContacts.id };
    await this.work(planId, () => computePlan(input));
  }

  /** As when a plan that a person has seen is applied. */
  async turn(direction: Direction): Promise<void> {
    const { db, integrationId, userId } = this.harmony;
    const syncDirection = syncDirections[direction];
    await db.transaction(async (tx) => {
      await lockContactSettings(tx, integrationId);
      const wrote = await isWritingContacts(tx, integrationId);
      const settings = { syncDirection, approvedDirection: syncDirection };
      await tx.update(integrations).set(settings).where(eq(integrations.id, integrationId));
      await noteLinksAndUntied(tx, { integrationId, userId, wrote });
      await noteListFlow(tx, integrationId);
    });
  }

  /** A workflow of the account's. */
  work<T>(workflowId: string, run: () => Promise<T>, faults: Faults = calm): Promise<T> {
    const { stage, listings } = this;
    const wait = async (ms: number) => {
      await stage.time.advance(ms);
      this.google.nowMs = stage.time.nowMs;
    };
    const place = { stage, listings, world: faults.world, wait };
    return withWorkers(place, { workflowId, schedule: faults.schedule }, run);
  }
}

export interface Faults {
  readonly schedule: Schedule;
  readonly world: Meddling;
}

const calm: Faults = { schedule: new Schedule(), world: { meddle: async () => {} } };
