// What a change would do to lists and groups, as the run that applies it does it: groups first, then list by list.
import { checkBreaker } from './breaker.ts';
import { mayPull } from './direction.ts';
import { isListDelete, type KeptList, type PlannedList, planDue, type SeenGroup } from './plan-due-list.ts';
import { chooseNamesake, type ListOperation, type ListPlan, type ListSettings } from './plan-list.ts';
import { type ListSample, type ListsSummary, summarizeLists } from './summarize-lists.ts';

/** Every list of the person's and every group of the account: dozens of them, not thousands. */
export interface ListsAsTheyAre {
  /** By their ids, in the order of these. */
  readonly lists: ReadonlyMap<string, KeptList>;
  /** In the order of their remote ids. */
  readonly links: readonly SeenGroup[];
  /** Which own list a group that feeds none takes up, by the group's id. */
  readonly takenUp: ReadonlyMap<string, string>;
  /** Lists that a run in that direction looks at. */
  readonly lookedAt: ReadonlySet<string>;
  /** Lists that another account's groups feed, too. */
  readonly shared: ReadonlySet<string>;
  /** Those of them that are sent there. */
  readonly writtenElsewhere: ReadonlySet<string>;
}

/** A group, and the list that it would feed; one that is to be made or is fed anew has an id of the plan's own. */
type Group = Pick<SeenGroup, 'remoteId' | 'remoteName' | 'system' | 'takesMembers' | 'listId'>;

/** A list and its group as the plan would tie them. */
export interface PlannedTie {
  readonly listId: string;
  readonly groupId: string;
  /** A list that goes into this one. */
  readonly formerId: string | null;
  readonly takesMembers: boolean;
}

/** Contacts that are put on a list on one side, or taken off it. */
export interface MemberChange {
  readonly listId: string;
  readonly side: 'harmony' | 'provider';
  readonly isMember: boolean;
}

export class ListsPlan {
  private readonly settings: Pick<ListSettings, 'direction' | 'policy'>;
  private readonly present: ListsAsTheyAre;
  /** Those that live, by their ids. */
  private readonly groups: Map<string, Group>;
  /** Lists that go into another one, by the id of that. */
  private readonly merged = new Map<string, string>();
  /** Lists that stay, or come, in the archive. */
  private readonly archived: Set<string>;
  private readonly effects: ListSample[] = [];
  private readonly memberCounts = new Map<string, number>();
  private conflicts = 0;

  constructor(settings: Pick<ListSettings, 'direction' | 'policy'>, present: ListsAsTheyAre) {
    this.settings = settings;
    this.present = present;
    const live = present.links.filter(({ tombstonedAt }) => tombstonedAt === null);
    this.groups = new Map(live.map((link) => [link.remoteId, { ...link }]));
    this.archived = new Set([...present.lists.values()].flatMap((list) => (list.archivedAt ? list.id : [])));
    if (settings.direction === 'none') return;
    this.feed(live);
    this.carryOver();
  }

  /** The lists that contacts can be put on, or taken off. */
  get ties(): PlannedTie[] {
    return [...this.groups.values()].flatMap(({ remoteId, listId, takesMembers }) =>
      listId === null || this.archived.has(listId)
        ? []
        : {
            ...{ listId, groupId: remoteId, takesMembers, formerId: this.merged.get(listId) ?? null },
          },
    );
  }

  addMember({ listId, side, isMember }: MemberChange): void {
    const key = JSON.stringify({ listId, side, isMember });
    this.memberCounts.set(key, (this.memberCounts.get(key) ?? 0) + 1);
  }

  summary(): ListsSummary {
    const ofMembers = [...this.memberCounts].map(([key, members]): ListSample => {
      const { listId, side, isMember } = JSON.parse(key) as MemberChange;
      const action = isMember ? 'add_members' : 'remove_members';
      return { side, action, name: this.nameOf(listId, side), members };
    });
    return summarizeLists([...this.effects, ...ofMembers], { conflicts: this.conflicts });
  }

  private nameOf(listId: string, side: MemberChange['side']): string {
    const group = [...this.groups.values()].find((one) => one.listId === listId);
    const local = this.present.lists.get(listId)?.name;
    return (side === 'harmony' ? (local ?? group?.remoteName) : (group?.remoteName ?? local)) ?? '';
  }

  /** Groups that feed no list take one up, or get a new one, where lists flow to Harmony. */
  private feed(live: readonly SeenGroup[]): void {
    if (!mayPull(this.settings.direction)) return;
    for (const link of live) {
      if (link.listId !== null) continue;
      const own = this.present.lists.get(this.present.takenUp.get(link.remoteId) ?? '');
      if (own !== undefined) this.tie(link, own);
      else this.plan({ list: null, link, isWrittenElsewhere: false });
    }
  }

