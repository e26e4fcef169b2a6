/** What must hold of several accounts of a person once none of them has anything to tell another. */
import { isBlank } from '../../sync/contact-fields.ts';
import { mayPull, mayPush } from '../../sync/direction.ts';
import { InvariantBroken } from '../../sync/model-oracle.test-support.ts';
import type { LocalContact } from '../../sync/operations.ts';
import { groupsOf } from '../../sync/person.ts';
import type { Connected } from './connected.ts';
import type { Records } from './connection.ts';
import { Losses } from './losses.ts';
import { type Change, type Deed, editedFields, people, type Who } from './several-accounts-history.ts';
import { addressOf, findIn, groupIn, type Sides, type Tied, valueAt } from './several-accounts-view.ts';
import { readTables } from './tables.ts';
import type { TakenBack } from './undo.ts';

export class SeveralAccountsJudge {
  private readonly sides: Sides;
  /** `<account>/<who>` of those whom somebody made there. */
  private readonly ownPeople = new Set<string>();
  private readonly losses: Losses;
  /** How many writes each account had when it was deleted. */
  private readonly written = new Map<Connected, number>();

  constructor(sides: Sides) {
    this.sides = sides;
    this.losses = new Losses(sides);
  }

  noteOwn(name: string, who: Who): void {
    this.ownPeople.add(`${name}/${who}`);
  }

  async checkRest(): Promise<void> {
    for (const who of people) {
      const living = (await this.sides.contacts()).filter(
        ({ fields, archived }) => !archived && fields.email === addressOf(who),
      );
      if (living.length > 1) throw new InvariantBroken(`invariant 6: ${who} is there ${living.length} times`);
      const [contact] = living;
      const tied = contact && (await this.sides.tiedTo(contact));
      if (tied) {
        await this.checkTied(who, tied);
        this.checkMade(who, tied);
      }
      await this.checkReach(who, contact);
    }
    await this.checkLists();
    this.checkDeleted();
    await this.losses.check();
  }

  noteDelete(who: Who): void {
    this.losses.noteDelete(who);
  }

  expectAfterDelete(connected: Connected, records: Records): Promise<() => Promise<void>> {
    // Whom it made there, it did for whoever connects it later.
    for (const who of people) if (findIn(connected.account, who)) this.noteOwn(connected.name, who);
    this.written.set(connected, connected.writes);
    return this.losses.expectAfterDelete(connected, records);
  }

  /** Of what was at rest before somebody changed one of the accounts. */
  expectKept(change: Change): Promise<() => Promise<void>> {
    return this.losses.expectKept(change);
  }

  noteTakenBack(takenBack: readonly TakenBack[]): void {
    this.losses.takenBack = takenBack;
  }

  /** Rule 18. */
  checkDeleted(): void {
    for (const [connected, writes] of this.written) {
      if (!connected.isConnected && connected.writes !== writes)
        throw new InvariantBroken(`invariant 14: wrote to ${connected.name}, which was deleted`);
    }
  }

  /** Invariant 1: each account has what Harmony has, as far as its direction lets it. */
  private async checkTied(who: Who, { contact, at }: Tied): Promise<void> {
    for (const field of editedFields) {
      const mine = contact.fields[field] ?? null;
      const source = at.find(
        ({ connected, person }) =>
          connected.directionOf(field) === 'from_provider' && !isBlank(valueAt(person, field)),
      );
      if (source && valueAt(source.person, field) !== mine)
        throw new InvariantBroken(`invariant 1: ${field} of ${who} is not that of its source`);
      for (const { connected, person, link } of at) {
        const direction = connected.directionOf(field);
        // What Harmony never had is left alone where it can not come here.
        const wasNeverHere =
          direction === 'to_provider' && isBlank(mine) && !Object.hasOwn(link.base ?? {}, field);
        if (mayPush(direction) && !wasNeverHere && valueAt(person, field) !== mine)
          throw new InvariantBroken(`invariant 1: ${field} of ${who} differs at ${connected.name}`);
      }
    }
  }

  /** What was made in Harmony goes to one account, and only a match ties it to more. */
  private checkMade(who: Who, { contact, at, wasHad }: Tied): void {
    // Where they were on their own before, they are made anew if an edit beats their delete.
    const made = at.filter(
      ({ connected: { name: at, account }, link }) =>
        !this.ownPeople.has(`${at}/${who}`) &&
        account.writes.some(({ kind, name }) => kind === 'create' && name === link.remoteId),
    );
    if (made.length > 1) throw new InvariantBroken(`${who} was made at ${made.length} accounts`);
    const isOurs = contact.id.includes(this.sides.harmony.userId);
    if (
      isOurs &&
      at.length === 0 &&
      !wasHad &&
      this.sides.connected.some(({ direction }) => mayPush(direction))
    )
      throw new InvariantBroken(`invariant 1: ${who} (${contact.id}) goes to no account`);
  }

