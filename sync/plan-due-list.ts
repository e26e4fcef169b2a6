// A list and its group as they are kept, in the words of the planner of lists.
import { type ListPlan, type ListSettings, planList } from './plan-list.ts';

/** A list as Harmony keeps it. */
export interface KeptList {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly system: boolean;
  /** By a person. */
  readonly editedAt: string | null;
  readonly archivedAt: string | null;
}

/** A group of the provider as it was last seen, and the list that it feeds. */
export interface SeenGroup {
  readonly remoteId: string;
  readonly remoteName: string;
  readonly system: boolean;
  readonly takesMembers: boolean;
  readonly remoteUpdatedAt: string | null;
  readonly tombstonedAt: string | null;
  readonly listId: string | null;
  readonly localVersion: number;
  readonly baseName: string | null;
}

export interface PlannedList {
  readonly list: KeptList | null;
  readonly link: SeenGroup | null;
  /** Another account that lists are sent to has it, too. */
  readonly isWrittenElsewhere: boolean;
}

/** What is planned of a list, in the run that carries it over and in a plan for a person to see. */
export function planDue(
  { direction, policy }: Pick<ListSettings, 'direction' | 'policy'>,
  { list, link, isWrittenElsewhere }: PlannedList,
): ListPlan {
  return planList(
    { direction, policy, newer: isRemoteNewer(list, link) ? 'provider' : 'harmony' },
    {
      isWrittenElsewhere,
      local:
        list === null
          ? null
          : { id: list.id, name: list.name, version: list.version, archived: list.archivedAt !== null },
      remote:
        link === null
          ? { state: 'none' }
          : link.tombstonedAt !== null
            ? { state: 'deleted' }
            : { state: 'live', remoteId: link.remoteId, name: link.remoteName, system: link.system },
      link:
        link === null
          ? null
          : {
              ...{ remoteId: link.remoteId, localVersion: link.localVersion, baseName: link.baseName },
              tombstoned: link.tombstonedAt !== null && list?.archivedAt !== null,
            },
    },
  );
}

/** What the breaker counts. */
export const isListDelete = ({ operations }: ListPlan): boolean =>
  operations.some(({ kind }) => kind === 'archive_local_list' || kind === 'delete_remote_list');

/** Harmony on a tie and where a time is unknown. */
const isRemoteNewer = (list: PlannedList['list'], link: PlannedList['link']): boolean =>
  list?.editedAt != null && link?.remoteUpdatedAt != null && link.remoteUpdatedAt > list.editedAt;
