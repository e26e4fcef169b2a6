/** One history: a person with an integration, the model of Google, and the real engine between them. */
import { longGoneMs } from '../../activities/contacts/grace.ts';
import { ensureUser } from '../../db/queries/identity.ts';
import { integrations } from '../../db/schema/index.ts';
import { googleContacts } from '../../providers/google-contacts/index.ts';
import { ModelGoogle } from '../../sync/model-google.test-support.ts';
import { GRACE_MS } from '../../sync/model-mirror.test-support.ts';
import { InvariantBroken } from '../../sync/model-oracle.test-support.ts';
import { ANCHOR, MINUTE_MS, pick } from '../../sync/model-world.test-support.ts';
import { Api } from './api.ts';
import { Crowd } from './crowd.ts';
import { GoogleListings, type RemoteWrite } from './google-adapter.ts';
import type { History, Step } from './history.ts';
import { Inbox } from './inbox.ts';
import { Judge } from './judge.ts';
import { Lifecycle } from './lifecycle.ts';
import { Lists } from './lists.ts';
import type { Harmony } from './local-side.ts';
import type { ModelGroups } from './model-groups.ts';
import { isCalm, Passes } from './passes.ts';
import { People } from './people.ts';
import { Plans } from './plans.ts';
import { Settings, syncDirections } from './settings.ts';
import type { Stage } from './stage.ts';
import { Undo } from './undo.ts';
import { Onlooker } from './view.ts';
import { signIn } from './workers.ts';

let histories = 0;

export class World {
  readonly google = new ModelGoogle();
  private readonly harmony: Harmony;
  private readonly listings: GoogleListings;
  private readonly settings: Settings;
  private readonly onlooker: Onlooker;
  private readonly lists: Lists;
  private readonly judge: Judge;
  private readonly people: People;
  private readonly crowd: Crowd;
  private readonly passes: Passes;
  private readonly lifecycle: Lifecycle;
  private readonly plans: Plans;
  private readonly undo: Undo;
  private readonly inbox: Inbox;
  private readonly atLast: 'apply' | 'reject';

