/** Plays a history of several accounts: what people do, one sync after another, and what must hold once nothing moves. */
import { type Direction, mayPush } from '../../sync/direction.ts';
import { GRACE_MS } from '../../sync/model-mirror.test-support.ts';
import { InvariantBroken } from '../../sync/model-oracle.test-support.ts';
import { MINUTE_MS } from '../../sync/model-world.test-support.ts';
import type { LocalContact } from '../../sync/operations.ts';
import type { Person } from '../../sync/person.ts';
import { type Faults, openPerson } from './account.ts';
import { Connected } from './connected.ts';
import { type FaultKind, Schedule } from './gate.ts';
import { changeMembership, createContact, createList, editContact, editList } from './local-side.ts';
import { calmPass } from './plan-steps.ts';
import type {
  AccountsStep,
  Change,
  Deed,
  SeveralAccountsHistory,
  Values,
  Who,
} from './several-accounts-history.ts';
import { SeveralAccountsJudge } from './several-accounts-judge.ts';
import { addressOf, findIn, groupIn, mapping, Sides } from './several-accounts-view.ts';
import type { Stage } from './stage.ts';

export class SeveralAccounts {
  private readonly stage: Stage;
  private readonly sides: Sides;
  private readonly judge: SeveralAccountsJudge;
  private made = 0;
  /** How many writes each account that is only read had when it became one. */
  private readonly writesBefore = new Map<Connected, number>();

  private constructor(stage: Stage, accounts: readonly Connected[]) {
    this.stage = stage;
    this.sides = new Sides(accounts);
    this.judge = new SeveralAccountsJudge(this.sides);
  }

  static async open(stage: Stage, history: SeveralAccountsHistory): Promise<SeveralAccounts> {
    const person = await openPerson(stage);
    const accounts: Connected[] = [];
    for (const [index, { direction, groups }] of history.accounts.entries()) {
      const at = `2025-01-0${index + 1}T00:00:00Z`;
      const account = await person.connect({ direction, at });
      for (const name of groups) account.groups.create(name);
      accounts.push(await Connected.open(account, { direction, all: accounts }));
    }
    const world = new SeveralAccounts(stage, accounts);
    for (const [index, { persons }] of history.accounts.entries())
      for (const one of persons) world.takeRemote({ kind: 'remote_create', account: index, ...one });
    for (const name of history.lists) await world.take({ kind: 'list_create', name });
    return world;
  }

  async play(steps: readonly AccountsStep[]): Promise<void> {
    for (const step of steps) {
      await this.stage.time.advance(MINUTE_MS);
      for (const { account } of this.sides.accounts) account.google.nowMs = this.stage.time.nowMs;
      await this.take(step);
    }
  }

  /** Each of them is everywhere once all accounts are at rest again. */
  async prove(deeds: readonly (Deed | Change)[]): Promise<void> {
    for (const deed of deeds) {
      const check = await (isChange(deed) ? this.judge.expectKept(deed) : this.judge.expectAfter(deed));
      await this.play([deed]);
      await this.rest();
      await check();
    }
  }

  /** Lets all accounts sync until nothing moves any more. */
  async rest(): Promise<void> {
    for (let round = 0; round < 8; round++) {
      const before = await this.sides.fingerprint();
      for (const connected of this.sides.connected)
        await this.sync(connected, round === 0 ? 'full' : 'incremental');
      if (round > 0 && before === (await this.sides.fingerprint())) return this.judge.checkRest();
    }
    throw new InvariantBroken(
      'invariant 12: accounts that still tell one another something after eight rounds',
    );
  }

  /** What both sides hold, to read beside a failure. */
  picture(): Promise<string> {
    return this.sides.picture();
  }

  private async take(step: AccountsStep): Promise<void> {
    const harmony = this.sides.harmony;
    switch (step.kind) {
      case 'sync':
        return this.sync(this.sides.at(step.account), step.full ? 'full' : 'incremental', {
          schedule: new Schedule(step.faults),
          world: { meddle: ({ kind }) => this.meddle(step.account + 1, kind) },
        });
      case 'rest':
        return this.rest();
      case 'turn': {
        const connected = this.sides.at(step.account);
        if (connected.isConnected) await this.turn(connected, step.direction);
        return;
      }
      case 'plan': {
        const connected = this.sides.at(step.account);
        if (!connected.isConnected) return;
        // Of contacts that do not flow nobody maps fields.
        if (step.step.kind === 'choose_mappings' && connected.direction === 'none') return;
        await connected.plans.take(step.step);
        this.writesBefore.delete(connected);
        return;
      }
      case 'map': {
        const connected = this.sides.at(step.account);
        if (connected.isConnected) await connected.map(step.field, step.direction);
        return;
      }
      case 'objects': {
        const connected = this.sides.at(step.account);
        if (!connected.isConnected) return;
        await connected.settings.change({ ...connected.settings.inForce, ...step });
        this.writesBefore.delete(connected);
        return;
      }
      case 'undo':
        return this.undo(step);
      case 'delete':
        return this.delete(step);
      case 'connect_again':
        return this.connectAgain(step);
      case 'local_create': {
        if ((await this.sides.find(step.who)) !== undefined) return;
        const fields = { firstName: step.who, email: addressOf(step.who), ...step.values };
        return createContact(harmony, `con_${harmony.userId}_${++this.made}`, fields);
      }
      case 'local_edit': {
        const contact = await this.sides.find(step.who);
        if (contact) await editContact(harmony, contact.id, { [step.field]: step.value });
        return;
      }
      case 'local_delete': {
        const contact = await this.sides.find(step.who);
        if (contact === undefined) return;
        this.judge.noteDelete(step.who);
        return editContact(harmony, contact.id, { archived: true });
      }
      case 'local_restore': {
        if ((await this.sides.find(step.who)) !== undefined) return;
        const archived = (await this.sides.contacts()).findLast(
          ({ fields }) => fields.email === addressOf(step.who),
        );
        if (archived) await editContact(harmony, archived.id, { archived: false });
        return;
      }
      case 'list_create':
        if ((await this.sides.findList(step.name)) !== undefined) return;
        return createList(harmony, { id: `lst_${harmony.userId}_${++this.made}`, name: step.name });
      case 'list_archive':
      case 'list_rename': {
        const list = await this.sides.findList(step.name);
        if (list === undefined) return;
        if (step.kind === 'list_archive')
          return editList(harmony, list.id, { archivedAt: new Date().toISOString() });
        if ((await this.sides.findList(step.to)) !== undefined) return;
        return editList(harmony, list.id, { name: step.to });
      }
      case 'list_member': {
        const [contact, list] = [await this.sides.find(step.who), await this.sides.findList(step.name)];
        if (!contact || !list) return;
        return changeMembership(harmony, { contactId: contact.id, listId: list.id, member: step.isMember });
      }
      default:
        this.takeRemote(step);
    }
  }

