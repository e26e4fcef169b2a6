/** One of a person's accounts as they deal with it: its settings, Delete and connecting again. */
import { eq } from 'drizzle-orm';
import { contactWork } from '../../db/schema/index.ts';
import { DEFAULT_FIELD_MAPPINGS } from '../../sync/default-mappings.ts';
import { combineDirections, type Direction, type EffectiveDirection } from '../../sync/direction.ts';
import { InvariantBroken } from '../../sync/model-oracle.test-support.ts';
import type { Account } from './account.ts';
import { Api } from './api.ts';
import { Connection, type Records } from './connection.ts';
import { Schedule } from './gate.ts';
import { Lists } from './lists.ts';
import { isCalm, type Passes } from './passes.ts';
import { Plans } from './plans.ts';
import { Settings } from './settings.ts';
import { type EditedField, mapFields } from './several-accounts-history.ts';
import { readTables } from './tables.ts';
import { Undo } from './undo.ts';
import { Onlooker } from './view.ts';

let connections = 0;

export class Connected {
  readonly account: Account;
  /** At Google, whichever integration it is. */
  readonly name: string;
  readonly settings: Settings;
  readonly plans: Plans;
  readonly undo: Undo;
  /** Later ones have a greater number. */
  since = ++connections;
  private readonly connection: Connection;

  private constructor(account: Account, direction: Direction, all: readonly Connected[]) {
    const { harmony, listings } = account;
    this.account = account;
    this.name = listings.account;
    const settings = new Settings(harmony, {
      ...{ direction, mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'both' },
    });
    this.settings = settings;
    const api = new Api(harmony, {
      computePlan: (planId) => account.computePlan(planId),
      signInAgain: () => this.connection.signInAgain(),
    });
    this.connection = new Connection({ harmony, api, work: (id, run) => account.work(id, run) });
    const onlooker = new Onlooker(harmony, account.google, settings);
    const passes: Pick<Passes, 'take'> = {
      take: async (pass, asked) => {
        const world = { meddle: async () => {} };
        const faults = isCalm(pass) ? undefined : { schedule: new Schedule(pass.faults), world };
        const succeeded = await account.sync(pass.full ? 'full' : 'incremental', faults, asked);
        onlooker.forget();
        return succeeded;
      },
    };
    const lists = new Lists(harmony, account.google, account.groups);
    this.plans = new Plans({
      ...{ harmony, listings, onlooker, lists, settings, judge: noJudge, passes, api, keepsDirection: false },
      besides: () => picturesOf(all.filter((other) => other !== this)),
    });
    this.undo = new Undo({ harmony, onlooker, lists, judge: noJudge, passes, api });
  }

  /** `all`: the person's accounts, once they are connected. */
  static async open(
    account: Account,
    { direction, all }: { direction: Direction; all: readonly Connected[] },
  ): Promise<Connected> {
    const connected = new Connected(account, direction, all);
    await account.harmony.db.transaction((tx) => connected.settings.storeMappings(tx));
    return connected;
  }

  get isConnected(): boolean {
    return this.settings.isConnected;
  }

  /** Which way contacts flow. */
  get direction(): EffectiveDirection {
    return this.settings.contacts;
  }

  /** Which way it flows who is on which list. */
  get lists(): EffectiveDirection {
    return this.direction === 'none' ? 'none' : this.settings.lists;
  }

  /** Which way values of the field flow. */
  directionOf(field: EditedField): EffectiveDirection {
    const mapping = this.settings.inForce.mappings.find((one) => one.field === field);
    return mapping === undefined ? 'none' : combineDirections(this.direction, mapping.direction);
  }

  get writes(): number {
    return this.account.writes.length + this.account.groups.writes.length;
  }

  turn(direction: Direction): Promise<void> {
    return this.settings.change({ ...this.settings.inForce, direction });
  }

  /** A field flows another way, or not at all. */
  map(field: EditedField, wanted: EffectiveDirection): Promise<void> {
    const { inForce } = this.settings;
    // The API refuses what could never flow.
    const isRefused = wanted !== 'none' && combineDirections(this.direction, wanted) === 'none';
    const mappings = mapFields(inForce.mappings, field, isRefused ? 'both' : wanted);
    return this.settings.change({ ...inForce, mappings });
  }

  hide(records: Records): Promise<void> {
    return this.connection.hide(records);
  }

  async finishDelete(): Promise<void> {
    await this.connection.finishDelete();
    this.settings.isConnected = false;
    this.plans.forget();
    if (this.account.listings.grants.isLive) throw new InvariantBroken('Delete left the grant as it was');
  }

  /** It only reads until a person says otherwise. */
  async connectAgain(): Promise<void> {
    await this.connection.connectAgain(() => this.settings.beginAnew());
    this.since = ++connections;
  }
}

/** What one account's judge keeps of people's edits, that of several does not. */
const noJudge = { beforeEdit: async () => {}, noteLocalEdit: () => {}, afterEdit: async () => {} };

/** All that is there of accounts, and what they are set to; undefined while they have something to carry over. */
async function picturesOf(accounts: readonly Connected[]): Promise<string | undefined> {
  const seen: unknown[] = [];
  for (const { account, settings } of accounts) {
    const { db, integrationId } = account.harmony;
    if ((await db.$count(contactWork, eq(contactWork.integrationId, integrationId))) > 0) return undefined;
    seen.push([(await readTables(account.harmony)).fingerprint, settings.inForce, settings.isConnected]);
  }
  return JSON.stringify(seen);
}
