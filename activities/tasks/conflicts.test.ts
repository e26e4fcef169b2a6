import { expect, it } from 'vitest';
import type { TaskRecord } from '../../providers/contract/index.ts';
import { findConflicts, isApplied } from './conflicts.ts';

const seenAt = '2026-11-23T12:00:00.000Z';
const task = (more: Partial<TaskRecord> = {}): TaskRecord => ({
  ...{ remoteId: 'i', raw: {}, updatedAt: '2026-11-23T12:00:05.000Z', identifier: null, title: 'A' },
  ...{ description: null, state: 'Todo', stateCategory: 'todo', priority: 0, assigneeRemoteId: null },
  ...{ projectName: null, labels: [], dueOn: null, url: null, archived: false },
  ...more,
});
const base = { title: 'A', description: null, state: 'Todo', assigneeRemoteId: null };
const conflicts = (current: TaskRecord, change: object) =>
  findConflicts(current, { kind: 'change', change, base, baseUpdatedAt: seenAt });

it('finds a field that is neither as it was seen nor as it is wanted', () => {
  expect(conflicts(task({ title: 'B', state: 'Done' }), { title: 'C', state: 'Todo' })).toEqual([
    'title',
    'state',
  ]);
});

it('lets a newer change of another field, or of the same field to the same value, pass', () => {
  expect(conflicts(task({ description: 'new' }), { title: 'C' })).toEqual([]);
  expect(conflicts(task({ title: 'C' }), { title: 'C', description: 'x' })).toEqual([]);
});

it('takes nothing for newer that is as old as what the caller saw', () => {
  expect(conflicts(task({ title: 'B', updatedAt: seenAt }), { title: 'C' })).toEqual([]);
});

it('takes an empty text for an absent one and a state by its name in any case', () => {
  expect(isApplied(task({ description: '' }), { description: null, state: ' todo ' })).toBe(true);
  expect(isApplied(task(), { title: 'A', assigneeRemoteId: 'u' })).toBe(false);
});
