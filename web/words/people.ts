/** People at the provider in words, and which of them are shown. Pure. */
import type { ExternalUser, UsersSynced } from '../../api/contract/index.ts';
import { count, countOf } from './run.ts';

const person = { one: 'person', many: 'people' };
const issue = { one: 'issue', many: 'issues' };

/** Active, and nobody has said who it is. */
export const isUnmapped = ({ active, userId, match }: ExternalUser): boolean =>
  active && userId === null && match === null;

export type PeopleView = 'all' | 'unmapped' | 'mapped';

export function peopleViews(
  people: readonly ExternalUser[],
): { value: PeopleView; label: string; count: number }[] {
  return [
    { value: 'all', label: 'All', count: people.length },
    { value: 'unmapped', label: 'Not mapped', count: people.filter(isUnmapped).length },
    { value: 'mapped', label: 'Mapped', count: people.filter(({ userId }) => userId !== null).length },
  ];
}

export function showPeople(
  people: readonly ExternalUser[],
  view: PeopleView,
  filter: string,
): readonly ExternalUser[] {
  const words = filter.trim().toLowerCase();
  return people.filter((each) => {
    if (view === 'unmapped' && !isUnmapped(each)) return false;
    if (view === 'mapped' && each.userId === null) return false;
    return `${each.name} ${each.email ?? ''}`.toLowerCase().includes(words);
  });
}

/** "2 of 12 people are not mapped; 31 issues can't be told whose they are." */
export function summarisePeople(people: readonly ExternalUser[]): string {
  const unmapped = people.filter(isUnmapped);
  if (unmapped.length === 0)
    return people.length === 1
      ? 'The one person is settled.'
      : `All ${countOf(people.length, person)} are settled: each issue has its Harmony user, or deliberately none.`;
  const issues = unmapped.reduce((sum, { taskCount }) => sum + taskCount, 0);
  const which = `${count(unmapped.length)} of ${countOf(people.length, person)} ${unmapped.length === 1 ? 'is' : 'are'} not mapped`;
  return issues === 0
    ? `${which}; none of them has an issue.`
    : `${which}, which leaves ${countOf(issues, issue)} without a Harmony user.`;
}

export function describeMatch({ match, userId }: ExternalUser): string {
  if (match === 'email') return 'Matched by e-mail';
  if (match === 'manual') return userId === null ? 'Chosen: nobody' : 'Chosen by hand';
  return '';
}

export function describeSyncedUsers({ people, newlyMapped, unmapped }: UsersSynced): string {
  const found =
    newlyMapped === 0 ? 'nobody new was matched' : `${countOf(newlyMapped, person)} newly matched`;
  const left =
    unmapped === 0 ? 'Nobody is left to map.' : `${countOf(unmapped, person)} left to map by hand.`;
  return `${countOf(people, person)} read, ${found}. ${left}`;
}