  private takeRemote(step: Extract<AccountsStep, { kind: `remote_${string}` | `group_${string}` }>): void {
    const { account, name, isConnected } = this.sides.at(step.account);
    const { google, groups } = account;
    switch (step.kind) {
      case 'remote_create':
        if (findIn(account, step.who) !== undefined) return;
        google.create(personOf(step.who, step.values));
        this.judge.noteOwn(name, step.who);
        return;
      case 'remote_edit': {
        const person = findIn(account, step.who);
        if (person === undefined) return;
        const { mask, lists } = mapping.writePerson(person, { [step.field]: step.value });
        if (mask.length > 0) google.edit(person.resourceName, lists);
        return;
      }
      case 'remote_delete':
        if (isConnected) this.judge.noteDelete(step.who);
        google.delete(findIn(account, step.who)?.resourceName ?? '');
        return;
      case 'group_create':
        groups.create(step.name);
        return;
      case 'group_delete':
        groups.delete(groupIn(account, step.name) ?? '');
        return;
      case 'group_rename': {
        const id = groupIn(account, step.name);
        if (id !== undefined) groups.rename(id, step.to);
        return;
      }
      case 'group_member': {
        const [id, person] = [groupIn(account, step.name), findIn(account, step.who)];
        if (id !== undefined && person !== undefined)
          groups.setMember(id, person.resourceName, step.isMember);
      }
    }
  }

  /** What happens to another account inside of one's sync. */
  private meddle(account: number, kind: FaultKind): Promise<void> {
    if (kind === 'overtaken') return this.overtake(account);
    const records = kind === 'deleted' ? 'delete' : 'keep';
    return this.delete({ kind: 'delete', account, records, meanwhile: null });
  }

  /** Another account's sync inside of one; nobody overtakes the one that overtook. */
  private overtake(other: number): Promise<void> {
    return this.sync(this.sides.at(other), 'incremental');
  }

  private async turn(connected: Connected, direction: Direction): Promise<void> {
    await connected.turn(direction);
    this.writesBefore.delete(connected);
  }

  private async undo({ account, at, isRun }: Step<'undo'>): Promise<void> {
    const { isConnected, direction, undo } = this.sides.at(account);
    const contacts = await this.sides.contacts();
    const isThere = ({ archived, fields }: LocalContact) =>
      archived && contacts.some((one) => !one.archived && one.fields.email === fields.email);
    // Who takes the delete of somebody back who has come in anew has them twice, as they wished.
    if (!isConnected || direction === 'none' || contacts.some(isThere)) return;
    this.judge.noteTakenBack(await undo.take({ at, pass: isRun ? calmPass : null }));
  }

  private async delete({ account, records, meanwhile }: Step<'delete'>): Promise<void> {
    const connected = this.sides.at(account);
    if (!connected.isConnected) return;
    await connected.hide(records);
    if (meanwhile !== null && this.sides.at(meanwhile) !== connected) await this.overtake(meanwhile);
    const check = await this.judge.expectAfterDelete(connected, records);
    await connected.finishDelete();
    await check();
  }

  private async connectAgain({ account, direction, readsFirst }: Step<'connect_again'>): Promise<void> {
    const connected = this.sides.at(account);
    if (connected.isConnected) return;
    this.judge.checkDeleted();
    // Later than listings lag: what a former connection made, and none shows yet, nothing could tell from what is missing.
    await this.stage.time.advance(2 * GRACE_MS);
    await connected.connectAgain();
    this.writesBefore.delete(connected);
    if (!readsFirst) await this.turn(connected, direction);
    await this.sync(connected, 'full');
    await this.turn(connected, direction);
  }

  private async sync(connected: Connected, mode: 'full' | 'incremental', faults?: Faults): Promise<void> {
    if (!connected.isConnected) return;
    await connected.account.sync(mode, faults);
    if (mayPush(connected.direction) || mayPush(connected.settings.lists)) return;
    const { name, writes } = connected;
    if (writes !== (this.writesBefore.get(connected) ?? writes))
      throw new InvariantBroken(`invariant 4: wrote to ${name}, which is only read`);
    this.writesBefore.set(connected, writes);
  }
}

const isChange = (step: Deed | Change): step is Change =>
  ['delete', 'connect_again', 'map', 'objects', 'undo'].includes(step.kind);

type Step<K extends AccountsStep['kind']> = Extract<AccountsStep, { kind: K }>;

const personOf = (who: Who, values: Values): Person => ({
  ...{ names: [{ givenName: who }], emailAddresses: [{ value: addressOf(who) }] },
  ...mapping.writePerson({}, values).lists,
});
