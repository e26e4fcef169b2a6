/** Ends runs that show as running though nothing runs them: their workflow was stopped, or never came to be. */
import { endRun, type RunningRun, runsStartedBefore } from '../../db/queries/runs.ts';
import type { Attention } from '../../db/schema/index.ts';
import { arbiterView, integrationWorkflowId } from '../../workflows/messages.ts';
import type { ActivityDeps } from '../deps.ts';
import { isRunning, lostSince } from './lost.ts';

const atOnce = 10;

const neverBegun: Attention = {
  code: 'run_lost',
  title: 'This sync was accepted but never began: its place in the line was lost.',
  remedy: 'Nothing to do: the next check covers it. Sync again if you want it now.',
};
const stopped: Attention = {
  code: 'run_lost',
  title: 'This sync was stopped from outside before it could say how it ended.',
  remedy: 'Nothing to do: the next sync goes on where this one stopped. Sync again if you want it now.',
};

/** Returns the ids of the runs that were ended. */
export async function closeLostRuns(deps: ActivityDeps): Promise<readonly string[]> {
  const suspects = await runsStartedBefore(deps.db, lostSince());
  const closed: string[] = [];
  for (let at = 0; at < suspects.length; at += atOnce) {
    await Promise.all(
      suspects.slice(at, at + atOnce).map(async (run) => {
        if (await isUnderWay(deps, run)) return;
        const error = run.workflowRunId === null ? neverBegun : stopped;
        await endRun(deps.db, { runId: run.id, integrationId: run.integrationId, status: 'failed', error });
        closed.push(run.id);
      }),
    );
  }
  return closed;
}

/** Its own workflow is looked at first: one that leaves the line in between has ended its run by itself. */
async function isUnderWay(deps: ActivityDeps, run: RunningRun): Promise<boolean> {
  if (await isRunning(deps, run.workflowId)) return true;
  const arbiterId = integrationWorkflowId(run.integrationId);
  if (!(await isRunning(deps, arbiterId))) return false;
  const { running, queued } = await deps.temporal.workflow.getHandle(arbiterId).query(arbiterView);
  return [...running, ...queued].some(({ operationId }) => operationId === run.operationId);
}
