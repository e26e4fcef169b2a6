import { expect, test } from 'vitest';
import { describeRefresh } from './refresh.ts';
import { countOf, describeCounts } from './run.ts';

const none = {
  read: 9,
  created: 0,
  updated: 0,
  deleted: 0,
  unchanged: 9,
  pushed: 0,
  conflicts: 0,
  failed: 0,
};
const noun = { one: 'calendar', many: 'calendars' };

test('only what happened is told', () => {
  expect(describeCounts({ ...none, created: 1_200, deleted: 1 })).toBe('1,200 new, 1 removed');
  expect(describeCounts(none)).toBe('Nothing had changed');
});

test('one is singular, none and many are plural', () => {
  expect([0, 1, 2].map((value) => countOf(value, noun))).toEqual([
    '0 calendars',
    '1 calendar',
    '2 calendars',
  ]);
});

test('a refresh names what is new, renamed and gone, and says when nothing is', () => {
  const named = (name: string) => ({ name });
  expect(describeRefresh({ added: [], renamed: [], missing: [] }, noun).lines).toEqual([]);
  const added = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(named) as never[];
  expect(describeRefresh({ added, renamed: [], missing: [named('Old') as never] }, noun).lines).toEqual([
    'New, 7 calendars: a, b, c, d, e and 2 more',
    'No longer there, 1 calendar: Old',
  ]);
});
