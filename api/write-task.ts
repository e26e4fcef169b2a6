/** From a request to a written task: who it is assigned to, the durable write, and its end in words. */
import { findUser } from '../db/queries/identity.ts';
import type { IntegrationRow } from '../db/queries/integrations-read.ts';
import { findPersonOf } from '../db/queries/people-read.ts';
import { findTaskWrite, planTaskWrite, type TaskWrite } from '../db/queries/task-writes.ts';
import type { TaskRefusal } from '../db/schema/index.ts';
import type { ProblemCode } from './contract/problem.ts';
import type { ApiDeps } from './deps.ts';
import { ProblemError } from './problem.ts';
import { toRef } from './require-integration.ts';

/** Longer than a worker that was killed needs to be noticed and its work taken up by another. */
const writeWaitMs = 50_000;

/** The person at the provider that a user is. Throws the 422 problem that names the user and the remedy. */
export async function requireAssignee(
  deps: ApiDeps,
  integration: IntegrationRow,
  userId: string,
): Promise<string> {
  const user = await findUser(deps.db, integration.workspaceId, userId);
  if (user === undefined) {
    throw new ProblemError('assignee_unmapped', {
      detail: `The workspace has no user ${userId}.`,
      remedy: 'Name a user of this workspace.',
      errors: [{ path: 'assigneeUserId', message: 'not a user of this workspace' }],
    });
  }
  const { adapter } = requireAdapter(deps, integration);
  const person = await findPersonOf(deps.db, integration.id, userId);
  if (person?.active === true) return person.remoteId;
  const who = `${user.name} (${user.email})`;
  throw new ProblemError('assignee_unmapped', {
    detail:
      person === undefined
        ? `${who} is not mapped to anybody in ${adapter.displayName}, so nothing can be assigned to them there.`
        : `${who} is ${person.name} in ${adapter.displayName}, who is deactivated there.`,
    remedy: `Run Sync Users (POST /v1/integrations/${integration.id}/users/sync) or choose the person with PUT /v1/integrations/${integration.id}/users/{externalUserId}, then try again.`,
    errors: [{ path: 'assigneeUserId', message: 'not mapped' }],
  });
}

function requireAdapter(deps: ApiDeps, { provider }: IntegrationRow) {
  const adapter = deps.catalogue.adapters.find(({ id }) => id === provider);
  if (adapter?.capabilities.includes('tasks') === true) return { adapter };
  throw new ProblemError('not_supported', {
    detail: `Tasks can not be written to ${adapter?.displayName ?? provider}.`,
    remedy: 'Name an integration whose provider has tasks.',
  });
}

/** Refuses integrations whose provider takes no tasks. */
export const requireTaskProvider = requireAdapter;

/** Writes and waits a while. False when the write still goes on; a refusal is thrown as a problem. */
export async function carryOutTaskWrite(
  deps: ApiDeps,
  integration: IntegrationRow,
  write: Pick<TaskWrite, 'id' | 'taskId' | 'remoteId' | 'request'>,
): Promise<boolean> {
  await planTaskWrite(deps.db, { ...write, integrationId: integration.id });
  await deps.arbiter.writeTask(toRef(integration), write.id, writeWaitMs);
  const ended = await findTaskWrite(deps.db, write.id);
  if (ended?.state === 'refused' && ended.refusal !== null) throw toProblem(ended.refusal);
  return ended?.state === 'done';
}

const codes: Readonly<Record<TaskRefusal['code'], ProblemCode>> = {
  conflict: 'conflict',
  gone: 'conflict',
  refused: 'write_refused',
  missing_scope: 'missing_scope',
  signed_out: 'reauth_required',
  unavailable: 'upstream_unavailable',
};

function toProblem({ code, detail, remedy }: TaskRefusal): ProblemError {
  return new ProblemError(codes[code], { detail, remedy });
}
