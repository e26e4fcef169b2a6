/** Who is gone from one of several accounts or from Harmony though nobody deleted them, and what Delete may take with it. */
import { InvariantBroken } from '../../sync/model-oracle.test-support.ts';
import type { LocalContact } from '../../sync/operations.ts';
import { elementsOf } from '../../sync/person.ts';
import type { Connected } from './connected.ts';
import type { Records } from './connection.ts';
import { type Change, editedFields, people, type Who } from './several-accounts-history.ts';
import { addressOf, findIn, type Sides, valueAt } from './several-accounts-view.ts';
import { readTables } from './tables.ts';
import type { TakenBack } from './undo.ts';

export class Losses {
  private readonly sides: Sides;
  /** Whom somebody deleted somewhere. */
  private readonly deleted = new Set<Who>();
  /** Contacts of Harmony as they were at rest. */
  private known: ReadonlySet<string> = new Set();

  /** By the undo that was last. */
  takenBack: readonly TakenBack[] = [];

  constructor(sides: Sides) {
    this.sides = sides;
  }

  noteDelete(who: Who): void {
    this.deleted.add(who);
  }

  /** Rule 7: nobody goes but who was deleted. */
  async check(): Promise<void> {
    for (const { account, name } of this.sides.accounts) {
      for (const { kind, before } of account.writes) {
        const address = before && elementsOf(before, 'emailAddresses')[0]?.value;
        if (kind === 'remove' && !this.isDeleted(address))
          throw new InvariantBroken(`invariant 7: ${address} went at ${name}, whom nobody deleted`);
      }
    }
    const contacts = await this.sides.contacts();
    for (const { id, fields, archived } of contacts) {
      if (archived && !this.isDeleted(fields.email))
        throw new InvariantBroken(`invariant 7: ${id} (${fields.email}) is archived, whom nobody deleted`);
    }
    const ids = new Set(contacts.map(({ id }) => id));
    for (const id of this.known) if (!ids.has(id)) throw new InvariantBroken(`invariant 7: ${id} is gone`);
    this.known = ids;
  }

  /** Nobody else has changed, and with records deleted those are gone that no other account has. */
  async expectAfterDelete(connected: Connected, records: Records): Promise<() => Promise<void>> {
    const before = await this.look(connected);
    return async () => {
      const after = await this.look(connected);
      const broken = (what: string) =>
        new InvariantBroken(`Delete (${records}) of ${connected.name}: ${what}`);
      for (const [id, then] of before.contacts) {
        const now = after.contacts.get(id);
        const goes = records === 'delete' && before.tiedHere.has(id) && !before.tiedElsewhere.has(id);
        if (goes !== (now === undefined)) throw broken(`${id} is ${now === undefined ? 'gone' : 'there'}`);
        if (now !== undefined && pictureOf(now) !== pictureOf(then)) throw broken(`${id} has changed`);
      }
      if (after.elsewhere !== before.elsewhere) throw broken('what other accounts tie has changed');
      for (const list of before.lists) {
        const { id } = list;
        const goes = records === 'delete' && before.listsHere.has(id) && !before.listsElsewhere.has(id);
        const now = after.lists.find((one) => one.id === id);
        if (goes !== (now === undefined)) throw broken(`${id} is ${now === undefined ? 'gone' : 'there'}`);
        if (now !== undefined && JSON.stringify(now) !== JSON.stringify(list))
          throw broken(`${id} has changed`);
      }
      const isThere = (key: string) => {
        const [contactId = '', listId = ''] = key.split('/');
        return after.contacts.has(contactId) && after.lists.some(({ id }) => id === listId);
      };
      const members = before.members.filter(isThere);
      if (JSON.stringify(after.members) !== JSON.stringify(members))
        throw broken('who is on which list changed');
      this.known = new Set(after.contacts.keys());
    };
  }