  private constructor(stage: Stage, harmony: Harmony, history: History) {
    const { google } = this;
    const listings = new GoogleListings(google, harmony.integrationId);
    this.harmony = harmony;
    this.listings = listings;
    const settings = new Settings(harmony, history);
    const onlooker = new Onlooker(harmony, google, settings);
    const lists = new Lists(harmony, google, listings.groups);
    const judge = new Judge({ onlooker, listings, lists, settings });
    const people = new People({ harmony, google, onlooker, settings, judge });
    this.crowd = new Crowd({ google, onlooker, people });
    const skewMs = history.skewSeconds * 1000;
    const passes = new Passes({ stage, harmony, listings, onlooker, settings, judge, people, skewMs });
    const api = new Api(harmony, {
      computePlan: (planId) => passes.computePlan(planId),
      signInAgain: () => this.lifecycle.signInAgain(),
    });
    const keepsDirection = history.keepsDirection === true;
    this.plans = new Plans({
      harmony,
      listings,
      onlooker,
      lists,
      settings,
      judge,
      passes,
      api,
      keepsDirection,
    });
    const { plans } = this;
    this.lifecycle = new Lifecycle({ harmony, listings, onlooker, settings, judge, passes, api, plans });
    passes.deletion = this.lifecycle;
    this.undo = new Undo({ harmony, onlooker, lists, judge, passes, api });
    this.atLast = history.atLast ?? 'apply';
    this.inbox = new Inbox({ onlooker, settings, judge, api });
    this.settings = settings;
    this.onlooker = onlooker;
    this.lists = lists;
    this.judge = judge;
    this.people = people;
    this.passes = passes;
    google.normalises = history.normalises;
    if (history.hasFriends === true) listings.groups.addFriends();
    google.nowMs = stage.time.nowMs + skewMs;
    // Never deleted, so that the remote is never empty, which would park the run (rule 19).
    google.create({ names: [{ givenName: 'Anchor' }] }, ANCHOR);
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
      ...{ phase: 'active', accountId: integrationId, accountName: email, conflictPolicy: history.policy },
      ...{ syncDirection, approvedDirection: syncDirection },
    });
    const harmony = { db, workspaceId, userId, integrationId };
    const world = new World(stage, harmony, history);
    await signIn(harmony, world.listings);
    await db.transaction((tx) => world.settings.storeMappings(tx));
    for (const person of history.persons) world.google.create(person);
    for (const fields of history.contacts) await world.take({ kind: 'local_create', fields });
    return world;
  }

  async play(steps: readonly Step[]): Promise<void> {
    this.passes.later.push(...steps.filter((step) => step.kind === 'settings' || step.kind === 'objects'));
    for (const step of steps) {
      await this.passes.advance(MINUTE_MS);
      await this.take(step);
      // A pass has looked already.
      if (step.kind !== 'pass') await this.judge.witness();
    }
  }

  /** Lets everything settle, then checks what must hold at rest, and that another pass writes no row and calls nothing. */
  async rest(): Promise<void> {
    await this.lifecycle.mend();
    // What became of an account with nobody in it a person has to decide, and every run waits for that (rule 19).
    if (this.google.live().length === 0) this.google.create({ names: [{ givenName: 'Anchor' }] });
    if (!this.settings.inForce.own) {
      await this.settle();
      await this.change({ ...this.settings.inForce, own: true });
    }
    await this.settle();
  }

  private async settle(): Promise<void> {
    for (let pass = 0; pass < 8; pass++) {
      const before = await this.fingerprint();
      const listing = this.listings.nextListing;
      await this.passes.advance((await this.onlooker.takesForOld()) ? longGoneMs : 4 * GRACE_MS);
      await this.passes.takeCalmly('full');
      await this.undo.checkKept();
      await this.plans.parked.check();
      if (await this.plans.decideAtLast(this.atLast)) {
        this.judge.oracle.forgetDeletes();
        continue;
      }
      // Only while contacts are mapped are they listed, and is it looked at whether what was sent has arrived. A listing that
      // a former pass began shows what there was then.
      const isOpen =
        this.settings.inForce.own &&
        (listing === this.listings.nextListing || (await this.onlooker.read()).hasOpenWrites);
      if (before === (await this.fingerprint()) && !isOpen) {
        await this.judge.atRest();
        await this.passes.takeCalmly('incremental');
        if ((await this.fingerprint()) !== before)
          throw new InvariantBroken('invariant 5: a second incremental pass wrote');
        return;
      }
    }
    throw new InvariantBroken('invariant 12: still writing after eight passes without a fault');
  }

  /** What is there on both sides and between them, to read beside a failure. */
  async picture(): Promise<string> {
    const view = await this.onlooker.look();
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

  get integrationId(): string {
    return this.harmony.integrationId;
  }

  get groups(): ModelGroups {
    return this.listings.groups;
  }

  /** Of the lists that are not archived. */
  listNames(): Promise<string[]> {
    return this.lists.names();
  }

  /** Which writes of contacts Google does not take, and those that it did not. */
  get refusals(): Pick<GoogleListings, 'refusing' | 'refused'> {
    return this.listings;
  }

  get providerWrites(): readonly RemoteWrite[] {
    return this.listings.writes;
  }

  /** Changes with every write of a row that means something, and every write at the provider. */
  private async fingerprint(): Promise<string> {
    const { writes, groups } = this.listings;
    return `${(await this.onlooker.read()).fingerprint} ${writes.length} ${groups.writes.length}`;
  }

  private async take(step: Step): Promise<void> {
    if (step.kind === 'settings' || step.kind === 'objects') this.passes.later.shift();
    if (step.kind === 'pass') {
      await this.passes.take(step);
      if (isCalm(step)) {
        await this.undo.checkKept();
        await this.plans.parked.check();
        return;
      }
      this.undo.forget();
      this.plans.parked.forget();
      return;
    }
    this.undo.forget();
    this.plans.parked.forget();
    if (!this.settings.isConnected && isOfConnection(step)) return;
    if (!this.settings.inForce.own && isOfMapped(step)) return;
    switch (step.kind) {
      case 'grant_revoked':
      case 'sign_in_again':
      case 'delete':
      case 'connect_again':
        this.onlooker.forget();
        return this.lifecycle.take(step);
      case 'undo_run':
        this.judge.oracle.forgetDeletes();
        await this.undo.take(step);
        return;
      case 'resolve_conflict':
        this.judge.oracle.forgetDeletes();
        return this.inbox.take(step);
      case 'choose_direction':
      case 'choose_mappings':
      case 'make_plan':
      case 'find_plan':
      case 'decide_plan':
        this.judge.oracle.forgetDeletes();
        return this.plans.take(step);
      case 'settings':
      case 'objects':
        return this.change({ ...this.settings.inForce, ...step });
      case 'mapping_back': {
        const { inForce, versions } = this.settings;
        const mappings = pick(versions, step.at) ?? inForce.mappings;
        return this.change({ direction: inForce.direction, mappings });
      }
      case 'tokens_expire':
        return this.listings.expireTokens();
      case 'days_pass':
        return this.passes.advance(step.days * 24 * 60 * MINUTE_MS);
      case 'list_create':
      case 'list_rename':
      case 'list_archive':
      case 'list_restore':
      case 'list_member':
      case 'group_create':
      case 'group_rename':
      case 'group_delete':
      case 'group_member':
        this.onlooker.forget();
        return this.lists.take(step);
      case 'crowd':
      case 'many_gone':
      case 'many_back':
      case 'emptied':
        return this.crowd.take(step);
      default:
        return this.people.take(step);
    }
  }

  private change(wanted: Parameters<Settings['change']>[0]): Promise<void> {
    this.onlooker.forget();
    this.judge.oracle.forgetDeletes();
    return this.settings.change(wanted);
  }
}

/** Where there is none, nobody can do it. */
const isOfConnection = (step: Step): boolean =>
  ['settings', 'objects', 'mapping_back'].includes(step.kind) || isOfMapped(step);

/**
 * What is about contacts at Google makes no sense to a person who has switched them off; a plan still shows what becomes of
 * lists and of who is on them.
 */
const isOfMapped = ({ kind }: Step): boolean =>
  ['undo_run', 'resolve_conflict', 'choose_mappings'].includes(kind);
