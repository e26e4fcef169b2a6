/** Lists and groups of one history: what people do to them on both sides, and what must hold of them. */
import { sql } from 'drizzle-orm';
import { type EffectiveDirection, mayPull, mayPush } from '../../sync/direction.ts';
import type { ModelGoogle } from '../../sync/model-google.test-support.ts';
import { InvariantBroken } from '../../sync/model-oracle.test-support.ts';
import { pick } from '../../sync/model-world.test-support.ts';
import { groupsOf } from '../../sync/person.ts';
import type { ListStep } from './history.ts';
import { ListChanges } from './list-changes.ts';
import { ListNames, type LoggedNames } from './list-names.ts';
import { changeMembership, createList, editList, type Harmony } from './local-side.ts';
import { FRIENDS, type ModelGroups } from './model-groups.ts';
import type { ListsOfBoth } from './plan-list-effects.ts';

/** What the tables hold of lists. */
export interface ListTables {
  readonly lists: readonly {
    id: string;
    name: string;
    system: boolean;
    /** By a person. */
    edited: boolean;
    archived: boolean;
    archivedAt: string | null;
    version: number;
  }[];
  readonly links: readonly { remoteId: string; name: string; listId: string | null; gone: boolean }[];
  /** `<contact>/<list>` */
  readonly members: readonly string[];
  /** Living contacts and the living remote ones that they are tied to. */
  readonly tied: readonly { contactId: string; remoteId: string }[];
  /** What is not carried over yet: ids of lists and keys of memberships. */
  readonly work: readonly string[];
  /** Names of lists that a person is told to change, since another group has them. */
  readonly taken: readonly string[];
  /** Those of which a person said that it stays so. */
  readonly dismissed: readonly string[];
  /** Names that gave way, and those that they gave way to. */
  readonly replaced: readonly LoggedNames[];
  readonly contacts: readonly string[];
  /** Contacts that were to be made at Google. */
  readonly sent: readonly string[];
  readonly journal: readonly { seq: number; action: string; listId: string; contactId: string | null }[];
}

export class Lists {
  readonly groups: ModelGroups;
  private readonly google: ModelGoogle;
  private readonly harmony: Harmony;
  private made = 0;
  private seenWrites = 0;
  /** As they were after the last person's step or pass. */
  private known = '';
  private readonly listNames = new ListNames();
  private readonly changes = new ListChanges();

  constructor(harmony: Harmony, google: ModelGoogle, groups: ModelGroups) {
    this.harmony = harmony;
    this.google = google;
    this.groups = groups;
  }

  async take(step: ListStep): Promise<void> {
    await this.carryOut(step);
    const tables = await this.read();
    this.listNames.look(this.namesIn(tables));
    this.changes.look(tables);
  }

  private async carryOut(step: ListStep): Promise<void> {
    const { groups } = this;
    switch (step.kind) {
      case 'group_create':
        groups.create(step.name);
        return;
      case 'group_rename':
      case 'group_delete': {
        const own = [...groups.live].filter(([, { system }]) => !system);
        const id = pick(own, step.at)?.[0];
        if (id === undefined) return;
        if ('name' in step) groups.rename(id, step.name);
        else groups.delete(id);
        return;
      }
      case 'group_member': {
        const id = pick([...groups.live.keys()], step.at);
        const person = pick(this.google.live(), step.of);
        if (id !== undefined && person !== undefined)
          groups.setMember(id, person.resourceName, step.isMember);
        return;
      }
      default:
        await this.takeLocal(step);
        this.known = pictureOf(await this.read());
    }
  }

  private async takeLocal(step: Exclude<ListStep, { kind: `group_${string}` }>): Promise<void> {
    const { harmony } = this;
    const tables = await this.read();
    const own = tables.lists.filter(({ system, archived }) => !system && !archived);
    switch (step.kind) {
      case 'list_create':
        return createList(harmony, { id: `lst_${harmony.integrationId}_${++this.made}`, name: step.name });
      case 'list_rename':
      case 'list_archive':
      case 'list_restore': {
        const archived = tables.lists.filter((list) => list.archived && !list.system);
        const list = pick(step.kind === 'list_restore' ? archived : own, step.at);
        if (list === undefined) return;
        const archivedAt = step.kind === 'list_archive' ? new Date().toISOString() : null;
        const change = 'name' in step ? { name: step.name } : { archivedAt };
        if (change.name === list.name) return;
        return editList(harmony, list.id, change);
      }
      case 'list_member': {
        const list = pick(
          tables.lists.filter(({ archived }) => !archived),
          step.at,
        );
        const contactId = pick(tables.tied, step.of)?.contactId;
        if (list === undefined || contactId === undefined) return;
        // As the API answers it: 422.
        if (step.isMember && isFriends(tables, list.id)) return;
        return changeMembership(harmony, { contactId, listId: list.id, member: step.isMember });
      }
    }
  }

