// Which lists a contact is on, per element: a membership is there or not, so both sides can't change it to different
// things, and three-way merging needs no policy.
import { type EffectiveDirection, mayPull, mayPush } from './direction.ts';

/** Google's group of every contact; a contact needs at least one (rule 9). */
export const FALLBACK_GROUP = 'contactGroups/myContacts';

export interface MembershipSituation {
  direction: EffectiveDirection;
  /** Groups that lists are tied to, by remote id; others are nobody's business here and stay as they are. */
  listByGroup: ReadonlyMap<string, string>;
  /** Lists that the contact is on in Harmony. */
  local: readonly string[];
  /** Groups that the remote contact is in, all of them. */
  remote: readonly string[];
  /** Lists that it was on when both sides last agreed; undefined: never yet. */
  base: readonly string[] | undefined;
}

export interface MembershipPlan {
  /** Lists that Harmony's contact joins and leaves. */
  join: string[];
  leave: string[];
  /** Groups that the remote contact is to be in, all of them; undefined: as it is. */
  groups?: string[];
  /** What both sides agree on once that is done. */
  base: string[];
}

export function planMemberships(situation: MembershipSituation): MembershipPlan {
  const { direction, listByGroup, remote } = situation;
  const local = new Set(situation.local);
  const groupByList = new Map([...listByGroup].map(([group, list]) => [list, group]));
  const there = new Set(remote.flatMap((group) => listByGroup.get(group) ?? []));
  const plan: MembershipPlan = { join: [], leave: [], base: [] };
  const groups = new Set(remote);
  for (const list of [...groupByList.keys()].sort()) {
    const wanted = decide({ direction, here: local.has(list), there: there.has(list), list, situation });
    if (wanted !== local.has(list)) (wanted ? plan.join : plan.leave).push(list);
    if (wanted !== there.has(list)) {
      const group = groupByList.get(list) as string;
      if (wanted) groups.add(group);
      else groups.delete(group);
    }
    if (wanted) plan.base.push(list);
  }
  if (groups.size === 0 && remote.length > 0) fallBack(plan, groups, situation);
  const isSame = groups.size === remote.length && remote.every((group) => groups.has(group));
  // Where nothing may be written there, differing memberships stay apart, and what was agreed on stays as it was.
  return isSame || !mayPush(direction) ? plan : { ...plan, groups: [...groups].sort() };
}

/** Google takes no contact out of its last group; the list that is tied to the group that it falls back to keeps it as well. */
function fallBack(
  plan: MembershipPlan,
  groups: Set<string>,
  { direction, listByGroup, local }: MembershipSituation,
): void {
  groups.add(FALLBACK_GROUP);
  const list = listByGroup.get(FALLBACK_GROUP);
  if (list === undefined || !mayPull(direction)) return;
  plan.base.push(list);
  plan.leave = plan.leave.filter((other) => other !== list);
  if (!local.includes(list)) plan.join.push(list);
}

function decide(of: {
  direction: EffectiveDirection;
  here: boolean;
  there: boolean;
  list: string;
  situation: MembershipSituation;
}): boolean {
  const { direction, here, there, list } = of;
  if (here === there) return here;
  if (!mayPush(direction)) return mayPull(direction) ? there : here;
  if (!mayPull(direction)) return here;
  // Without an agreement, being on a list outweighs not being on it: nothing is taken away unseen.
  const agreed = of.situation.base?.includes(list) ?? false;
  return !agreed;
}
