/** Ends writes of tasks that nothing carries out any more: their workflow was stopped, or never came to be. */
import { refuseTaskWrite, taskWritesOpenSince } from '../../db/queries/task-writes.ts';
import type { TaskRefusal } from '../../db/schema/index.ts';
import { taskWriteWorkflowId } from '../../workflows/messages.ts';
import type { ActivityDeps } from '../deps.ts';
import { isRunning, lostSince } from './lost.ts';

/** Not carried out by itself: whoever asked got an error or no answer, and may have asked again under another key. */
const lost: TaskRefusal = {
  code: 'unavailable',
  detail: 'This write was noted, and lost before it was carried out to its end.',
  remedy:
    'Send the same request with the same Idempotency-Key again: it is carried out once, whatever became of it.',
};

/** Returns the ids of the writes that were ended. */
export async function closeLostWrites(deps: ActivityDeps): Promise<readonly string[]> {
  const before = lostSince();
  const closed: string[] = [];
  for (const { id, integrationId } of await taskWritesOpenSince(deps.db, before)) {
    if (await isRunning(deps, taskWriteWorkflowId(integrationId, id))) continue;
    // Somebody may have asked for it again meanwhile.
    if (await refuseTaskWrite(deps.db, id, { before, refusal: lost })) closed.push(id);
  }
  return closed;
}