  /** All that a plan is made from; what is noted to be carried over comes of it. */
  async source(): Promise<unknown> {
    const { lists, links, members } = await this.read();
    return [lists, links, members];
  }

  /** Both sides as they are now. */
  async ofBoth(): Promise<ListsOfBoth> {
    const { lists, links, members } = await this.read();
    const groups = new Map(this.groups.live);
    return { tables: { lists, links, members }, groups, persons: this.google.live() };
  }

  /** After a request of a person's that may have changed lists. */
  async lookAfterEdit(): Promise<ListTables> {
    const tables = await this.read();
    this.known = pictureOf(tables);
    this.listNames.look(this.namesIn(tables));
    this.changes.look(tables);
    return tables;
  }

  async names(): Promise<string[]> {
    return (await this.read()).lists.flatMap(({ name, archived }) => (archived ? [] : [name]));
  }

  /** After the account was deleted. */
  lookAfterDelete(): Promise<void> {
    this.changes.forget();
    return this.look();
  }

  /** After a pass in which settings changed: of what it did before no more is judged than that it is noted. */
  async look(): Promise<void> {
    this.seenWrites = this.groups.writes.length;
    const tables = await this.read();
    this.known = pictureOf(tables);
    this.listNames.check(this.namesIn(tables), tables.replaced);
    this.changes.check(tables);
  }

  /** After a pass: nothing against the direction, and no group went whose list lives. */
  async check(direction: EffectiveDirection): Promise<void> {
    const tables = await this.read();
    const fresh = this.groups.writes.slice(this.seenWrites);
    this.seenWrites = this.groups.writes.length;
    if (fresh.length > 0 && !mayPush(direction))
      throw new InvariantBroken(`invariant 4: ${fresh[0]?.kind} of a group`);
    for (const { remoteId } of fresh.filter(({ kind }) => kind === 'remove')) {
      const link = tables.links.find((one) => one.remoteId === remoteId);
      const list = tables.lists.find(({ id }) => id === link?.listId);
      if (list?.archived !== true)
        throw new InvariantBroken(`invariant 7: deleted ${remoteId}, whose list lives`);
    }
    if (this.groups.refused.includes(FRIENDS))
      throw new InvariantBroken(`asked for a member of ${FRIENDS}, which takes none`);
    this.listNames.check(this.namesIn(tables), tables.replaced);
    this.changes.check(tables);
    const picture = pictureOf(tables);
    if (!mayPull(direction) && this.known !== '' && picture !== this.known)
      throw new InvariantBroken(`invariant 4: lists changed from ${this.known} to ${picture}`);
    this.known = picture;
  }

  /** Invariant 1 of lists and memberships, once nothing more is written. */
  async checkRest(direction: EffectiveDirection, { withMembers = true } = {}): Promise<void> {
    if (direction === 'none') return;
    const tables = await this.read();
    const { lists, links, work, taken } = tables;
    const told = [...taken, ...tables.dismissed];
    const live = links.filter(({ remoteId, gone }) => !gone && this.groups.live.has(remoteId));
    const broken = (what: string) =>
      new InvariantBroken(`invariant 1 of lists: ${what} (${direction})\n${this.picture(tables)}`);
    // A group is never given a name that another one has: a person is told so, and only then.
    const isLeft = ({ id, name }: { id: string; name: string }) => {
      const own = live.find(({ listId }) => listId === id)?.remoteId;
      const others = [...this.groups.live].filter(([remoteId]) => remoteId !== own);
      return told.includes(name.toLowerCase()) && others.some(([, group]) => isSameName(group.name, name));
    };
    for (const [remoteId, group] of this.groups.live) {
      const link = live.find((one) => one.remoteId === remoteId);
      const list = lists.find(({ id }) => id === link?.listId);
      if (list === undefined) {
        if (mayPull(direction)) throw broken(`${remoteId} is not in Harmony`);
      } else if (list.archived) {
        if (mayPush(direction)) throw broken(`${remoteId} lives although its list is archived`);
      } else if (list.name !== group.name && !isLeft(list))
        throw broken(`"${list.name}" is called "${group.name}" at Google`);
    }
    for (const list of lists) {
      if (list.archived || list.system || !mayPush(direction) || isLeft(list)) continue;
      // Whose group is called something else, a deleted account left it behind: it goes to no other account.
      if (!list.edited && !links.some(({ listId }) => listId === list.id)) continue;
      if (!live.some(({ listId }) => listId === list.id)) throw broken(`${list.id} is not at Google`);
    }
    for (const name of taken) {
      if (!lists.some((list) => isSameName(list.name, name) && isLeft(list)))
        throw broken(`"${name}" is told to be taken`);
    }
    for (const { listId, remoteId: group } of withMembers ? live : []) {
      if (listId === null || lists.find(({ id }) => id === listId)?.archived !== false) continue;
      for (const { contactId, remoteId } of tables.tied) {
        const person = this.google.get(remoteId);
        const key = `${contactId}/${listId}`;
        if (!person) continue;
        if (work.includes(key)) throw broken(`${key} is not carried over`);
        const isMember = groupsOf(person).includes(group);
        // Nobody can be put into that group, and who is on the list is Harmony's to say.
        if (!isMember && group === FRIENDS && !mayPull(direction)) continue;
        if (isMember !== tables.members.includes(key))
          throw broken(`${key} is ${isMember ? 'a' : 'no'} member at Google`);
      }
    }
  }

