/** A plan in words: why it is there, and what it would do on each side. Pure. */
import type { Plan, PlanListSample, PlanLists, PlanSample } from '../../api/contract/index.ts';
import { contactFields, fieldLabel } from './contact.ts';
import { countOf } from './run.ts';

export function describePlanReason({ reason }: Pick<Plan, 'reason'>): string {
  switch (reason) {
    case 'first_two_way':
      return 'Both sides are compared for the first time.';
    case 'direction':
      return 'Data will flow another way.';
    case 'mapping':
      return 'Fields will correspond in another way.';
    case 'parked_run':
      return 'A sync stopped, because it would have removed unusually much.';
  }
}

/** How far it is; undefined where that has a note of its own, with a way on. */
export function describePlanStatus({ status }: Pick<Plan, 'status'>): string | undefined {
  switch (status) {
    case 'computing':
      return 'Comparing both sides. Nothing is written.';
    case 'ready':
      return 'The plan is ready.';
    case 'applying':
      return 'This plan is being carried out. You can close this page: it goes on without it.';
    case 'applied':
      return 'This plan has been carried out.';
    case 'rejected':
      return 'This plan was turned down.';
    case 'stale':
    case 'failed':
      return undefined;
  }
}

/** What turning a plan down leads to. */
export function describeRejection({ reason }: Pick<Plan, 'reason'>, name: string): string {
  switch (reason) {
    case 'first_two_way':
    case 'direction':
      return 'Turning it down keeps the direction as it was.';
    case 'mapping':
      return 'Turning it down keeps the mappings as they were.';
    case 'parked_run':
      return `Turning it down keeps everybody: who is gone in ${name} stays in Harmony and is not added there again, who was archived here comes back, and syncing goes on.`;
  }
}

/** The answer that somebody has no counterpart; where nothing is written there it stays in Harmony alone. */
export const nobodyThere = ({ syncDirection }: Pick<Plan, 'syncDirection'>): string =>
  syncDirection === 'from_provider' ? 'Nobody there' : 'Nobody there: create it';

/** What becomes of a contact that a person decides on later, by what they decided on others that it could be. */
export type LeftOpen = 'in_doubt' | 'may_be_settled' | 'nobody_left';

/** undefined: it stays as it is. */
export function describeLeftOpen(left: LeftOpen, plan: Pick<Plan, 'syncDirection'>): string | undefined {
  const alone = `counts as “${nobodyThere(plan)}”`;
  switch (left) {
    case 'in_doubt':
      return undefined;
    case 'may_be_settled':
      return `Your other choices may settle this: it is then tied to whoever is left, or ${alone}.`;
    case 'nobody_left':
      return `Nobody is left there for it: it ${alone}.`;
  }
}

const contact = { one: 'contact', many: 'contacts' };
type SideCounts = NonNullable<Plan['counts']>['harmony'];

/** One line for each thing that would happen; none where nothing would. */
export function describeSide(counts: SideCounts, side: 'harmony' | 'provider'): string[] {
  const kinds = [
    [counts.created, 'added'],
    [counts.updated, 'changed'],
    [counts.deleted, side === 'harmony' ? 'archived' : 'deleted'],
  ] as const;
  return kinds.filter(([value]) => value > 0).map(([value, done]) => `${countOf(value, contact)} ${done}`);
}

export function describeTies(counts: NonNullable<Plan['counts']>): string[] {
  const lines = [
    counts.linked > 0 &&
      `${countOf(counts.linked, { one: 'person is', many: 'people are' })} on both sides and will be tied`,
    counts.unlinked > 0 && `${countOf(counts.unlinked, { one: 'tie ends', many: 'ties end' })}`,
    counts.conflicts > 0 &&
      `${countOf(counts.conflicts, { one: 'value gives', many: 'values give' })} way, and can be put back`,
    // A group of those who could be each other is one.
    counts.parked > 0 &&
      `${countOf(counts.parked, { one: 'question waits', many: 'questions wait' })} until you decide`,
  ];
  return lines.filter((line) => line !== false);
}

const list = { one: 'list', many: 'lists' };
const label = { one: 'label', many: 'labels' };

type Members = 'membersAdded' | 'membersRemoved';
type ListSideCounts = Omit<PlanLists['harmony'], Members> & Partial<Pick<PlanLists['harmony'], Members>>;

/** As `describeSide`, of lists: the provider calls them labels. */
export function describeListSide(counts: ListSideCounts, side: 'harmony' | 'provider'): string[] {
  const { membersAdded = 0, membersRemoved = 0 } = counts;
  const [noun, deleted, several] =
    side === 'harmony' ? ([list, 'archived', 'lists'] as const) : ([label, 'deleted', 'labels'] as const);
  const lines = [
    counts.created > 0 && `${countOf(counts.created, noun)} added`,
    counts.updated > 0 && `${countOf(counts.updated, noun)} renamed or brought back`,
    counts.deleted > 0 && `${countOf(counts.deleted, noun)} ${deleted}`,
    membersAdded > 0 && `${countOf(membersAdded, contact)} put on ${several}`,
    membersRemoved > 0 && `${countOf(membersRemoved, contact)} taken off ${several}`,
  ];
  return lines.filter((line) => line !== false);
}

