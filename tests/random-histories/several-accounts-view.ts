/** What several accounts of a person and Harmony hold, in the words of a history of theirs. */
import { type SQL, sql } from 'drizzle-orm';
import { DEFAULT_FIELD_MAPPINGS } from '../../sync/default-mappings.ts';
import { compileMapping } from '../../sync/map-contact.ts';
import type { LocalContact } from '../../sync/operations.ts';
import { elementsOf, type Person, type PersonWithName } from '../../sync/person.ts';
import type { Account } from './account.ts';
import type { Connected } from './connected.ts';
import type { Harmony } from './local-side.ts';
import type { EditedField, Value, Who } from './several-accounts-history.ts';
import { type Link, readTables } from './tables.ts';

export const addressOf = (who: Who) => `${who.toLowerCase()}@example.com`;

interface ListLink {
  readonly integrationId: string;
  readonly remoteId: string;
  readonly listId: string;
}

export interface Lists {
  readonly lists: readonly { id: string; name: string; archived: boolean }[];
  /** Of all accounts, the living ones. */
  readonly links: readonly ListLink[];
  readonly goneLinks: readonly ListLink[];
  /** `<contact>/<list>` */
  readonly members: readonly string[];
}

/** Somebody in Harmony, and all that is tied to them. */
export interface Tied {
  readonly contact: LocalContact;
  /** In the order in which the accounts were connected. */
  readonly at: readonly {
    readonly connected: Connected;
    readonly link: Link;
    readonly person: PersonWithName;
  }[];
  /** One of the accounts had it, or a deleted one left it here: it is no other one's to make. */
  readonly wasHad: boolean;
}

export class Sides {
  /** All that there ever were. */
  readonly accounts: readonly Connected[];

  constructor(accounts: readonly Connected[]) {
    this.accounts = accounts;
  }

  get harmony(): Harmony {
    return this.at(0).account.harmony;
  }

  /** Those that are not deleted, in the order in which they were connected. */
  get connected(): readonly Connected[] {
    const there = this.accounts.filter(({ isConnected }) => isConnected);
    return there.toSorted((one, other) => one.since - other.since);
  }

  at(index: number): Connected {
    const found = this.accounts[index % this.accounts.length];
    if (found === undefined) throw new Error('no account');
    return found;
  }

  async contacts(): Promise<LocalContact[]> {
    return [...(await readTables(this.harmony)).locals.values()];
  }

  /** Who lives in Harmony. */
  async find(who: Who): Promise<LocalContact | undefined> {
    return (await this.contacts()).find(
      ({ fields, archived }) => !archived && fields.email === addressOf(who),
    );
  }

  async findList(name: string) {
    return (await this.readLists()).lists.find((list) => list.name === name && !list.archived);
  }

  async tiedTo(contact: LocalContact): Promise<Tied> {
    const at = [];
    let wasHad = (await readTables(this.harmony)).kept.includes(contact.id);
    for (const connected of this.connected) {
      const { links } = await readTables(connected.account.harmony);
      const link = links.find(
        ({ contactId, tombstonedAt }) => contactId === contact.id && tombstonedAt === null,
      );
      wasHad ||= links.some(({ formerOf }) => formerOf === contact.id);
      const person = link && connected.account.google.get(link.remoteId);
      if (link && person) at.push({ connected, link, person });
    }
    return { contact, at, wasHad };
  }

  async readLists(): Promise<Lists> {
    const { db, userId } = this.harmony;
    const linksThat = (are: SQL) => sql`
      (select coalesce(json_agg(json_build_object('integrationId', integration_id, 'remoteId', remote_id,
          'listId', list_id) order by remote_id), '[]') from list_links
        where list_id in (select id from contact_lists where user_id = ${userId}) and tombstoned_at ${are})`;
    const [row] = await db.execute<Lists & Record<string, unknown>>(sql`
      select
        (select coalesce(json_agg(json_build_object('id', id, 'name', name, 'archived', archived_at is not null)
          order by id), '[]') from contact_lists where user_id = ${userId} and not system) as lists,
        ${linksThat(sql`is null`)} as links,
        ${linksThat(sql`is not null`)} as "goneLinks",
        (select coalesce(json_agg(m.contact_id || '/' || m.list_id order by m.list_id, m.contact_id), '[]')
          from contact_list_members m join contact_lists l on l.id = m.list_id where l.user_id = ${userId}) as members`);
    if (row === undefined) throw new Error('a select without rows');
    return row;
  }

  /** Changes with every write of a row that means something, and every write at a provider. */
  async fingerprint(): Promise<string> {
    const seen: unknown[] = [];
    for (const { account } of this.accounts) {
      const { fingerprint } = await readTables(account.harmony);
      seen.push([fingerprint, account.writes.length, account.groups.writes.length]);
    }
    return JSON.stringify(seen);
  }

  async picture(): Promise<string> {
    const lines: string[] = [];
    for (const { account, direction, isConnected, settings } of this.accounts) {
      const { links, conflicts } = await readTables(account.harmony);
      lines.push(`${account.integrationId} (${isConnected ? direction : 'deleted'})`);
      const { mappings } = settings.inForce;
      if (mappings !== DEFAULT_FIELD_MAPPINGS)
        lines.push(`  ${mappings.map(({ field, direction: way }) => `${field} ${way}`).join(', ')}`);
      for (const person of account.google.live()) lines.push(`  Google ${JSON.stringify(person)}`);
      lines.push(`  groups ${JSON.stringify([...account.groups.live].map(([id, { name }]) => [id, name]))}`);
      for (const { remoteId, contactId, base, parked, tombstonedAt, localVersion } of links)
        lines.push(
          `  link ${JSON.stringify({ remoteId, contactId, localVersion, base, parked, tombstonedAt })}`,
        );
      for (const { kind, field, contactId, remoteId, resolution } of conflicts)
        lines.push(`  conflict ${JSON.stringify({ kind, field, contactId, remoteId, resolution })}`);
      lines.push(`  writes ${JSON.stringify(account.writes.map(({ kind, name }) => `${kind} ${name}`))}`);
    }
    for (const contact of await this.contacts()) lines.push(`Harmony ${JSON.stringify(contact)}`);
    lines.push(`lists ${JSON.stringify(await this.readLists())}`);
    return lines.join('\n');
  }
}

/** By the default mappings. */
export const mapping = compileMapping(DEFAULT_FIELD_MAPPINGS);

export const valueAt = (person: Person, field: EditedField): Value =>
  mapping.readPerson(person)[field] ?? null;

export const findIn = ({ google }: Account, who: Who): PersonWithName | undefined =>
  google.live().find((person) => elementsOf(person, 'emailAddresses')[0]?.value === addressOf(who));

export const groupIn = ({ groups }: Account, name: string): string | undefined =>
  [...groups.live].find(([, group]) => group.name === name)?.[0];
