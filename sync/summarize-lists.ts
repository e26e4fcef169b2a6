// What a plan would do to lists and groups, for a person to approve: counts and samples for each side, as of contacts.
import type { SideCounts } from './plan-summary.ts';

export interface ListSideCounts extends SideCounts {
  /** Contacts that come onto lists, and that leave them; one counts once for each list. */
  membersAdded: number;
  membersRemoved: number;
}

export interface ListsSummary {
  harmony: ListSideCounts;
  provider: ListSideCounts;
  /** Lists that take up the group of their name. */
  tied: number;
  /** Left as they are until a person decides. */
  parked: number;
  /** Names that give way. */
  conflicts: number;
  /** At most `samplesPerKind` of each side and action. */
  samples: ListSample[];
}

export interface ListSample {
  side: 'harmony' | 'provider' | 'none';
  action: 'create' | 'rename' | 'restore' | 'delete' | 'tie' | 'park' | 'add_members' | 'remove_members';
  /** As it is called on that side now. */
  name: string;
  /** As it would be called. */
  newName?: string;
  /** How many come onto it, or leave it. */
  members?: number;
}

/** `effects`: one for each list, side and action. */
export function summarizeLists(
  effects: readonly ListSample[],
  { conflicts = 0, samplesPerKind = 5 }: { conflicts?: number; samplesPerKind?: number } = {},
): ListsSummary {
  const of = (side: ListSample['side'], ...actions: ListSample['action'][]) =>
    effects.filter((effect) => effect.side === side && actions.includes(effect.action));
  const members = (side: ListSample['side'], action: ListSample['action']) =>
    of(side, action).reduce((sum, effect) => sum + (effect.members ?? 0), 0);
  const counts = (side: ListSample['side']): ListSideCounts => ({
    created: of(side, 'create').length,
    updated: of(side, 'rename', 'restore').length,
    deleted: of(side, 'delete').length,
    membersAdded: members(side, 'add_members'),
    membersRemoved: members(side, 'remove_members'),
  });
  const kinds = Map.groupBy(effects, ({ side, action }) => `${side} ${action}`);
  return {
    harmony: counts('harmony'),
    provider: counts('provider'),
    tied: of('none', 'tie').length,
    parked: of('none', 'park').length,
    conflicts,
    samples: [...kinds.values()].flatMap((alike) =>
      alike.toSorted(byMembersAndName).slice(0, samplesPerKind),
    ),
  };
}

const byMembersAndName = (one: ListSample, other: ListSample): number =>
  (other.members ?? 0) - (one.members ?? 0) || (one.name < other.name ? -1 : one.name > other.name ? 1 : 0);
