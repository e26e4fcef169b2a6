import { z } from 'zod';
import { findTask, listComments } from '../../../db/queries/tasks-read.ts';
import { resourceId } from '../../contract/shape.ts';
import { taskWithComments } from '../../contract/task.ts';
import { defineRoute } from '../../define-route.ts';
import { presentTask } from '../../present-task.ts';
import { notFound } from '../../problem.ts';

export const getTask = defineRoute({
  method: 'get',
  path: '/v1/tasks/{id}',
  summary: 'One task with its comments',
  tag: 'Tasks',
  auth: 'caller',
  params: z.object({ id: resourceId }),
  responses: { 200: { description: 'The task', schema: taskWithComments } },
  handler: async ({ deps, caller, params }) => {
    const found = await findTask(deps.db, caller, params.id);
    if (found === undefined) throw notFound('task');
    const comments = await listComments(deps.db, found.task);
    return { status: 200, body: { ...presentTask(found), comments: comments.map((one) => ({ ...one })) } };
  },
});
