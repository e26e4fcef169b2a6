/** Google's contact groups behind the adapter contract: increments by token, names that are taken, memberships of contacts. */
import {
  type ContactListCalls,
  type ContactListRecord,
  ProviderError,
  type RecordPage,
} from '../../providers/contract/index.ts';
import type { ModelGoogle } from '../../sync/model-google.test-support.ts';
import { elementsOf, groupsOf, type PersonElement } from '../../sync/person.ts';
import type { Gate } from './gate.ts';

export interface ModelGroup {
  readonly name: string;
  readonly etag: string;
  readonly system: boolean;
  readonly updatedAt: string;
}

/** What a listing shows of the groups: which ones at all, and each as it was how long before. */
export interface GroupVisibility {
  isShown(index: number): boolean;
  lagMs(index: number): number;
}

export interface GroupWrite {
  readonly kind: 'create' | 'rename' | 'remove' | 'members';
  readonly remoteId: string;
}

export const STARRED = 'contactGroups/starred';
/** Left from former times: nobody can be put into it any more. */
export const FRIENDS = 'contactGroups/friends';

export class ModelGroups {
  /** Those that live, by resource name. */
  readonly live = new Map<string, ModelGroup>();
  /** Every write of the engine that was carried out. */
  readonly writes: GroupWrite[] = [];
  /** Groups that take no change of their members, and how they say so. */
  readonly refusing = new Map<string, ProviderError['kind']>();
  /** Names that no group can have. */
  readonly refusingNames = new Set<string>();
  /** Groups that everybody stays in who is taken off, as it is the last one of theirs. */
  readonly keeping = new Set<string>();
  /** Changes of members that a group did not take. */
  readonly refused: string[] = [];
  private readonly tokens = new Map<string, ReadonlyMap<string, ModelGroup | null>>();
  /** All that each group was; null: it was deleted. */
  private readonly versions = new Map<
    string,
    { readonly atMs: number; readonly group: ModelGroup | null }[]
  >();
  /** By resource name, which of its versions our last write made. */
  private readonly written = new Map<string, number>();
  private readonly google: ModelGoogle;
  private count = 0;

  constructor(google: ModelGoogle) {
    this.google = google;
    this.store(STARRED, 'Starred', true);
  }

  /** An account from the time when there was such a group. */
  addFriends(): void {
    this.store(FRIENDS, 'Friends', true);
  }

  /** undefined where another group has the name. */
  create(name: string): string | undefined {
    if (this.isTaken(name)) return undefined;
    const remoteId = `contactGroups/g${++this.count}`;
    this.store(remoteId, name, false);
    return remoteId;
  }

  rename(remoteId: string, name: string): boolean {
    if (this.isTaken(name, remoteId)) return false;
    this.store(remoteId, name, false);
    return true;
  }

  delete(remoteId: string): void {
    if (!this.live.delete(remoteId)) return;
    this.noteVersion(remoteId, null);
    for (const { resourceName } of this.google.live()) this.setMember(remoteId, resourceName, false);
  }

  /** False where there is no such contact. */
  setMember(remoteId: string, contact: string, isMember: boolean): boolean {
    const person = this.google.get(contact) ?? this.google.successorOf(contact);
    if (!person) return false;
    if (groupsOf(person).includes(remoteId) === isMember) return true;
    const others = elementsOf(person, 'memberships').filter((one) => !isOf(remoteId, one));
    const mine: PersonElement = { contactGroupMembership: { contactGroupResourceName: remoteId } };
    this.google.edit(person.resourceName, { memberships: isMember ? [...others, mine] : others });
    return true;
  }

  /** As it was `lagMs` ago; null: it was deleted by then; undefined: there was none yet. */
  shownAt(remoteId: string, lagMs: number): ModelGroup | null | undefined {
    if (lagMs === 0) return this.live.get(remoteId) ?? null;
    const versions = this.versions.get(remoteId) ?? [];
    return versions.findLast(({ atMs }) => atMs <= this.google.nowMs - lagMs)?.group;
  }

  /** What it was called by our last write and since then, all that it ever was where there is none. */
  namesSinceWrite(remoteId: string): readonly string[] {
    const versions = this.versions.get(remoteId) ?? [];
    return versions.slice(this.written.get(remoteId) ?? 0).flatMap(({ group }) => group?.name ?? []);
  }

