// The plan for one list and its remote group: a three-way merge of the name, and deletes by evidence (rules 8, 15, 16).
import { type EffectiveDirection, mayPull, mayPush } from './direction.ts';
import type { ConflictPolicy, Side } from './plan-field.ts';

export interface LocalList {
  id: string;
  name: string;
  /** Raised by every write; pulls compare-and-set it. */
  version: number;
  archived: boolean;
}

/** `missing` is absence without the evidence of rule 15. */
export type RemoteGroup =
  | { state: 'live'; remoteId: string; name: string; system: boolean }
  | { state: 'deleted' }
  | { state: 'missing' }
  | { state: 'none' };

export interface ListLink {
  remoteId: string;
  /** The list's version at the last agreement. */
  localVersion: number;
  /** The name that both sides last agreed on; null: none yet. */
  baseName: string | null;
  /** Both are gone; a return is a restore. */
  tombstoned: boolean;
}

export interface ListSituation {
  local: LocalList | null;
  remote: RemoteGroup;
  link: ListLink | null;
  /** Its name goes to another account, too. */
  isWrittenElsewhere?: boolean;
}

export interface ListSettings {
  /** The integration's direction combined with the mapping's of lists. */
  direction: EffectiveDirection;
  policy: ConflictPolicy;
  /** The side that was renamed last, for the policy `newest`; Harmony on a tie. */
  newer: Side;
}

export type ListOperation =
  | { kind: 'create_local_list'; remoteId: string; name: string }
  | {
      kind: 'rename_local_list' | 'restore_local_list';
      listId: string;
      expectedVersion: number;
      name: string;
    }
  | { kind: 'archive_local_list'; listId: string; expectedVersion: number }
  | { kind: 'create_remote_list'; listId: string; localVersion: number; name: string }
  | { kind: 'rename_remote_list'; listId: string; remoteId: string; localVersion: number; name: string }
  | { kind: 'delete_remote_list'; listId: string; remoteId: string; name: string }
  | { kind: 'rebase_list'; listId: string; localVersion: number; name: string }
  | { kind: 'tombstone_list' | 'unlink_list'; listId: string };

export interface ListPlan {
  /** One at most: a list has one name and one state. */
  operations: ListOperation[];
  /** A name that gives way without the other side having seen it: it goes into the conflict log. */
  lost?: { side: Side; name: string };
}

const NOTHING: ListPlan = { operations: [] };
const only = (operation: ListOperation): ListPlan => ({ operations: [operation] });

export function planList(settings: ListSettings, situation: ListSituation): ListPlan {
  const { local, remote, link, isWrittenElsewhere = false } = situation;
  if (settings.direction === 'none') return NOTHING;
  if (link === null) return planUnlinked(settings, local, remote);
  switch (remote.state) {
    case 'live':
      if (local === null) return planUnlinked(settings, null, remote);
      return local.archived
        ? planArchived(settings, local, remote, link)
        : planNames(settings, local, { remote, link, isWrittenElsewhere });
    case 'deleted':
      return local === null ? NOTHING : planDeleted(settings, local, link);
    case 'missing':
    case 'none':
      return NOTHING;
  }
}

function planUnlinked(settings: ListSettings, local: LocalList | null, remote: RemoteGroup): ListPlan {
  if (remote.state === 'live' && local === null && mayPull(settings.direction)) {
    return only({ kind: 'create_local_list', remoteId: remote.remoteId, name: remote.name });
  }
  if (remote.state === 'none' && local !== null && !local.archived && mayPush(settings.direction)) {
    const { id: listId, version: localVersion, name } = local;
    return only({ kind: 'create_remote_list', listId, localVersion, name });
  }
  return NOTHING;
}

type Live = Extract<RemoteGroup, { state: 'live' }>;

/**
 * The local list was deleted. Edit beats delete: a group that was renamed since, or is the provider's own, comes back; where
 * nothing may be written to Harmony it stays by itself, as a contact does.
 */
