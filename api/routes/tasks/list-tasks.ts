import { z } from 'zod';
import { listTasks as queryTasks } from '../../../db/queries/tasks-read.ts';
import { listOf, resourceId } from '../../contract/shape.ts';
import { listTasksQuery, task } from '../../contract/task.ts';
import { defineRoute } from '../../define-route.ts';
import { decodeCursor, toList } from '../../paging.ts';
import { presentTask } from '../../present-task.ts';

const position = z.strictObject({ remoteUpdatedAt: z.iso.datetime().nullable(), id: resourceId });

export const listTasks = defineRoute({
  method: 'get',
  path: '/v1/tasks',
  summary: 'Tasks, the last changed first',
  description: 'Tasks of unticked teams are left out.',
  tag: 'Tasks',
  auth: 'caller',
  query: listTasksQuery,
  responses: { 200: { description: 'One page', schema: listOf(task) } },
  handler: async ({ deps, caller, query }) => {
    const { cursor, ...list } = query;
    const after = cursor === undefined ? undefined : decodeCursor(cursor, position);
    const page = await queryTasks(deps.db, caller, { ...list, after });
    const body = toList(page, presentTask, ({ task: { remoteUpdatedAt, id } }) => ({ remoteUpdatedAt, id }));
    return { status: 200, body };
  },
});
