/** One write of a task at the provider: a new one under an id of ours, or a change that overwrites nobody else's. */
import { Context } from '@temporalio/activity';
import { findCollectionByRemoteId } from '../../db/queries/collections.ts';
import {
  findTaskWrite,
  markTaskWriteSent,
  refuseTaskWrite,
  type TaskWrite,
} from '../../db/queries/task-writes.ts';
import type { TaskRefusal } from '../../db/schema/index.ts';
import { ProviderError, type RemoteTask, type TaskCalls } from '../../providers/contract/index.ts';
import { openProviderAccess, type ProviderAccess } from '../access/provider-access.ts';
import { describeFailure, type FailureNote } from '../attention.ts';
import type { ActivityDeps } from '../deps.ts';
import { failureType, integrationGone } from '../failure.ts';
import { findConflicts, isApplied } from './conflicts.ts';
import { storeTask } from './store-task.ts';

export interface TaskWriteOutcome {
  readonly state: 'done' | 'refused';
}

/** A refusal is an outcome that lies in Postgres; only what may pass is thrown, and tried again. */
export function createWriteTask(deps: ActivityDeps) {
  return async function writeTask(input: {
    integrationId: string;
    operationId: string;
  }): Promise<TaskWriteOutcome> {
    const write = await findTaskWrite(deps.db, input.operationId);
    if (write === undefined) throw integrationGone(input.integrationId);
    if (write.state === 'done' || write.state === 'refused') return { state: write.state };
    const access = await openProviderAccess(deps, input.integrationId);
    const result = await attempt(deps, access, write).catch((error: unknown) => toRefusal(access, error));
    if (!('record' in result)) {
      await refuseTaskWrite(deps.db, write.id, { refusal: result });
      return { state: 'refused' };
    }
    await storeTask(deps, access, { operationId: write.id, task: result });
    return { state: 'done' };
  };
}

function attempt(
  deps: ActivityDeps,
  access: ProviderAccess,
  write: TaskWrite,
): Promise<RemoteTask | TaskRefusal> {
  const { request } = write;
  return request.kind === 'create'
    ? createTask(deps, access, { write, request })
    : changeTask(deps, access, { write, request });
}

const signal = (): AbortSignal => Context.current().cancellationSignal;

const callTasks = <T>(access: ProviderAccess, use: (tasks: TaskCalls) => Promise<T>): Promise<T> =>
  access.call(async (session) => {
    if (session.tasks !== undefined) return use(session.tasks);
    throw new ProviderError({ kind: 'invalid_request', message: 'Tasks can not be written there.' });
  });

type Request<Kind> = Extract<TaskWrite['request'], { kind: Kind }>;

async function createTask(
  deps: ActivityDeps,
  access: ProviderAccess,
  { write, request }: { write: TaskWrite; request: Request<'create'> },
): Promise<RemoteTask> {
  const { remoteId } = write;
  const find = () => callTasks(access, (tasks) => tasks.find(remoteId, signal()));
  const maybeSent = write.state === 'sent';
  if (maybeSent) {
    const found = await find();
    if (found !== undefined) return found;
  } else await markTaskWriteSent(deps.db, write.id);
  const { kind: _kind, ...content } = request;
  try {
    return await callTasks(access, (tasks) => tasks.create({ remoteId, ...content }, signal()));
  } catch (error) {
    if (!(error instanceof ProviderError) || error.kind !== 'invalid_request') throw error;
    // It may be refused because it is there already.
    const found = await find();
    if (found !== undefined) return found;
    if (!maybeSent) throw error;
    // What became of the first try is not known, and reads may lag: look again later.
    throw new ProviderError({ kind: 'transient', message: error.message, cause: error });
  }
}

async function changeTask(
  deps: ActivityDeps,
  access: ProviderAccess,
  { write, request }: { write: TaskWrite; request: Request<'change'> },
): Promise<RemoteTask | TaskRefusal> {
  const { remoteId } = write;
  const name = access.adapter.displayName;
  const current = await callTasks(access, (tasks) => tasks.find(remoteId, signal()));
  if (current === undefined) {
    return {
      code: 'gone',
      detail: `${name} no longer has this task.`,
      remedy: 'Trigger a full sync of the integration; the task goes from Harmony, too.',
    };
  }
  const home = await findCollectionByRemoteId(deps.db, access.integration.id, current.collection);
  if (home?.subscribed !== true) {
    await storeTask(deps, access, { task: current });
    return {
      code: 'gone',
      detail: `${name} has this task elsewhere by now, where Harmony does not read. Nothing was changed.`,
      remedy: `Refresh the list of ${access.adapter.collectionNoun?.many ?? 'collections'} and tick the one that it moved to, or change the task at ${name}.`,
    };
  }
  if (isApplied(current.record, request.change)) return current;
  const conflicts = findConflicts(current.record, request);
  if (conflicts.length > 0) {
    await storeTask(deps, access, { task: current });
    return {
      code: 'conflict',
      detail: `${name} has a newer ${conflicts.join(' and ')} of this task, changed at ${current.record.updatedAt}. Nothing was overwritten.`,
      remedy:
        'Read the task again, which shows the newer state now, and repeat the change if it is still wanted.',
    };
  }
  const { state, ...change } = request.change;
  return callTasks(access, (tasks) =>
    tasks.change(remoteId, { ...change, ...(typeof state === 'string' ? { state } : {}) }, signal()),
  );
}

/** What no repeat can mend, in words for the person; anything else is thrown again. */
function toRefusal({ adapter, environment, integration }: ProviderAccess, error: unknown): TaskRefusal {
  if (!(error instanceof ProviderError)) throw error;
  switch (error.kind) {
    case 'invalid_request':
    case 'not_found':
      return {
        code: 'refused',
        detail: error.message,
        remedy: 'Change what is named there, then try again.',
      };
    case 'forbidden':
    case 'auth_revoked':
    case 'token_rejected': {
      const { title, remedy } = describeFailure(failureType(error), {
        ...{ adapter, environment, authKind: integration.authKind },
      });
      return {
        code: error.kind === 'forbidden' ? 'missing_scope' : 'signed_out',
        detail:
          error.kind === 'forbidden' ? `${adapter.displayName} does not let Harmony write tasks.` : title,
        remedy,
      };
    }
    default:
      throw error;
  }
}

/** A write that failed to its ceiling. A new task may still be there; the next sync shows it. */
export function createRefuseTaskWrite(deps: ActivityDeps) {
  return async function refuse(input: {
    operationId: string;
    provider: string;
    failure: FailureNote;
  }): Promise<void> {
    const { adapter, environment } = deps.provider(input.provider);
    const { title, remedy } = describeFailure(input.failure, { adapter, environment });
    const refusal = { code: 'unavailable', detail: title, remedy } as const;
    await refuseTaskWrite(deps.db, input.operationId, { refusal });
  };
}
