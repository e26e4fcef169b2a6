import { expect, it } from 'vitest';
import {
  countOpen,
  describeConflict,
  describeDecider,
  describeDecision,
  describeList,
  takenSide,
} from './conflict.ts';

it('counts those that wait as far as pages were read, and none not at all', () => {
  expect(countOpen([{ data: [], nextCursor: null }])).toBeUndefined();
  expect(countOpen([{ data: [1, 2], nextCursor: null }])).toBe('2');
  expect(countOpen([{ data: [1, 2], nextCursor: 'more' }])).toBe('2+');
  const read = [
    { data: [1, 2], nextCursor: 'more' },
    { data: [3], nextCursor: null },
  ];
  expect(countOpen(read)).toBe('3');
});

it('says whose value was taken, or else what happened', () => {
  const title = 'Could be the same person';
  expect(describeConflict({ field: 'email', winner: 'provider', title }, 'Google')).toBe(
    'The two sides differed. The value of Google was taken.',
  );
  expect(describeConflict({ field: null, winner: null, title }, 'Google')).toBe(title);
});

it('tells a decision for what it was, not for what the policy had taken before', () => {
  const decided = { resolution: 'harmony', winner: 'provider' } as const;
  expect(takenSide(decided)).toBe('harmony');
  expect(describeDecision(decided, 'Google')).toBe('the value of Harmony');
  const left = { resolution: 'dismissed', winner: 'provider' } as const;
  expect(takenSide(left)).toBe('provider');
  expect(describeDecision(left, 'Google')).toBe('left as it was');
  expect(takenSide({ resolution: null, winner: 'harmony' })).toBe('harmony');
  const parked = { resolution: 'harmony', winner: null } as const;
  expect([takenSide(parked), describeDecision(parked, 'Google')]).toEqual([null, 'tried again']);
});

it('names who decided: the reader, somebody of the workspace, or a program', () => {
  const known = { me: 'usr_1', people: [{ id: 'usr_2', name: 'Grace' }] };
  expect(describeDecider('user:usr_1', known)).toBe('by you');
  expect(describeDecider('user:usr_2', known)).toBe('by Grace');
  expect(describeDecider('user:usr_3', known)).toBe('by somebody else');
  expect(describeDecider('key:key_1', known)).toBe('by a program');
});

it('calls a list by its name, where it is about one', () => {
  const of = { winner: null, harmonyValue: null, providerValue: null };
  expect(describeList({ ...of, kind: 'list_name_taken', harmonyValue: 'Band' })).toBe('The list “Band”');
  expect(describeList({ ...of, kind: 'lists_held_back' })).toBe('A list');
  expect(describeList({ ...of, kind: 'list_refused', harmonyValue: 'Band' })).toBe('The list “Band”');
  expect(describeList({ ...of, kind: 'ambiguous_match' })).toBeUndefined();
  const names = { harmonyValue: 'Band', providerValue: 'Choir' };
  expect(describeList({ ...names, kind: 'list_name', winner: 'provider' })).toBe('The list “Choir”');
  expect(describeList({ ...names, kind: 'list_name', winner: 'harmony' })).toBe('The list “Band”');
});