  /** List by list in the order of their ids, as each is planned before any is carried over. */
  private carryOver(): void {
    const { lists, lookedAt, takenUp } = this.present;
    const tied = new Set(takenUp.values());
    const due = [...lists.values()]
      .filter(({ id, system }) => lookedAt.has(id) || (tied.has(id) && !system))
      .map((list) => {
        const of = this.asDue(list);
        return { of, list, plan: planDue(this.settings, of) };
      });
    const deletes = due.filter(({ plan }) => isListDelete(plan)).length;
    const { tripped } = checkBreaker({ links: this.groups.size, deletes });
    for (const { of, list, plan } of due) {
      if ([...this.merged.values()].includes(list.id)) continue;
      if (tripped && isListDelete(plan)) this.park(list);
      else this.perform(plan, of);
    }
  }

  /** With the link of the group that feeds the list by now. */
  private asDue(list: KeptList): PlannedList {
    const { links, writtenElsewhere } = this.present;
    const fed = [...this.groups.values()].find(({ listId }) => listId === list.id);
    const known = links.find(({ remoteId }) => remoteId === fed?.remoteId);
    const link = known ?? links.find(({ listId }) => listId === list.id) ?? null;
    const agreed = { listId: list.id, localVersion: list.version, baseName: list.name };
    return {
      list,
      link: link === null || link.listId === list.id ? link : { ...link, ...agreed },
      isWrittenElsewhere: writtenElsewhere.has(list.id),
    };
  }

  private plan(of: PlannedList): void {
    this.perform(planDue(this.settings, of), of);
  }

  private perform({ operations: [operation], lost }: ListPlan, of: PlannedList): void {
    if (operation === undefined) return;
    if (this.carryOut(operation, of) && lost !== undefined) this.conflicts += 1;
  }

  /** False where it is left to a person. */
  private carryOut(operation: ListOperation, { list, link }: PlannedList): boolean {
    const { effects, groups } = this;
    switch (operation.kind) {
      case 'create_local_list':
        effects.push({ side: 'harmony', action: 'create', name: operation.name });
        this.feedList(operation.remoteId, `new:${operation.remoteId}`);
        return true;
      case 'rename_local_list':
      case 'restore_local_list': {
        const { name } = list as KeptList;
        const action = operation.kind === 'rename_local_list' ? 'rename' : 'restore';
        const newName = name === operation.name ? {} : { newName: operation.name };
        effects.push({ side: 'harmony', action, name, ...newName });
        this.archived.delete(operation.listId);
        return true;
      }
      case 'archive_local_list':
        effects.push({ side: 'harmony', action: 'delete', name: (list as KeptList).name });
        this.archived.add(operation.listId);
        return true;
      case 'create_remote_list': {
        const { name } = operation;
        const namesakes = this.namesakes(name);
        if (namesakes.length > 0) {
          const group = chooseNamesake(namesakes, this.settings.direction);
          if (group === undefined) return this.park(list as KeptList);
          this.tie(group, list as KeptList);
          // Its name may be written in another way there.
          this.plan(this.asDue(list as KeptList));
          return true;
        }
        effects.push({ side: 'provider', action: 'create', name });
        const remoteId = `new:${operation.listId}`;
        const made = { remoteName: name, system: false, takesMembers: true, listId: operation.listId };
        groups.set(remoteId, { remoteId, ...made });
        return true;
      }
      case 'rename_remote_list': {
        const { remoteId, name } = operation;
        if (this.namesakes(name).some((other) => other.remoteId !== remoteId))
          return this.park(list as KeptList);
        effects.push({ side: 'provider', action: 'rename', name: link?.remoteName ?? '', newName: name });
        groups.set(remoteId, { ...(groups.get(remoteId) as Group), remoteName: name });
        return true;
      }
      case 'delete_remote_list':
        effects.push({ side: 'provider', action: 'delete', name: operation.name });
        groups.delete(operation.remoteId);
        return true;
      case 'unlink_list':
        for (const [remoteId, { listId }] of groups)
          if (listId === operation.listId) this.feedList(remoteId, null);
        return true;
      case 'rebase_list':
      case 'tombstone_list':
        return true;
    }
  }

  private tie(group: Group, list: KeptList): void {
    this.effects.push({ side: 'none', action: 'tie', name: list.name });
    if (group.listId !== null) this.merged.set(list.id, group.listId);
    this.feedList(group.remoteId, list.id);
  }

  private feedList(remoteId: string, listId: string | null): void {
    this.groups.set(remoteId, { ...(this.groups.get(remoteId) as Group), listId });
  }

  private park({ name }: KeptList): false {
    this.effects.push({ side: 'none', action: 'park', name });
    return false;
  }

  /** Groups that have the name by then, in the order of their ids. */
  private namesakes(name: string) {
    const { lists, shared } = this.present;
    return [...this.groups.values()]
      .filter(({ remoteName }) => remoteName.toLowerCase() === name.toLowerCase())
      .map((group) => {
        const { listId } = group;
        const isEdited = listId !== null && lists.get(listId)?.editedAt != null;
        return { ...group, isEdited, isShared: listId !== null && shared.has(listId) };
      });
  }
}
