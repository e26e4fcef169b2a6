/** One account's contact groups: the system's, the seeded labels, and what was made of them. */
import { randomBytes } from 'node:crypto';
import { RecentCache } from '../../core/paging.ts';
import type { SandboxCore } from '../../core/sandbox-core.ts';
import type { Version, VersionedTable } from '../../core/versioned-table.ts';
import type { GoogleSettings } from '../settings.ts';
import type { ContactRecord, ContactStore } from './contact-store.ts';
import { labelNames } from './name-lists.ts';
import { type FieldEntry, groupOf } from './normalise-person.ts';

export interface GroupRecord {
  name: string;
  system: boolean;
  revision: number;
  updateTime?: string;
  clientData?: FieldEntry[];
}

const systemGroups: Record<string, string> = {
  myContacts: 'My Contacts',
  starred: 'Starred',
  friends: 'Friends',
  family: 'Family',
  coworkers: 'Coworkers',
  blocked: 'Blocked',
  all: 'All Contacts',
  chatBuddies: 'Chat contacts',
};

/** The only system groups that can gain members. */
export const joinableSystemGroups = ['contactGroups/myContacts', 'contactGroups/starred'];

export class GroupStore {
  readonly #core: SandboxCore<GoogleSettings>;
  readonly #contacts: ContactStore;
  readonly #table: VersionedTable<GroupRecord>;
  readonly #seeded = new Map<string, GroupRecord>();
  readonly #seededCounts = new Map<string, number>();
  readonly #counts = new RecentCache<number>(64);

  constructor(core: SandboxCore<GoogleSettings>, email: string, contacts: ContactStore) {
    this.#core = core;
    this.#contacts = contacts;
    this.#table = core.state.versioned(`google.world.groups.${email}`);
    for (const id of Object.keys(systemGroups))
      this.#seeded.set(`contactGroups/${id}`, { name: id, system: true, revision: 0 });
    const updateTime = new Date(Date.parse(core.settings().worldDate) - 86_400_000).toISOString();
    contacts.seed.groupIds.forEach((id, label) => {
      const name = labelNames[label] as string;
      this.#seeded.set(`contactGroups/${id}`, { name, system: false, revision: 0, updateTime });
    });
  }

  find(resourceName: string, seq?: number): GroupRecord | undefined {
    const version = this.#table.get(resourceName, seq);
    if (version !== undefined) return version.value ?? undefined;
    return this.#seeded.get(resourceName);
  }

  list(seq: number): { resourceName: string; record: GroupRecord }[] {
    const names = new Set([...this.#seeded.keys()]);
    for (const { key } of this.#table.entries(seq)) names.add(key);
    return [...names].flatMap((resourceName) => {
      const record = this.find(resourceName, seq);
      return record === undefined ? [] : [{ resourceName, record }];
    });
  }

  changes(afterSeq: number, upToSeq: number): { key: string; version: Version<GroupRecord> }[] {
    return this.#table.changes(afterSeq, upToSeq);
  }

  /** Whether another group than `except` has that name already. */
  isTaken(name: string, except?: string): boolean {
    const wanted = name.toLowerCase();
    return this.list(this.#core.state.seq).some(
      ({ resourceName, record }) =>
        resourceName !== except &&
        (record.name.toLowerCase() === wanted || systemGroups[record.name]?.toLowerCase() === wanted),
    );
  }

  create(name: string, clientData?: FieldEntry[]): { resourceName: string; record: GroupRecord } {
    const resourceName = `contactGroups/${randomBytes(8).toString('hex')}`;
    return {
      resourceName,
      record: this.#put(resourceName, {
        name,
        system: false,
        revision: 1,
        ...(clientData && { clientData }),
      }),
    };
  }

  update(resourceName: string, record: GroupRecord, changes: Partial<GroupRecord>): GroupRecord {
    return this.#put(resourceName, { ...record, ...changes, revision: record.revision + 1 });
  }

  delete(resourceName: string): void {
    this.#table.put(resourceName, null);
  }

  /** How many contacts are in the group now. */
  countMembers(resourceName: string): number {
    return this.#counts.getOrCreate(`${resourceName} ${this.#core.state.seq}`, () => {
      let count = this.#seededCount(resourceName);
      for (const { key, version } of this.#contacts.touched()) {
        const index = this.#contacts.seed.indexOf(key);
        if (index !== undefined && this.#isSeededMember(resourceName, index)) count--;
        if (
          version.value !== null &&
          version.value.renamedTo === undefined &&
          this.isMember(resourceName, version.value)
        )
          count++;
      }
      return count;
    });
  }

  /** Up to `limit` members, seeded ones first. */
  members(resourceName: string, limit: number): string[] {
    const { seed } = this.#contacts;
    const touched = [...this.#contacts.touched()];
    const touchedNames = new Set(touched.map(({ key }) => key));
    const members: string[] = [];
    for (let index = 0; index < seed.count && members.length < limit; index++) {
      if (!this.#isSeededMember(resourceName, index)) continue;
      const name = seed.resourceName(index);
      if (!touchedNames.has(name)) members.push(name);
    }
    for (const { key, version } of touched) {
      if (members.length >= limit) break;
      const record = version.value;
      if (record !== null && record.renamedTo === undefined && this.isMember(resourceName, record))
        members.push(key);
    }
    return members;
  }

  isMember(resourceName: string, record: ContactRecord): boolean {
    const own = record.fields.memberships;
    if (own !== undefined) return own.some((entry) => groupOf(entry) === resourceName);
    return record.index !== undefined && this.#isSeededMember(resourceName, record.index);
  }

  formattedName(record: GroupRecord): string {
    return (record.system && systemGroups[record.name]) || record.name;
  }

  #put(resourceName: string, record: GroupRecord): GroupRecord {
    const stamped = { ...record, updateTime: this.#core.clock.iso() };
    this.#table.put(resourceName, stamped);
    return stamped;
  }

  #isSeededMember(resourceName: string, index: number): boolean {
    const id = resourceName.slice('contactGroups/'.length);
    if (id === 'myContacts') return true;
    const { seed } = this.#contacts;
    if (id === 'starred') return seed.isStarred(index);
    const label = seed.groupIds.indexOf(id);
    return label >= 0 && seed.hasLabel(index, label);
  }

  #seededCount(resourceName: string): number {
    const known = this.#seededCounts.get(resourceName);
    if (known !== undefined) return known;
    let count = 0;
    for (let index = 0; index < this.#contacts.seed.count; index++)
      if (this.#isSeededMember(resourceName, index)) count++;
    this.#seededCounts.set(resourceName, count);
    return count;
  }
}
