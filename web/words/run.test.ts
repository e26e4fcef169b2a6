import { expect, test } from 'vitest';
import type { Run } from '../../api/contract/index.ts';
import { describeRefresh } from './refresh.ts';
import {
  canBeUndone,
  countOf,
  describeCounts,
  describeResult,
  describeUndone,
  runStatus,
  waitingRun,
} from './run.ts';

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
const tell = (run: Parameters<typeof describeResult>[0]) =>
  describeResult(run)
    .map(({ text }) => text)
    .join(', ');
const noun = { one: 'calendar', many: 'calendars' };

test('only what happened is told', () => {
  expect(describeCounts({ ...none, created: 1_200, deleted: 1 })).toBe('1,200 new, 1 removed');
  expect(describeCounts(none)).toBe('Nothing had changed');
});

test('conflicts are a part of their own, and what the provider did not take was refused', () => {
  const counts = { ...none, updated: 3, conflicts: 1, failed: 2 };
  const parts = describeResult({ status: 'succeeded', counts, changedLists: true });
  expect(parts.map(({ text }) => text)).toEqual(['3 changed', '1 conflict', '2 refused', 'lists changed']);
  expect(parts.find(({ of }) => of === 'conflicts')?.text).toBe('1 conflict');
});

test('only a sync that came to its end says that nothing had changed', () => {
  expect(tell({ status: 'succeeded', counts: none })).toBe('Nothing had changed');
  for (const status of ['failed', 'parked', 'cancelled'] as const) {
    expect(tell({ status, counts: none })).toBe('This sync changed nothing');
    expect(tell({ status, counts: { ...none, created: 3 } })).toBe('3 new');
  }
});

test('of the runs that were held back only the newest waits for a person, and only as long as the integration does', () => {
  const runs = (['failed', 'parked', 'parked'] as const).map(
    (status, index) => ({ id: `run_${index}`, status }) as Run,
  );
  expect(waitingRun(runs, 'parked')?.id).toBe('run_1');
  expect(waitingRun(runs, 'active')).toBeUndefined();
  expect(runStatus({ status: 'parked' }, true)).toBe('Waiting for you');
  expect(runStatus({ status: 'parked' }, false)).toBe('Held back');
});

test('a sync can be undone once it has ended and changed somebody who was there', () => {
  const isOffered = (counts: Partial<Run['counts']>, status: Run['status'] = 'succeeded') =>
    canBeUndone({ status, counts: { ...none, ...counts } } as Run);
  expect(isOffered({ created: 3, conflicts: 1 })).toBe(false);
  for (const counts of [{ updated: 1 }, { deleted: 1 }, { pushed: 1 }]) {
    expect(isOffered(counts)).toBe(true);
    expect(isOffered(counts, 'running')).toBe(false);
  }
});

test('undo is offered for what a sync changed of lists alone, and says what it put back', () => {
  const run = { status: 'succeeded', counts: none, changedLists: true } as Run;
  expect([canBeUndone(run), canBeUndone({ ...run, changedLists: false })]).toEqual([true, false]);
  expect(tell(run)).toBe('Lists changed');
  const lists = { reverted: 1, memberships: 2, skipped: [] };
  expect(describeUndone({ reverted: 1, lists })).toBe('1 contact, 1 list, and 2 places on lists');
  expect(describeUndone({ reverted: 0, lists })).toBe('1 list and 2 places on lists');
  expect(describeUndone({ reverted: 0, lists: { ...lists, reverted: 0, memberships: 0 } })).toBe(
    '0 contacts',
  );
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
