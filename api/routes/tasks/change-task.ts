import { z } from 'zod';
import { recordAudit } from '../../../db/queries/audit.ts';
import { findVisibleIntegration } from '../../../db/queries/integrations-read.ts';
import { findTask } from '../../../db/queries/tasks-read.ts';
import type { TaskFields } from '../../../db/schema/index.ts';
import { resourceId } from '../../contract/shape.ts';
import { patchTask, task, taskWriteAccepted } from '../../contract/task.ts';
import { defineRoute } from '../../define-route.ts';
import { presentTask } from '../../present-task.ts';
import { notFound, ProblemError } from '../../problem.ts';
import { requireSignedIn } from '../../refusal.ts';
import { carryOutTaskWrite, requireAssignee, requireTaskProvider } from '../../write-task.ts';

export const changeTask = defineRoute({
  method: 'patch',
  path: '/v1/tasks/{id}',
  summary: 'Change a task at the provider',
  description:
    'A field that somebody changed there since is not overwritten: the answer is 409, and the task shows the newer state. One whose integration was deleted stays as it was then: 409 (`not_connected`).',
  tag: 'Tasks',
  auth: 'caller',
  params: z.object({ id: resourceId }),
  body: patchTask,
  responses: {
    200: { description: 'The task, as the provider has it now', schema: task },
    202: {
      description:
        'Still being written: the same request with the same Idempotency-Key tells later how it ended',
      schema: taskWriteAccepted,
    },
  },
  problems: [403, 409, 422],
  handler: async ({ deps, caller, params, body, newId }) => {
    const found = await findTask(deps.db, caller, params.id);
    if (found === undefined) throw notFound('task');
    const base = found.task;
    const integration = await findVisibleIntegration(deps.db, caller, base.integrationId);
    if (integration === undefined) throw keptTask(base.url);
    requireTaskProvider(deps, integration);
    requireSignedIn(integration);
    const { assigneeUserId, title, description, state } = body;
    const assigneeRemoteId =
      typeof assigneeUserId === 'string'
        ? await requireAssignee(deps, integration, assigneeUserId)
        : assigneeUserId;
    const change: TaskFields = {
      ...(title === undefined ? {} : { title }),
      ...(description === undefined ? {} : { description }),
      ...(state === undefined ? {} : { state }),
      ...(assigneeRemoteId === undefined ? {} : { assigneeRemoteId }),
    };
    const operationId = newId('op');
    const isDone = await carryOutTaskWrite(deps, integration, {
      id: operationId,
      taskId: base.id,
      remoteId: base.remoteId,
      request: {
        kind: 'change',
        change,
        base: {
          title: base.title,
          description: base.description,
          state: base.state,
          assigneeRemoteId: base.assigneeRemoteId,
        },
        baseUpdatedAt: base.remoteUpdatedAt,
      },
    });
    await recordAudit(deps.db, {
      workspaceId: caller.workspaceId,
      actor: caller.actor,
      action: 'task.change',
      target: base.id,
      details: { fields: Object.keys(change) },
    });
    const changed = isDone ? await findTask(deps.db, caller, base.id) : undefined;
    if (changed === undefined) return { status: 202, body: { id: base.id, operationId }, isInterim: true };
    return { status: 200, body: presentTask(changed) };
  },
});

/** It outlived its integration. */
const keptTask = (url: string | null): ProblemError =>
  new ProblemError('not_connected', {
    detail:
      'The integration that this task came from was deleted: it is kept as it was then. Nothing was changed.',
    remedy: `Change it at the provider${url === null ? '' : ` (${url})`}, or connect the account again and change the task that comes from there.`,
  });
