/** Who is gone from one of several accounts or from Harmony though nobody deleted them, and what Delete may take with it. */
import { InvariantBroken } from '../../sync/model-oracle.test-support.ts';
import type { LocalContact } from '../../sync/operations.ts';
import { elementsOf } from '../../sync/person.ts';
import type { Connected } from './connected.ts';
import type { Records } from './connection.ts';
import { people, type Who } from './several-accounts-history.ts';
import { addressOf, type Sides } from './several-accounts-view.ts';
import { readTables } from './tables.ts';

export class Losses {
  private readonly sides: Sides;
  /** Whom somebody deleted somewhere. */
  private readonly deleted = new Set<Who>();
  /** Contacts of Harmony as they were at rest. */
  private known: ReadonlySet<string> = new Set();

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

const pictureOf = ({ fields, archived }: LocalContact): string => JSON.stringify([fields, archived]);
