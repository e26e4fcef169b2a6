import type { Transaction } from '../../db/client.ts';
import { endApplyingPlan } from '../../db/queries/apply-contact-plan.ts';
import { isAskedAboutRun } from '../../db/queries/contact-plans.ts';
import { lockContactSettings } from '../../db/queries/contact-sync-settings.ts';
import { changePhase, findIntegration, type Integration } from '../../db/queries/integrations.ts';
import { type EndedRun, endRun, type RunCounts, type RunEnd } from '../../db/queries/runs.ts';
import type { Attention, Phase } from '../../db/schema/index.ts';
import { transact } from '../../db/transact.ts';
import {
  operationWorkflowId,
  type SyncMode,
  type SyncOutcome,
  type SyncTrigger,
} from '../../workflows/messages.ts';
import { wantOfSignIn } from '../access/want-of-sign-in.ts';
import { describeFailure, type FailureNote, signInReplaced } from '../attention.ts';
import { isoAt, nowMs } from '../clock.ts';
import type { ActivityDeps } from '../deps.ts';
import { integrationGone } from '../failure.ts';
import { noteRunFinished } from '../metrics.ts';
import { indexSoon } from '../search/index-soon.ts';
import { afterFailure, msOf, noLaterThanDue, planNextCheck, toIso } from './plan-next-check.ts';

export interface FinishRunInput {
  readonly integrationId: string;
  readonly runId: string;
  /** Both absent where the workflow began before they were passed on. */
  readonly operationId?: string;
  readonly mode?: SyncMode;
  /** A run of edits (`edit`) asked the provider nothing: the planned check stays, and so does what the person should know. */
  readonly trigger: SyncTrigger;
  readonly status: 'succeeded' | 'failed' | 'cancelled' | 'parked';
  /** Why, with status `failed`. */
  readonly failure?: FailureNote;
  /** What the person has to decide, with status `parked`. */
  readonly attention?: Attention;
  readonly failuresInARow: number;
}

/**
 * Ends a run in one transaction: its row, the integration's phase, its next check, what the person should know. One that has
 * ended before stays so, and nothing else is changed: the answer is how it ended.
 */
export function createFinishRun(deps: ActivityDeps) {
  return async function finishRun(input: FinishRunInput): Promise<SyncOutcome> {
    const { integrationId, runId, failure } = input;
    const isRead = input.trigger !== 'edit';
    const integration = await findIntegration(deps.db, integrationId);
    if (integration === undefined) throw integrationGone(integrationId);
    const { adapter, environment } = deps.provider(integration.provider);
    const failures = input.status === 'failed' ? input.failuresInARow + 1 : 0;
    const plannedAtMs = isRead ? planNextCheck(integration, failures) : msOf(integration.nextSyncAt);
    const { status, ended, error, signIn, waits } = await transact(deps.db, async (tx) => {
      const status = await statusOf(tx, input);
      const want = await wantOfSignIn(tx, integrationId, failure);
      const described =
        failure && describeFailure(failure, { adapter, environment, authKind: integration.authKind });
      const error =
        want === 'met'
          ? signInReplaced(adapter)
          : (described ?? (status === 'parked' ? input.attention : undefined));
      const signIn = want === 'open';
      const waits = signIn || status === 'parked';
      const ended = await endRun(tx, {
        runId,
        integrationId,
        status,
        ...(error === undefined ? {} : { error }),
        ...askedFor(input),
      });
      if (ended?.isRepeat === true) return { status, ended, error, signIn, waits };
      await changePhase(tx, integrationId, {
        // The account may have taken Harmony out meanwhile: that stands until somebody signs in.
        ...(signIn ? {} : { unless: 'needs_reauth' }),
        nextSyncAt: waits ? null : toIso(plannedAtMs),
        ...(status === 'succeeded' && isRead ? { succeeded: true, attention: null } : {}),
        ...(error === undefined || want === 'met' ? {} : { attention: error }),
        ...phaseAfter(integration.phase, status, signIn),
      });
      if (status === 'succeeded')
        await endApplyingPlan(tx, { integrationId, runId, appliedAt: isoAt(nowMs(deps)) });
      return { status, ended, error, signIn, waits };
    });
    if (ended?.isRepeat === true) return endedBefore(deps, ended, integration);
    const { failuresInARow } = input;
    const checkAtMs =
      status === 'failed'
        ? await afterFailure(deps, integrationId, { plannedAtMs, isPlanOlder: !isRead, failuresInARow })
        : await noLaterThanDue(deps, integrationId, plannedAtMs);
    noteRunFinished(integration.provider, status, error?.code);
    indexSoon(deps);
    return {
      status,
      summary: summaryOf({ status, counts: ended?.counts, notices: ended?.notices, error }),
      needsSignIn: signIn,
      nextCheckAtMs: waits ? null : checkAtMs,
    };
  };
}

/** As it is parked, a person may have decided on what it asks: it is over then, and the next one goes by that. */
async function statusOf(
  tx: Transaction,
  { integrationId, status }: FinishRunInput,
): Promise<FinishRunInput['status']> {
  if (status !== 'parked') return status;
  await lockContactSettings(tx, integrationId);
  return (await isAskedAboutRun(tx, integrationId)) ? 'parked' : 'cancelled';
}

/** A run that was cancelled may begin late, in an activity that nobody waits for: it finds that it has ended. */
function askedFor({ integrationId, operationId, mode, trigger }: FinishRunInput): Pick<RunEnd, 'asked'> {
  if (operationId === undefined || mode === undefined) return {};
  const workflowId = operationWorkflowId('sync', integrationId, operationId);
  return { asked: { operationId, mode, trigger, workflowId } };
}

async function endedBefore(
  deps: ActivityDeps,
  ended: EndedRun,
  { id, phase, nextSyncAt }: Integration,
): Promise<SyncOutcome> {
  return {
    status: ended.status,
    summary: summaryOf(ended),
    needsSignIn: phase === 'needs_reauth',
    nextCheckAtMs: phase === 'active' ? await noLaterThanDue(deps, id, msOf(nextSyncAt)) : null,
  };
}

function summaryOf(run: {
  status: SyncOutcome['status'];
  counts: RunCounts | undefined;
  notices: readonly Attention[] | undefined;
  error: Attention | null | undefined;
}): string {
  const { status, counts, notices = [], error } = run;
  const parts = Object.entries(counts ?? {}).filter(([name, count]) => name !== 'read' && count > 0);
  const done = parts.map(([name, count]) => `${count} ${name}`).join(', ') || 'nothing to do';
  const told = [...notices, ...(error ? [error] : [])].map(({ title, remedy }) => `${title} ${remedy}`);
  return [`${status}: ${done}`, ...told].join(' — ');
}

/** A parked integration syncs again by itself once a run went through. */
function phaseAfter(phase: Phase, status: FinishRunInput['status'], signIn: boolean): { phase?: Phase } {
  if (signIn) return { phase: 'needs_reauth' };
  if (status === 'parked') return { phase: 'parked' };
  return phase === 'parked' && status === 'succeeded' ? { phase: 'active' } : {};
}