  /**
   * Nothing of anybody is lost: each value that there was, in Harmony or at an account that is connected, is there, or is
   * told to have given way; and who stays has in Harmony what they had, but for a value of another account's.
   */
  async expectKept(change: Change): Promise<() => Promise<void>> {
    if (change.kind === 'undo') return this.expectUndone();
    const before = await this.values();
    const made = this.made();
    const { writes } = this.sides.at(change.account);
    return async () => {
      const after = await this.values();
      const isOff = change.kind === 'map' ? change.direction === 'none' : isContactsOff(change);
      if (isOff && this.sides.at(change.account).writes !== writes)
        throw new InvariantBroken('invariant 14: wrote what is no longer mapped');
      // What an account leaves here goes to no other one (decision 0010).
      if (change.kind === 'delete' && this.made() !== made)
        throw new InvariantBroken('Delete had another account make somebody');
      for (const { who, contactId, field, value, at } of before) {
        const now = after.find((one) => one.contactId === contactId && one.field === field);
        // It went with an account that was deleted.
        if (now === undefined) continue;
        const broken = (what: string) => new InvariantBroken(`invariant 2: ${field} of ${who} was ${what}`);
        if (value !== null && now.value === null) throw broken(`${value}, and is blank`);
        const known = [
          now.value,
          ...now.at.map((one) => one.value),
          ...(await this.gaveWay(contactId, field)),
        ];
        if (value !== null && !known.includes(value)) throw broken(`${value}, and is ${now.value}`);
        for (const { connected, value: theirs } of at) {
          if (!connected.isConnected || theirs === null || known.includes(theirs)) continue;
          throw broken(`${theirs} at ${connected.name}, and is ${now.value}`);
        }
        const others = [...at, ...now.at].map((one) => one.value);
        if (now.value !== value && !others.includes(now.value)) throw broken(`${value}, and is ${now.value}`);
      }
    };
  }

  /** What the run had set is as it was before, everywhere, and nothing else is touched. */
  private async expectUndone(): Promise<() => Promise<void>> {
    const before = await this.sides.contacts();
    this.takenBack = [];
    return async () => {
      const after = new Map((await this.sides.contacts()).map((contact) => [contact.id, contact]));
      for (const { id, fields, archived } of before) {
        const mine = this.takenBack.filter(({ contactId }) => contactId === id);
        const comesBack = mine.some(({ field }) => field === null);
        const now = after.get(id);
        if (now === undefined) throw new InvariantBroken(`undo: ${id} is gone`);
        if ((now.archived === true) !== (archived === true && !comesBack))
          throw new InvariantBroken(`undo: ${id} is ${now.archived ? '' : 'not '}in the archive`);
        if (archived) continue;
        for (const field of editedFields) {
          const taken = mine.find((one) => one.field === field);
          const expected = (taken === undefined ? fields[field] : taken.value) ?? null;
          const is = now.fields[field] ?? null;
          if (is !== expected) throw new InvariantBroken(`undo: ${field} of ${id} is ${is}, not ${expected}`);
        }
      }
    };
  }

  private made(): number {
    const writes = this.sides.accounts.flatMap(({ account }) => account.writes);
    return writes.filter((write) => write.kind === 'create').length;
  }

  private async values() {
    const all = [];
    for (const who of people) {
      const contact = await this.sides.find(who);
      if (contact === undefined) continue;
      const at = this.sides.accounts.flatMap((connected) => {
        const person = findIn(connected.account, who);
        return person === undefined ? [] : { connected, person };
      });
      for (const field of editedFields) {
        all.push({
          ...{ who, contactId: contact.id, field, value: contact.fields[field] ?? null },
          at: at.map(({ connected, person }) => ({ connected, value: valueAt(person, field) })),
        });
      }
    }
    return all;
  }

  /** Values that a person is told of. */
  private async gaveWay(contactId: string, field: string): Promise<(string | null)[]> {
    const told = [];
    for (const { account } of this.sides.connected) {
      const { conflicts } = await readTables(account.harmony);
      for (const one of conflicts)
        if (one.contactId === contactId && one.field === field) told.push(one.localValue, one.remoteValue);
    }
    return told;
  }

  private async look({ account }: Connected) {
    const { locals, links } = await readTables(account.harmony);
    const others = [];
    for (const other of this.sides.connected)
      if (other.account !== account) others.push(...(await readTables(other.account.harmony)).links);
    const { lists, members, ...listLinks } = await this.sides.readLists();
    const listsOf = (isHere: boolean) =>
      new Set(
        [...listLinks.links, ...listLinks.goneLinks].flatMap(({ integrationId, listId }) =>
          (integrationId === account.integrationId) === isHere ? listId : [],
        ),
      );
    const contactsOf = (all: typeof links) => new Set(all.flatMap(({ contactId }) => contactId ?? []));
    return {
      ...{ contacts: locals, lists, members, elsewhere: JSON.stringify(others) },
      ...{ tiedHere: contactsOf(links), tiedElsewhere: contactsOf(others) },
      ...{ listsHere: listsOf(true), listsElsewhere: listsOf(false) },
    };
  }

  private isDeleted(address: unknown): boolean {
    return people.some((who) => addressOf(who) === address && this.deleted.has(who));
  }
}

const isContactsOff = (change: Change): boolean =>
  change.kind === 'objects' && !change.own && change.lists === 'none';

const pictureOf = ({ fields, archived }: LocalContact): string => JSON.stringify([fields, archived]);