  page(cursor: string | null, { isShown, lagMs }: GroupVisibility): RecordPage {
    const before = cursor === null ? new Map<string, ModelGroup | null>() : this.tokens.get(cursor);
    if (before === undefined) throw refused('cursor_expired', 400);
    const token = `groups/${++this.count}`;
    const delivered = new Map(before);
    const upserts: ContactListRecord[] = [];
    const deletions: string[] = [];
    for (const [index, id] of [...this.versions.keys()].entries()) {
      if (cursor === null && !isShown(index)) continue;
      const group = this.shownAt(id, lagMs(index));
      if (group === undefined || before.get(id) === group) continue;
      if (group !== null) upserts.push(toRecord(id, group));
      else if (before.has(id)) deletions.push(id);
      delivered.set(id, group);
    }
    this.tokens.set(token, delivered);
    return { upserts, deletions, next: { kind: 'done', cursor: token } };
  }

  expireTokens(): void {
    this.tokens.clear();
  }

  calls(gate: Pick<Gate, 'toProvider'>): ContactListCalls {
    const write = <T>(run: () => T) => gate.toProvider({ call: 'write' }, run);
    const recordOf = (remoteId: string): ContactListRecord => {
      const group = this.live.get(remoteId);
      if (group === undefined) throw refused('not_found', 404);
      return toRecord(remoteId, group);
    };
    return {
      create: (name) =>
        write(() => {
          if (this.refusingNames.has(name)) throw refused('invalid_request', 400);
          const remoteId = this.create(name);
          if (remoteId === undefined) throw refused('already_exists', 409);
          this.noteWrite('create', remoteId);
          return recordOf(remoteId);
        }),
      rename: (remoteId, { name, etag }) =>
        write(() => {
          const present = recordOf(remoteId);
          if (etag !== undefined && etag !== present.etag) throw refused('stale_version', 400);
          if (!this.rename(remoteId, name)) throw refused('already_exists', 409);
          this.noteWrite('rename', remoteId);
          return recordOf(remoteId);
        }),
      remove: (remoteId) =>
        write(() => {
          this.delete(remoteId);
          this.noteWrite('remove', remoteId);
        }),
      changeMembers: (remoteId, { add, remove }) =>
        write(() => {
          recordOf(remoteId);
          const isClosed = remoteId === FRIENDS && add.length > 0;
          const refusal = this.refusing.get(remoteId) ?? (isClosed ? 'invalid_request' : undefined);
          if (refusal !== undefined) {
            this.refused.push(remoteId);
            throw refused(refusal, refusal === 'not_found' ? 404 : 400);
          }
          this.writes.push({ kind: 'members', remoteId });
          const lost = (ids: readonly string[], isMember: boolean) =>
            ids.filter((id) => !this.setMember(remoteId, id, isMember));
          const lastList = this.keeping.has(remoteId) ? [...remove] : [];
          const gone = remove.filter((id) => !lastList.includes(id));
          return { notFound: [...lost(add, true), ...lost(gone, false)], lastList };
        }),
    };
  }

  private isTaken(name: string, except?: string): boolean {
    return [...this.live].some(
      ([id, group]) => id !== except && group.name.toLowerCase() === name.toLowerCase(),
    );
  }

  private store(remoteId: string, name: string, system: boolean): void {
    const updatedAt = new Date(this.google.nowMs).toISOString();
    const group = { name, system, updatedAt, etag: `g${++this.count}` };
    this.live.set(remoteId, group);
    this.noteVersion(remoteId, group);
  }

  private noteWrite(kind: 'create' | 'rename' | 'remove', remoteId: string): void {
    this.writes.push({ kind, remoteId });
    this.written.set(remoteId, (this.versions.get(remoteId)?.length ?? 1) - 1);
  }

  private noteVersion(remoteId: string, group: ModelGroup | null): void {
    const former = this.versions.get(remoteId) ?? [];
    this.versions.set(remoteId, [...former, { atMs: this.google.nowMs, group }]);
  }
}

const isOf = (remoteId: string, membership: PersonElement): boolean =>
  groupsOf({ memberships: [membership] }).includes(remoteId);

const toRecord = (remoteId: string, group: ModelGroup): ContactListRecord => ({
  ...{ remoteId, name: group.name, system: group.system, etag: group.etag, updatedAt: group.updatedAt },
  raw: { resourceName: remoteId, etag: group.etag, name: group.name },
  ...(remoteId === FRIENDS ? { takesMembers: false } : {}),
});

function refused(kind: ProviderError['kind'], httpStatus: number): ProviderError {
  return new ProviderError({ kind, message: 'Refused by the model of Google.', httpStatus });
}
