/** Ends writes of tasks that nothing carries out any more: their workflow was stopped, or never came to be. */
import { refuseUntouchedTaskWrite, taskWritesOpenSince } from '../../db/queries/task-writes.ts';
import type { TaskRefusal } from '../../db/schema/index.ts';
import { taskWriteWorkflowId } from '../../workflows/messages.ts';
import type { ActivityDeps } from '../deps.ts';
import { isRunning } from './is-running.ts';

/** One this young may be on its way from the API to its workflow. */
const youngForMs = 60_000;

/** Not carried out by itself: whoever asked got an error or no answer, and may have asked again under another key. */
const lost: TaskRefusal = {
  code: 'unavailable',
  detail: 'This write was noted, and lost before it was carried out to its end.',
  remedy:
    'Send the same request with the same Idempotency-Key again: it is carried out once, whatever became of it.',
};

/** Returns the ids of the writes that were ended. */
export async function closeLostWrites(deps: ActivityDeps): Promise<readonly string[]> {
  const before = new Date(Date.now() - youngForMs).toISOString();
  const closed: string[] = [];
  for (const { id, integrationId } of await taskWritesOpenSince(deps.db, before)) {
    if (await isRunning(deps, taskWriteWorkflowId(integrationId, id))) continue;
    // Somebody may have asked for it again meanwhile.
    if (await refuseUntouchedTaskWrite(deps.db, id, { before, refusal: lost })) closed.push(id);
  }
  return closed;
}
