import { createHash } from 'node:crypto';
import { recordAudit } from '../../../db/queries/audit.ts';
import { listAllCollections } from '../../../db/queries/collections-read.ts';
import { taskIdOf } from '../../../db/queries/tasks.ts';
import { findTask } from '../../../db/queries/tasks-read.ts';
import { createTask as requestBody, task, taskWriteAccepted } from '../../contract/task.ts';
import { defineRoute } from '../../define-route.ts';
import { presentTask } from '../../present-task.ts';
import { ProblemError } from '../../problem.ts';
import { requireSignedIn } from '../../refusal.ts';
import { requireIntegration } from '../../require-integration.ts';
import { carryOutTaskWrite, requireAssignee, requireTaskProvider } from '../../write-task.ts';

export const createTask = defineRoute({
  method: 'post',
  path: '/v1/tasks',
  summary: 'Create a task at the provider',
  description:
    'The task is made once, whatever is interrupted; with the same Idempotency-Key a repeat gives the same task. It is assigned through the mapping of users.',
  tag: 'Tasks',
  auth: 'caller',
  body: requestBody,
  responses: {
    201: { description: 'The task, as the provider has it', schema: task },
    202: {
      description:
        'Still being written: the same request with the same Idempotency-Key tells later how it ended',
      schema: taskWriteAccepted,
    },
  },
  problems: [403, 409, 422],
  handler: async ({ deps, caller, body, newId }) => {
    const integration = await requireIntegration(deps, caller, body.integrationId);
    requireTaskProvider(deps, integration);
    requireSignedIn(integration);
    const collection = await requireTeam(deps, integration.id, body.teamId);
    const assigneeRemoteId =
      body.assigneeUserId === undefined
        ? undefined
        : await requireAssignee(deps, integration, body.assigneeUserId);
    const operationId = newId('op');
    const remoteId = uuidOf(operationId);
    const taskId = taskIdOf(integration.id, remoteId);
    const isDone = await carryOutTaskWrite(deps, integration, {
      id: operationId,
      taskId,
      remoteId,
      request: {
        kind: 'create',
        collection,
        title: body.title,
        ...(body.description === undefined ? {} : { description: body.description }),
        ...(assigneeRemoteId === undefined ? {} : { assigneeRemoteId }),
      },
    });
    await recordAudit(deps.db, {
      workspaceId: caller.workspaceId,
      actor: caller.actor,
      action: 'task.create',
      target: taskId,
    });
    const created = isDone ? await findTask(deps.db, caller, taskId) : undefined;
    if (created === undefined) return { status: 202, body: { id: taskId, operationId }, isInterim: true };
    return { status: 201, headers: { Location: `/v1/tasks/${taskId}` }, body: presentTask(created) };
  },
});

/** Its remote id; by our id or the provider's. Only a ticked one, as the task could not be read here otherwise. */
async function requireTeam(
  deps: Parameters<typeof carryOutTaskWrite>[0],
  integrationId: string,
  teamId: string,
): Promise<string> {
  const collections = await listAllCollections(deps.db, integrationId);
  const found = collections.find(({ id, remoteId }) => id === teamId || remoteId === teamId);
  if (found?.subscribed === true && found.missingSince === null) return found.remoteId;
  if (found === undefined) {
    throw refusedTeam('unknown', {
      detail: 'The integration has no such team.',
      remedy: `Take one from GET /v1/integrations/${integrationId}/collections.`,
    });
  }
  if (!found.subscribed) {
    throw refusedTeam('not ticked', {
      detail: `${found.name} is not ticked.`,
      remedy: 'Tick it first, so that the task can be read here, too.',
    });
  }
  throw refusedTeam('missing', {
    detail: `${found.name} was no longer in the provider's list when that was read last.`,
    remedy: `Name another team, or have the list read again (POST /v1/integrations/${integrationId}/collections/refresh) where it is there after all.`,
  });
}

const refusedTeam = (message: string, told: { detail: string; remedy: string }): ProblemError =>
  new ProblemError('write_refused', { ...told, errors: [{ path: 'teamId', message }] });

/** A UUID of version 4 that follows from the operation, so that a repeated request names the same task. */
function uuidOf(operationId: string): string {
  const hex = createHash('sha256').update(operationId).digest('hex');
  const variant = ((Number.parseInt(hex[16] as string, 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
