import { expect, it } from 'vitest';
import { describeConflict, listName } from './conflict.ts';

it('says whose value was taken, or else what happened', () => {
  const title = 'Could be the same person';
  expect(describeConflict({ field: 'email', winner: 'provider', title }, 'Google')).toBe(
    'The two sides differed. The value of Google was taken.',
  );
  expect(describeConflict({ field: null, winner: null, title }, 'Google')).toBe(title);
});

it('calls a list by its name, where it is about one', () => {
  const of = { winner: null, harmonyValue: null, providerValue: null };
  expect(listName({ ...of, kind: 'list_name_taken', harmonyValue: 'Band' })).toBe('The list “Band”');
  expect(listName({ ...of, kind: 'lists_held_back' })).toBe('A list');
  expect(listName({ ...of, kind: 'ambiguous_match' })).toBeUndefined();
  const names = { harmonyValue: 'Band', providerValue: 'Choir' };
  expect(listName({ ...names, kind: 'list_name', winner: 'provider' })).toBe('The list “Choir”');
  expect(listName({ ...names, kind: 'list_name', winner: 'harmony' })).toBe('The list “Band”');
});
