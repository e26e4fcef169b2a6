/** Who is who, as somebody has chosen it of a plan's groups so far. Pure. */
import type { PlanDecision, PlanReview } from '../../api/contract/index.ts';
import type { LeftOpen } from '../words/plan.ts';

/** In place of a remote contact. */
export const nobody = 'nobody';

/** Remote contact, or `nobody`, by contact; whoever is left open is not in it. */
export type Choices = Readonly<Record<string, string>>;

/** What was chosen as an earlier plan asked, as far as this one asks it, too. */
export function stillAsked(chosen: Choices, groups: readonly PlanReview[]): Choices {
  const asked = Object.entries(chosen).filter(([contactId, remoteId]) =>
    groups.some(
      ({ contacts, remotes }) =>
        contacts.some(({ id }) => id === contactId) &&
        (remoteId === nobody || remotes.some(({ id }) => id === remoteId)),
    ),
  );
  return Object.fromEntries(asked);
}

export const decisionsOf = (chosen: Choices): PlanDecision[] =>
  Object.entries(chosen).map(([contactId, remoteId]) => ({
    contactId,
    remoteId: remoteId === nobody ? null : remoteId,
  }));

/** Remote contacts that were given to somebody else than this contact. */
export const takenBeside = (chosen: Choices, contactId: string): string[] =>
  Object.entries(chosen).flatMap(([id, remoteId]) =>
    id === contactId || remoteId === nobody ? [] : remoteId,
  );

/**
 * What becomes of a contact of a group that is left open: whoever is decided on leaves the group, and the rest is matched
 * anew (docs/decisions/0010). By what each of them matches which other one is not known here.
 */
export function leftOpen(group: PlanReview, chosen: Choices, contactId: string): LeftOpen {
  const taken = takenBeside(chosen, contactId);
  if (group.remotes.every(({ id }) => taken.includes(id))) return 'nobody_left';
  const isDecided = ({ id }: { readonly id: string }): boolean =>
    id !== contactId && chosen[id] !== undefined;
  return group.contacts.some(isDecided) ? 'may_be_settled' : 'in_doubt';
}
