import { expect, it } from 'vitest';
import { type LinearIssue, mapIssue } from './map-issue.ts';

const issue: LinearIssue = {
  ...{ id: 'i1', identifier: 'ENG-1', title: 'Mend', description: null, priority: 2, estimate: null },
  ...{
    url: 'https://linear.app/x',
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-02T00:00:00.000Z',
  },
  ...{ archivedAt: null, completedAt: null, canceledAt: null, dueDate: '2026-02-01', trashed: null },
  ...{ labelIds: ['l2', 'l1', 'unknown'], state: { name: 'In Review', type: 'started' } },
  ...{ assignee: { id: 'u1' }, project: { id: 'p1', name: 'Kettle' } },
};
const names = new Map([
  ['l1', 'bug'],
  ['l2', 'a first'],
]);

it('maps an issue with its names, and leaves out a label that nobody knows', () => {
  expect(mapIssue(issue, names)).toMatchObject({
    ...{ remoteId: 'i1', identifier: 'ENG-1', state: 'In Review', stateCategory: 'in_progress', priority: 2 },
    ...{ assigneeRemoteId: 'u1', projectName: 'Kettle', labels: ['a first', 'bug'], dueOn: '2026-02-01' },
    archived: false,
  });
});

it('is another record when a label has another name', () => {
  const renamed = mapIssue(issue, new Map([['l1', 'defect']]));
  expect(JSON.stringify(renamed.raw)).not.toBe(JSON.stringify(mapIssue(issue, names).raw));
});

it.each([
  ['triage', 'backlog'],
  ['backlog', 'backlog'],
  ['unstarted', 'todo'],
  ['started', 'in_progress'],
  ['completed', 'done'],
  ['canceled', 'cancelled'],
  ['something new', null],
])('knows the state type %s as %s', (type, category) => {
  expect(mapIssue({ ...issue, state: { name: 'x', type } }, names).stateCategory).toBe(category);
});