/** As `describeTies`, of lists. */
export function describeListTies({
  tied,
  parked,
  conflicts,
}: Pick<PlanLists, 'tied' | 'parked' | 'conflicts'>): string[] {
  const lines = [
    tied > 0 && `${countOf(tied, { one: 'list is', many: 'lists are' })} on both sides and will be tied`,
    conflicts > 0 &&
      `${countOf(conflicts, { one: 'name of a list gives', many: 'names of lists give' })} way`,
    parked > 0 &&
      `${countOf(parked, { one: 'list stays as it is', many: 'lists stay as they are' })} until you decide`,
  ];
  return lines.filter((line) => line !== false);
}

const listActions: Readonly<Record<PlanListSample['action'], string>> = {
  create: 'New',
  rename: 'Rename',
  restore: 'Back again',
  delete: 'Remove',
  tie: 'Tie',
  park: 'Stays',
  add_members: 'Put on',
  remove_members: 'Take off',
};
export const describeListAction = ({ action }: Pick<PlanListSample, 'action'>): string => listActions[action];

/** What stands beside the name: the new one, or how many come or go. */
export function describeListChange({ newName, members }: PlanListSample): string | undefined {
  if (members !== undefined) return countOf(members, contact);
  return newName === undefined ? undefined : `becomes ${newName}`;
}

const actions: Readonly<Record<PlanSample['action'], string>> = {
  create: 'New',
  update: 'Change',
  restore: 'Back again',
  delete: 'Remove',
  // Also of a pair that was tied before, and agrees again.
  link: 'Same person',
  unlink: 'Untie',
  park: 'Stays',
};
export const describeAction = ({ action }: Pick<PlanSample, 'action'>): string => actions[action];

/**
 * Samples of what is of neither side alone, as far as `describeTies` counts it: of an untie that has no reason both are gone
 * already. Each once, however many of its fields it is about.
 */
export function sampleTies(
  samples: readonly PlanSample[],
  { linked, unlinked, parked }: NonNullable<Plan['counts']>,
): PlanSample[] {
  const counted = samples.filter(({ side, action, reason }) => {
    if (side !== 'none') return false;
    if (action === 'unlink') return unlinked > 0 && reason !== null;
    return action === 'park' ? parked > 0 : linked > 0;
  });
  const named = counted.map(
    (sample) => [JSON.stringify([sample.action, sample.contactId, sample.remoteId]), sample] as const,
  );
  return [...new Map(named).values()];
}

/** Why it is so; undefined where its action says it. `name` is the provider's. */
export function describeSampleReason(
  { reason }: Pick<PlanSample, 'reason'>,
  name: string,
): string | undefined {
  switch (reason) {
    case 'maybe_merged':
      return `Gone in ${name}, perhaps merged with another contact there`;
    case 'duplicate_marker':
      return `Twice in ${name}, and changed there`;
    case 'unstorable_value':
      return `${name} can not hold one of its values`;
    case 'direction':
      return 'Gone on one side, kept on the other';
    case 'nothing_to_send':
      return `Gone in ${name}, and nothing of it can be sent there`;
    case 'lives_elsewhere':
      return `Gone in ${name}, kept for another account that has it`;
    default:
      return undefined;
  }
}

/** What is taken away, for the last button to say: "3 contacts", "1 contact and 2 lists"; undefined where nothing is. */
export function describeRemoved({ counts, lists }: Pick<Plan, 'counts' | 'lists'>): string | undefined {
  const removed = (of: { harmony: { deleted: number }; provider: { deleted: number } } | undefined) =>
    (of?.harmony.deleted ?? 0) + (of?.provider.deleted ?? 0);
  const [contacts, ofLists] = [removed(counts), removed(lists)];
  const parts = [contacts > 0 && countOf(contacts, contact), ofLists > 0 && countOf(ofLists, list)];
  const told = parts.filter((part) => part !== false);
  return told.length === 0 ? undefined : told.join(' and ');
}

const order = contactFields.map(({ name }): string => name);
const place = (field: string): number => (order.includes(field) ? order.indexOf(field) : order.length);

/** "Company: Atlas · Phone: emptied"; without the name of somebody new, whom it stands beside. */
export function describeValues({ action, fields }: Pick<PlanSample, 'action' | 'fields'>): string {
  return Object.entries(fields)
    .filter(([field]) => action !== 'create' || (field !== 'firstName' && field !== 'lastName'))
    .sort(([a], [b]) => place(a) - place(b))
    .map(([field, value]) => `${fieldLabel(field)}: ${value ?? 'emptied'}`)
    .join(' · ');
}