  /** Nobody is left out: what is at an account that is read is in Harmony, and what was deleted here is gone where we write. */
  private async checkReach(who: Who, living: LocalContact | undefined): Promise<void> {
    for (const { account, direction } of this.sides.connected) {
      const { links, locals } = await readTables(account.harmony);
      const person = findIn(account, who);
      if (person === undefined) continue;
      const link = links.find(({ remoteId }) => remoteId === person.resourceName);
      const contact = locals.get(link?.contactId ?? '');
      if (contact === undefined && mayPull(direction))
        throw new InvariantBroken(`invariant 1: ${who} of ${account.integrationId} is not in Harmony`);
      if (contact?.archived && direction === 'both')
        throw new InvariantBroken(`invariant 1: ${who} is archived, and lives at ${account.integrationId}`);
      if (contact !== undefined && living !== undefined && contact.id !== living.id && !contact.archived)
        throw new InvariantBroken(`invariant 6: ${who} of ${account.integrationId} is somebody else`);
    }
  }

  /** Who is on a list in Harmony is in its group wherever we write. */
  private async checkLists(): Promise<void> {
    const { lists, links, members } = await this.sides.readLists();
    for (const who of people) {
      const contact = await this.sides.find(who);
      if (contact === undefined) continue;
      for (const { connected, person } of (await this.sides.tiedTo(contact)).at) {
        const { account, lists: way } = connected;
        if (!mayPush(way)) continue;
        for (const link of links.filter(({ integrationId }) => integrationId === account.integrationId)) {
          const list = lists.find(({ id }) => id === link.listId);
          if (list === undefined || list.archived) continue;
          const isMember = groupsOf(person).includes(link.remoteId);
          if (isMember !== members.includes(`${contact.id}/${link.listId}`))
            throw new InvariantBroken(
              `invariant 1 of lists: ${who} is ${isMember ? 'a' : 'no'} member of ${list.name} at ${account.integrationId}`,
            );
        }
      }
    }
  }

  /** What must be true once this was done and all is at rest again. */
  async expectAfter(deed: Deed): Promise<() => Promise<void>> {
    const nothing = async () => {};
    const contact = await this.sides.find(deed.who);
    if (contact === undefined) return nothing;
    const { at: all } = await this.sides.tiedTo(contact);
    const at = all.filter(({ connected }) => connected.direction !== 'none');
    const mine = 'account' in deed ? this.sides.at(deed.account) : undefined;
    const isOfLists = deed.kind === 'list_member' || deed.kind === 'group_member';
    const wayOf = (connected: Connected) => {
      if ('field' in deed) return connected.directionOf(deed.field);
      return isOfLists ? connected.lists : connected.direction;
    };
    const isTied = mine === undefined || at.some(({ connected }) => connected === mine);
    // An account that is only read may set back what is done elsewhere, but for lists that another one is sent.
    const isRead = at.some(({ connected }) => wayOf(connected) === 'from_provider');
    if (!isTied || (mine !== undefined && !mayPull(wayOf(mine)))) return nothing;
    if (isRead && (!isOfLists || mine?.lists === 'from_provider')) return nothing;
    const now = async () => (await this.sides.contacts()).find(({ id }) => id === contact.id);
    const lost = (what: string) =>
      new InvariantBroken(`invariant 2: ${JSON.stringify(deed)} is lost, ${what}`);
    switch (deed.kind) {
      case 'local_edit':
      case 'remote_edit':
        return async () => {
          const { [deed.field]: value = null } = (await now())?.fields ?? {};
          if (value !== deed.value) throw lost(`Harmony has ${value}`);
        };
      case 'local_delete':
        return async () => {
          if ((await now())?.archived !== true) throw lost('it lives in Harmony');
          for (const { connected, link } of at)
            if (connected.account.google.get(link.remoteId)) throw lost(`it lives at ${connected.name}`);
        };
      case 'list_member':
      case 'group_member': {
        const { lists, links } = await this.sides.readLists();
        const group = mine && groupIn(mine.account, deed.name);
        const tied = links.find(
          (link) => link.integrationId === mine?.account.integrationId && link.remoteId === group,
        );
        const list = mine
          ? lists.find(({ id }) => id === tied?.listId)
          : await this.sides.findList(deed.name);
        if (list === undefined || list.archived) return nothing;
        const isSent = at.some(
          ({ connected }) =>
            mayPush(connected.lists) &&
            links.some(
              ({ integrationId, listId }) =>
                integrationId === connected.account.integrationId && listId === list.id,
            ),
        );
        if (isRead && !isSent) return nothing;
        return async () => {
          const { members } = await this.sides.readLists();
          if (members.includes(`${contact.id}/${list.id}`) !== deed.isMember)
            throw lost('the list says otherwise');
        };
      }
    }
  }
}
