import { expect, test } from 'vitest';
import { assigneeChoices } from './task.ts';

const ada = { id: 'usr_1', name: 'Ada Lovelace', email: 'ada@example.com' };
const nobody = { value: '', label: 'Nobody' };

test('whoever a task is assigned to can be shown before the users are known, and after they could not be read', () => {
  expect(assigneeChoices({ value: 'usr_2', name: 'Grace Hopper' })).toEqual([
    nobody,
    { value: 'usr_2', label: 'Grace Hopper' },
  ]);
  expect(assigneeChoices({ value: 'usr_2' })).toContainEqual({ value: 'usr_2', label: 'Whoever was chosen' });
});

test('once the users are known, everybody is there once, and nobody stays nobody', () => {
  const known = [nobody, { value: 'usr_1', label: 'Ada Lovelace' }];
  expect(assigneeChoices({ value: 'usr_1', name: 'Ada', users: [ada] })).toEqual(known);
  expect(assigneeChoices({ value: '', users: [ada] })).toEqual(known);
  expect(assigneeChoices({ value: '' })).toEqual([nobody]);
});
