/** One of a person's accounts as they deal with it: its settings, Delete and connecting again. */
import { DEFAULT_FIELD_MAPPINGS } from '../../sync/default-mappings.ts';
import { combineDirections, type Direction, type EffectiveDirection } from '../../sync/direction.ts';
import { InvariantBroken } from '../../sync/model-oracle.test-support.ts';
import type { Account } from './account.ts';
import { Api } from './api.ts';
import { Connection, type Records } from './connection.ts';
import { Settings } from './settings.ts';
import type { EditedField } from './several-accounts-history.ts';

let connections = 0;

export class Connected {
  readonly account: Account;
  /** At Google, whichever integration it is. */
  readonly name: string;
  readonly settings: Settings;
  /** Later ones have a greater number. */
  since = ++connections;
  private readonly connection: Connection;

  private constructor(account: Account, direction: Direction) {
    const { harmony } = account;
    this.account = account;
    this.name = account.listings.account;
    this.settings = new Settings(harmony, {
      ...{ direction, mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'both' },
    });
    const api = new Api(harmony, {
      computePlan: () => Promise.reject(new Error('no history of several accounts makes a plan')),
      signInAgain: () => this.connection.signInAgain(),
    });
    this.connection = new Connection({ harmony, api, work: (id, run) => account.work(id, run) });
  }

  static async open(account: Account, direction: Direction): Promise<Connected> {
    const connected = new Connected(account, direction);
    await account.harmony.db.transaction((tx) => connected.settings.storeMappings(tx));
    return connected;
  }

  get isConnected(): boolean {
    return this.settings.isConnected;
  }

  get direction(): Direction {
    return this.settings.inForce.direction;
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

  hide(records: Records): Promise<void> {
    return this.connection.hide(records);
  }

  async finishDelete(): Promise<void> {
    await this.connection.finishDelete();
    this.settings.isConnected = false;
    if (this.account.listings.grants.isLive) throw new InvariantBroken('Delete left the grant as it was');
  }

  /** It only reads until a person says otherwise. */
  async connectAgain(): Promise<void> {
    await this.connection.connectAgain(() => this.settings.beginAnew());
    this.since = ++connections;
  }
}