function planArchived(settings: ListSettings, local: LocalList, remote: Live, link: ListLink): ListPlan {
  const { id: listId, version: expectedVersion } = local;
  const isRenamed = link.baseName !== null && remote.name !== link.baseName;
  if (remote.system || isRenamed || link.tombstoned) {
    if (!mayPull(settings.direction)) return only({ kind: 'unlink_list', listId });
    const isLost = local.name !== link.baseName && local.name !== remote.name;
    return {
      ...only({ kind: 'restore_local_list', listId, expectedVersion, name: remote.name }),
      ...(isLost && { lost: { side: 'harmony', name: local.name } as const }),
    };
  }
  if (!mayPush(settings.direction)) return NOTHING;
  return only({ kind: 'delete_remote_list', listId, remoteId: remote.remoteId, name: remote.name });
}

/** The remote group was deleted: the list goes with it, unless somebody changed it since. */
function planDeleted(settings: ListSettings, local: LocalList, link: ListLink): ListPlan {
  const { id: listId, version, name } = local;
  if (local.archived) return link.tombstoned ? NOTHING : only({ kind: 'tombstone_list', listId });
  const isEdited = version !== link.localVersion || settings.direction === 'to_provider';
  if (!isEdited) return only({ kind: 'archive_local_list', listId, expectedVersion: version });
  return mayPush(settings.direction)
    ? only({ kind: 'create_remote_list', listId, localVersion: version, name })
    : only({ kind: 'unlink_list', listId });
}

function planNames(
  settings: ListSettings,
  local: LocalList,
  { remote, link, isWrittenElsewhere }: { remote: Live; link: ListLink; isWrittenElsewhere: boolean },
): ListPlan {
  const { id: listId, name, version } = local;
  const { direction } = settings;
  const pull = (lost: boolean): ListPlan => ({
    operations: [{ kind: 'rename_local_list', listId, expectedVersion: version, name: remote.name }],
    ...(lost && { lost: { side: 'harmony', name } as const }),
  });
  const push = (lost: boolean): ListPlan => ({
    operations: [
      { kind: 'rename_remote_list', listId, remoteId: remote.remoteId, localVersion: version, name },
    ],
    ...(lost && { lost: { side: 'provider', name: remote.name } as const }),
  });
  if (name === remote.name) {
    const isSettled = link.baseName === name && link.localVersion === version;
    return isSettled ? NOTHING : only({ kind: 'rebase_list', listId, localVersion: version, name });
  }
  const isLocalChanged = link.baseName !== name;
  // The provider's own groups keep their names: here the remote is the only source.
  if (remote.system) return mayPull(direction) ? pull(isLocalChanged) : NOTHING;
  const isRemoteChanged = link.baseName !== remote.name;
  // What nobody changed at an account that is only read is of before, where the list goes to another one.
  if (direction === 'from_provider')
    return isWrittenElsewhere && !isRemoteChanged ? NOTHING : pull(isLocalChanged);
  if (direction === 'to_provider') return push(isRemoteChanged);
  if (!isRemoteChanged) return push(false);
  if (!isLocalChanged) return pull(false);
  const winner = settings.policy === 'newest' ? settings.newer : settings.policy;
  return winner === 'harmony' ? push(true) : pull(true);
}

/** A living group that has the name of a list which is to be made at the provider. */
export interface Namesake {
  /** The provider's own. */
  readonly system: boolean;
  /** The list that it feeds. */
  readonly listId: string | null;
  /** A person edited that list. */
  readonly isEdited: boolean;
  /** Another account's group feeds that list, too. */
  readonly isShared: boolean;
}

/**
 * The group that a person's own list takes up where the provider lets no second one have its name. A list that the group fed
 * until now, and that nobody ever edited, goes into the own one; that is a change in Harmony, so only where lists flow there.
 */
export const chooseNamesake = <Group extends Namesake>(
  groups: readonly Group[],
  direction: EffectiveDirection,
): Group | undefined =>
  groups.find(
    ({ system, listId, isEdited, isShared }) =>
      !system && !isShared && (listId === null || (mayPull(direction) && !isEdited)),
  );