  private namesIn({ lists, links }: ListTables) {
    return {
      lists: new Map(lists.map(({ id, name }) => [id, name])),
      groups: new Map([...this.groups.live].map(([id, { name }]) => [id, name])),
      tied: links.flatMap(({ listId, remoteId, gone }) =>
        listId === null || gone ? [] : { listId, remoteId },
      ),
      namesSinceWrite: (remoteId: string) => this.groups.namesSinceWrite(remoteId),
    };
  }

  private picture(tables: ListTables): string {
    return JSON.stringify({ ...tables, groups: [...this.groups.live] });
  }

  async read(): Promise<ListTables> {
    const { db, userId, integrationId } = this.harmony;
    const [row] = await db.execute<ListTables & Record<string, unknown>>(sql`
      select
        (select coalesce(json_agg(json_build_object('id', id, 'name', name, 'system', system, 'version', version,
          'archived', archived_at is not null, 'archivedAt', archived_at, 'edited', edited_at is not null) order by id), '[]') from contact_lists
          where user_id = ${userId}) as lists,
        (select coalesce(json_agg(json_build_object('remoteId', remote_id, 'name', remote_name,
          'listId', list_id, 'gone', tombstoned_at is not null) order by remote_id), '[]') from list_links
          where integration_id = ${integrationId}) as links,
        (select coalesce(json_agg(m.contact_id || '/' || m.list_id order by m.list_id, m.contact_id), '[]')
          from contact_list_members m join contact_lists l on l.id = m.list_id where l.user_id = ${userId}) as members,
        (select coalesce(json_agg(json_build_object('contactId', c.id, 'remoteId', l.remote_id) order by c.id), '[]')
          from contact_links l join contacts c on c.id = l.contact_id
          where l.integration_id = ${integrationId} and l.tombstoned_at is null and c.archived_at is null) as tied,
        (select coalesce(json_agg(key), '[]') from contact_work
          where integration_id = ${integrationId} and kind in ('list', 'member', 'member_sent')) as work,
        (select coalesce(json_agg(lower(local_value)), '[]') from contact_conflicts where integration_id = ${integrationId}
          and kind = 'list_name_taken' and resolved_at is null) as taken,
        (select coalesce(json_agg(lower(local_value)), '[]') from contact_conflicts where integration_id = ${integrationId}
          and kind = 'list_name_taken' and resolution = 'dismissed') as dismissed,
        (select coalesce(json_agg(json_build_object('listId', list_id, 'harmony', local_value, 'provider', remote_value)), '[]')
          from contact_conflicts where integration_id = ${integrationId} and kind = 'list_name') as replaced,
        (select coalesce(json_agg(id), '[]') from contacts where user_id = ${userId}) as contacts,
        (select coalesce(json_agg(record_id), '[]') from contact_writes
          where integration_id = ${integrationId} and kind = 'create') as sent,
        (select coalesce(json_agg(json_build_object('seq', seq, 'action', action, 'listId', list_id,
          'contactId', contact_id)), '[]') from list_journal where integration_id = ${integrationId}) as journal`);
    if (row === undefined) throw new Error('a select without rows');
    return row;
  }
}

const pictureOf = ({ lists, members }: ListTables): string =>
  JSON.stringify([lists.map(({ id, name, archived }) => [id, name, archived]), members]);

const isFriends = ({ links }: ListTables, listId: string): boolean =>
  links.some((link) => link.listId === listId && link.remoteId === FRIENDS);

const isSameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
