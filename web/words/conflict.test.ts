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
  expect(listName({ kind: 'list_name_taken', harmonyValue: 'Band' })).toBe('The list “Band”');
  expect(listName({ kind: 'lists_held_back', harmonyValue: null })).toBe('A list');
  expect(listName({ kind: 'ambiguous_match', harmonyValue: null })).toBeUndefined();
});
