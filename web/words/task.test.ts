import { expect, test } from 'vitest';
import { assigneeChoices, changedText, isChanged, textOf } from './task.ts';

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

test('of a text only what differs is sent, and an emptied description is none', () => {
  const before = textOf({ title: 'Order chairs', description: 'Six.' });
  expect(changedText(before, { ...before, title: ' Order six chairs ' })).toEqual({
    title: 'Order six chairs',
  });
  expect(changedText(before, { ...before, description: ' ' })).toEqual({ description: null });
  expect(isChanged(before, { title: 'Order chairs ', description: 'Six.\n' })).toBe(false);
  expect(isChanged(textOf({ title: 'x', description: null }), { title: 'x', description: '' })).toBe(false);
});
