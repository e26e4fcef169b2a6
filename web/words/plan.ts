/** A plan in words: why it is there, and what it would do on each side. Pure. */
import type { Plan, PlanSample } from '../../api/contract/index.ts';
import { count, countOf } from './run.ts';

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

const contact = { one: 'contact', many: 'contacts' };
type SideCounts = NonNullable<Plan['counts']>['harmony'];

/** One line for each thing that would happen; none where nothing would. */
export function describeSide(counts: SideCounts, side: 'harmony' | 'provider'): string[] {
  return [
    [counts.created, 'new'],
    [counts.updated, 'changed'],
    [counts.deleted, side === 'harmony' ? 'archived' : 'deleted'],
  ]
    .filter(([value]) => Number(value) > 0)
    .map(([value, word]) => `${countOf(Number(value), contact)} ${word}`);
}

export function describeTies(counts: NonNullable<Plan['counts']>): string[] {
  const lines = [
    counts.linked > 0 &&
      `${countOf(counts.linked, { one: 'person is', many: 'people are' })} on both sides and will be tied`,
    counts.unlinked > 0 && `${countOf(counts.unlinked, { one: 'tie ends', many: 'ties end' })}`,
    counts.conflicts > 0 &&
      `${countOf(counts.conflicts, { one: 'value gives', many: 'values give' })} way, and can be put back`,
    counts.parked > 0 &&
      `${count(counts.parked)} left as ${counts.parked === 1 ? 'it is' : 'they are'} until you decide`,
  ];
  return lines.filter((line) => line !== false);
}

const actions: Readonly<Record<PlanSample['action'], string>> = {
  create: 'New',
  update: 'Change',
  restore: 'Back again',
  delete: 'Remove',
  link: 'Tie',
  unlink: 'Untie',
  park: 'Leave',
};
export const describeAction = ({ action }: Pick<PlanSample, 'action'>): string => actions[action];

/** Whether anything is taken away, so that the last button says so. */
export const removes = ({ counts }: Pick<Plan, 'counts'>): number =>
  (counts?.harmony.deleted ?? 0) + (counts?.provider.deleted ?? 0);
