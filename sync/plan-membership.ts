// The plan for one contact on one list whose sides differ, where lists turn to a flow; what a run does set by set in Postgres.
import type { ListFlow } from './list-flow.ts';

export interface Membership {
  /** In Harmony; at the provider it is not so. */
  readonly isMember: boolean;
  /** false: nobody can be put into the group. */
  readonly takesMembers: boolean;
  /** A person changed it, and it was not sent yet, or listings may not show it yet. */
  readonly work: 'waits' | 'sent' | undefined;
  /** Another account that lists are sent to has the contact and the list, too. */
  readonly isWrittenElsewhere: boolean;
}

/** The side that is changed, and whether the contact is on the list then; undefined: both stay as they are. */
export function planMembership(
  flow: ListFlow,
  { isMember, takesMembers, work, isWrittenElsewhere }: Membership,
): { side: 'harmony' | 'provider'; isMember: boolean } | undefined {
  if (work === 'sent') return undefined;
  const mayBeSent = takesMembers || !isMember;
  if (flow.pushes && work === 'waits') return mayBeSent ? { side: 'provider', isMember } : undefined;
  // Where lists flow both ways nobody agreed on anything, so that each side's go to the other.
  const isSent = flow.pushes && (isMember || !flow.pulls) && mayBeSent;
  if (isSent) return { side: 'provider', isMember };
  if (!flow.pulls || (!flow.pushes && isWrittenElsewhere)) return undefined;
  return { side: 'harmony', isMember: !isMember };
}
