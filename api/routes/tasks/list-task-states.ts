import { listTaskStates as queryStates } from '../../../db/queries/tasks-read.ts';
import { listTaskStatesQuery, type StateCategory, stateCategory, taskStates } from '../../contract/task.ts';
import { defineRoute } from '../../define-route.ts';

export const listTaskStates = defineRoute({
  method: 'get',
  path: '/v1/task-states',
  summary: 'The states that tasks of a team are in',
  description:
    'In the order of work, by the provider’s own names, as they occur in what was synced. PATCH /v1/tasks/{id} takes any state of the team.',
  tag: 'Tasks',
  auth: 'caller',
  query: listTaskStatesQuery,
  responses: { 200: { description: 'All of them', schema: taskStates } },
  handler: async ({ deps, caller, query }) => {
    const states = await queryStates(deps.db, caller, query.collectionId);
    const data = states.sort((a, b) => orderOfWork(a.category) - orderOfWork(b.category));
    return { status: 200, body: { data } };
  },
});

const orderOfWork = (category: StateCategory | null): number =>
  category === null ? stateCategory.options.length : stateCategory.options.indexOf(category);
