import { expect, test } from 'vitest';
import type { ExternalUser } from '../../api/contract/index.ts';
import { describeMatch, peopleViews, showPeople, summarisePeople } from './people.ts';

const person = (change: Partial<ExternalUser>): ExternalUser => ({
  externalUserId: change.name ?? 'x',
  name: 'Grace',
  email: null,
  active: true,
  userId: null,
  match: null,
  taskCount: 0,
  ...change,
});
const people = [
  person({ name: 'Grace', email: 'grace@example.com', userId: 'usr_1', match: 'email', taskCount: 9 }),
  person({ name: 'Ken', taskCount: 7 }),
  person({ name: 'Bot', match: 'manual', taskCount: 3 }),
  person({ name: 'Gone', active: false, taskCount: 5 }),
];

test('only active people without a user and without a decision count as not mapped', () => {
  expect(peopleViews(people).map(({ count }) => count)).toEqual([4, 1, 1]);
  expect(showPeople(people, 'unmapped', '').map(({ name }) => name)).toEqual(['Ken']);
});

test('the filter looks at name and address, in any case', () => {
  expect(showPeople(people, 'all', ' GRACE@ ').map(({ name }) => name)).toEqual(['Grace']);
});

test('the summary says how many issues a missing mapping leaves without a user', () => {
  expect(summarisePeople(people)).toBe(
    '1 of 4 people is not mapped, which leaves 7 issues without a Harmony user.',
  );
  expect(summarisePeople(people.slice(0, 1))).toBe('The one person is settled.');
});

test('a choice of nobody is told apart from no choice', () => {
  expect(people.map(describeMatch)).toEqual(['Matched by e-mail', '', 'Chosen: nobody', '']);
});
