import {
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  patched,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { core, noteOf, providerActivities } from './activity-options.ts';
import {
  type ArbiterState,
  arbiterView,
  contactsEdited,
  type DesiredState,
  type IntegrationInput,
  type OperationRequest,
  pushReceived,
  type RefusalType,
  requestOperation,
  type SyncOutcome,
  settingsChanged,
  type WorkflowPhase,
} from './messages.ts';
import { createOperations, newConnect, newDelete, newOperationIds } from './operations.ts';
import { isAside, needsPhase, place, type QueuedRequest, refusalOf } from './order.ts';
import { runEvents, searchAttributes } from './start-options.ts';

/** How long nobody may come back from the consent page before the integration is looked at again. */
const abandonCheckMs = 11 * 60 * 1000;

/** How long an edit waits for others that come right after it. */
const editPauseMs = 250;

/** Where the input does not say after how many events a run continues as new: how it was before it did. */
const formerRunEvents = 200;

/**
 * The life of one integration. Time and again it waits for a message or the time of the next check and does at most
 * one operation; after each idle check it continues as new. No provider code is here, and what a person asked for
 * always goes first.
 */
export async function integration(input: IntegrationInput): Promise<void> {
  let desired: DesiredState | undefined = input.state?.desired;
  let queue: readonly QueuedRequest[] = (input.state?.queue ?? []) as readonly QueuedRequest[];
  let pushPending = input.state?.pushPending ?? false;
  let editPending = input.state?.editPending ?? false;
  let settingsStale = input.state?.settingsStale ?? false;
  let failuresInARow = input.state?.failuresInARow ?? 0;
  let lastOutcome = input.state?.lastOutcome ?? 'nothing yet';
  let shownPhase = input.state?.shownPhase;
  let loaded = desired !== undefined;
  const longestRun = input.runEvents ?? formerRunEvents;
  const operations = createOperations(input);

  setHandler(
    requestOperation,
    async (request) => {
      // Runs that began before there was `runEvents` replay without.
      if (input.runEvents !== undefined) await settle();
      // What the phase decides about waits for it, where this very request started the workflow.
      const cameEarly = !loaded && needsPhase(request);
      if (cameEarly) await condition(() => loaded);
      if (refusalFor(request) !== undefined) {
        if (patched('look-before-refusing')) await lookBeforeRefusing(request);
        else if (cameEarly) refuse(request, refusalFor(request));
      }
      if (isAside(request)) return operations.runAside(request);
      const placed = place(request, { running: operations.running(), queue });
      queue = placed.queue;
      if (placed.operation === request) operations.noteAsked(request);
      if (placed.preempt) operations.cancelRunning();
      const { operation, disposition } = placed;
      return {
        operationId: operation.operationId,
        disposition,
        ...(operation.kind === 'sync' ? { runId: operation.runId } : {}),
      };
    },
    {
      // Only what can't change any more: whether somebody has signed in is looked up first.
      validator: (request) => {
        const refusal = refusalFor(request);
        if (refusal === 'IntegrationDeleting') refuse(request, refusal);
      },
    },
  );
  setHandler(settingsChanged, () => {
    settingsStale = true;
  });
  setHandler(pushReceived, () => {
    pushPending = true;
  });
  setHandler(contactsEdited, () => {
    editPending = true;
  });
  setHandler(arbiterView, () => ({
    phase: desired?.phase ?? 'connecting',
    running: operations.all().map(({ kind, operationId }) => ({ kind, operationId })),
    queued: queue.map(({ kind, operationId }) => ({ kind, operationId })),
    nextCheckAt: isoOf(desired?.nextCheckAtMs ?? null),
  }));

  desired ??= await load();
  loaded = true;
  let idle = false;
  while (desired !== undefined && !idle && workflowInfo().historyLength < longestRun) {
    showState(desired);
    const woken = await condition(
      () => queue.length > 0 || settingsStale || pushIsDue() || editIsDue(),
      Math.max(1, wakeAtMs(desired) - Date.now()),
      { summary: desired.phase === 'connecting' ? 'Wait for the sign-in' : 'Wait for the next check' },
    );
    const [next, ...waiting] = queue;
    if (next !== undefined) {
      queue = waiting;
      if (next.kind === 'delete') {
        await operations.carryOut(next, failuresInARow);
        desired = undefined;
      } else await carryOut(next);
    } else if (settingsStale) {
      settingsStale = false;
      desired = await load();
    } else if (editIsDue()) {
      // Many edits in a row are carried over as one; whatever a person asks for meanwhile goes first.
      await condition(() => queue.length > 0, editPauseMs, { summary: 'Wait for more edits' });
      if (queue.length > 0) continue;
      editPending = false;
      await carryOut({ ...newOperationIds(), kind: 'sync', mode: 'incremental', trigger: 'edit' });
    } else if (pushIsDue()) {
      pushPending = false;
      await carryOut({ ...newOperationIds(), kind: 'sync', mode: 'incremental', trigger: 'push' });
    } else if (!woken) {
      await lookAround();
      idle = true;
    }
  }
  if (desired === undefined) {
    await condition(allHandlersFinished);
    return;
  }

  await condition(() => allHandlersFinished() && operations.all().length === 0);
  const { integrationId, workspaceId, provider } = input;
  const state: ArbiterState = {
    desired,
    queue,
    pushPending,
    editPending,
    settingsStale,
    failuresInARow,
    shownPhase: desired.phase,
    lastOutcome,
  };
  await continueAsNew<typeof integration>({ integrationId, workspaceId, provider, runEvents, state });

  /** Why the operation can't be taken; undefined when it can. `phase`: as it was last loaded, where not given. */
  function refusalFor(request: OperationRequest, phase = knownPhase()): RefusalType | undefined {
    return refusalOf(request, { phase, deleting: isKnown('delete') });
  }

  function knownPhase(): WorkflowPhase | undefined {
    return loaded && desired === undefined ? 'deleting' : desired?.phase;
  }

  /** Whether one of this kind runs or waits. */
  function isKnown(kind: QueuedRequest['kind']): boolean {
    return [operations.running(), ...queue].some((known) => known?.kind === kind);
  }

  function refuse({ kind }: OperationRequest, refusal: RefusalType | undefined): void {
    if (refusal === undefined) return;
    throw ApplicationFailure.nonRetryable(`The integration takes no ${kind} now.`, refusal);
  }

  /**
   * Throws where the operation can't be taken. A sign-in holds from when Postgres has it, and the message that says so may be
   * on its way or lost: so nobody is told to sign in before Postgres was asked.
   */
  async function lookBeforeRefusing(request: OperationRequest): Promise<void> {
    let refusal = refusalFor(request);
    if (refusal !== 'IntegrationDeleting') {
      const state = await core.loadDesiredState({ integrationId: input.integrationId });
      const phase = state?.desired.phase ?? 'deleting';
      // The loop learns of it by itself, lest one of two answers that cross holds though it is the older.
      if (phase !== desired?.phase) settingsStale = true;
      // It may have learned meanwhile.
      refusal = refusalFor(request) && refusalFor(request, phase);
      if (refusal === 'NotConnected' && state?.keyStored === true) {
        // A key was tried before it was stored: what is asked for comes right after it was taken.
        if (!isKnown('connect')) queue = place(newConnect(), { running: operations.running(), queue }).queue;
        return;
      }
    }
    refuse(request, refusal);
  }

  /** Pushes wait while auto-sync is off or the integration can't sync; the dirty mark in Postgres stays. */
  function pushIsDue(): boolean {
    return pushPending && desired?.phase === 'active' && desired.autoSync;
  }

  /** While a run is parked or nobody is signed in, edits stay noted in Postgres. */
  function editIsDue(): boolean {
    return editPending && desired?.phase === 'active';
  }

  async function load(): Promise<DesiredState | undefined> {
    const state = await core.loadDesiredState({ integrationId: input.integrationId });
    const deletes = queue.some(({ kind }) => kind === 'delete');
    if (state?.desired.phase === 'deleting' && !deletes) {
      queue = [newDelete(state.keepRecords === true ? 'keep' : 'delete')];
    } else if (queue.length === 0) {
      if (state?.abandoned === true) queue = [newDelete('delete')];
      if (state?.keyStored === true) queue = [newConnect()];
    }
    return state?.desired;
  }

  /** The time came: an abandoned sign-in is cleared away, an active integration asks whether anything is new. */
  async function lookAround(): Promise<void> {
    if (desired?.phase !== 'active') {
      desired = await load();
      return;
    }
    const { integrationId, provider } = input;
    const scope = new CancellationScope();
    const asking = scope.run(() =>
      providerActivities(provider, 'check', 'Anything new?').checkForChanges({ integrationId }),
    );
    try {
      // Whatever a person asks for does not wait for a check that a slow provider holds up.
      await Promise.race([asking, condition(() => queue.length > 0)]);
      if (queue.length > 0) scope.cancel();
      const check = await asking;
      desired = check.desired;
      if (!check.changed) {
        failuresInARow = 0;
        lastOutcome = `${isoOf(Date.now())} nothing new`;
        return;
      }
    } catch (error) {
      if (isCancellation(error)) return;
      const noted = await core.noteCheckFailure({
        integrationId,
        provider,
        failure: noteOf(error),
        failuresInARow,
      });
      failuresInARow += 1;
      learn(noted);
      return;
    }
    // While auto-sync is off only what backed off in Harmony is carried on with.
    const trigger = desired.autoSync ? 'periodic' : 'edit';
    await carryOut({ ...newOperationIds(), kind: 'sync', mode: 'incremental', trigger });
  }

  async function carryOut(request: QueuedRequest): Promise<void> {
    if (desired !== undefined) showState(desired, request);
    const outcome = await operations.carryOut(request, failuresInARow);
    switch (outcome.kind) {
      case 'sync':
        // A run of edits says nothing about reading.
        if (request.kind !== 'sync' || request.trigger !== 'edit')
          failuresInARow = outcome.status === 'failed' ? failuresInARow + 1 : 0;
        learn(outcome);
        return;
      case 'authorized':
        queue = place(outcome.firstSync, { running: undefined, queue }).queue;
        break;
      case 'already_connected':
        queue = [newDelete('delete')];
        break;
      case 'ended':
        break;
    }
    lastOutcome = `${isoOf(Date.now())} ${outcome.summary}`;
    desired = await load();
  }

  function learn(outcome: Learned): void {
    lastOutcome = `${isoOf(Date.now())} ${outcome.summary}`;
    if (desired === undefined) return;
    const phase = phaseAfter(outcome, desired.phase);
    desired = { ...desired, phase, nextCheckAtMs: outcome.nextCheckAtMs };
  }

  function showState(state: DesiredState, running?: QueuedRequest): void {
    setCurrentDetails(
      [
        `**${state.phase}** — auto-sync ${state.autoSync ? `every ${state.intervalSeconds} s` : 'off'}`,
        running === undefined
          ? `Next check: ${isoOf(state.nextCheckAtMs) ?? 'none planned'}`
          : `Now: ${running.kind} ${running.operationId}`,
        `Last: ${lastOutcome}`,
        ...(failuresInARow > 0 ? [`Failures in a row: ${failuresInARow}`] : []),
      ].join('\n\n'),
    );
    if (shownPhase !== state.phase)
      upsertSearchAttributes([{ key: searchAttributes.phase, value: state.phase }]);
    shownPhase = state.phase;
  }
}

/**
 * Lets all that came with the same workflow task take effect first. A task that led to nothing is replayed together with the next
 * one where that is the newest, and by itself later on: a child's end and an update after it then come at once or one after the
 * other, and the answer to the update must not hang on which.
 */
async function settle(): Promise<void> {
  let settled = false;
  // Conditions are looked at again only when no promise is left to run.
  void Promise.resolve().then(() => {
    settled = true;
  });
  await condition(() => settled);
}

interface Learned {
  readonly status?: SyncOutcome['status'];
  readonly needsSignIn: boolean;
  readonly nextCheckAtMs: number | null;
  readonly summary: string;
}

function phaseAfter({ needsSignIn, status }: Learned, phase: WorkflowPhase): WorkflowPhase {
  if (needsSignIn) return 'needs_reauth';
  if (status === 'parked') return 'parked';
  return phase === 'parked' && status === 'succeeded' ? 'active' : phase;
}

/** When to look up even if nobody says anything. */
function wakeAtMs(desired: DesiredState): number {
  if (desired.phase === 'connecting') return Date.now() + abandonCheckMs;
  if (desired.phase === 'active' && desired.nextCheckAtMs !== null) return desired.nextCheckAtMs;
  return Date.now() + quietMs;
}

/** Where no check is planned: settings and sign-ins come as messages, so this is only a floor. */
const quietMs = 24 * 60 * 60 * 1000;

const isoOf = (epochMs: number | null): string | null =>
  epochMs === null ? null : new Date(epochMs).toISOString();
