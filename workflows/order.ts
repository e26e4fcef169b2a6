/** The order of operations, as pure rules: delete > authorize > full > manual > periodic. */
import type { Disposition, OperationRequest, RefusalType, SyncTrigger, WorkflowPhase } from './messages.ts';

/** Refresh List and Sync Users write beside the line of operations, so that they answer while a long sync runs. */
export type AsideRequest = Extract<OperationRequest, { kind: 'refresh-collections' | 'sync-users' }>;
export type QueuedRequest = Exclude<OperationRequest, AsideRequest>;

export const isAside = (request: OperationRequest): request is AsideRequest =>
  request.kind === 'refresh-collections' || request.kind === 'sync-users';

const ranks = { delete: 0, reauthenticate: 1, connect: 1 } as const;

/** Smaller goes first. */
export function rankOf(request: QueuedRequest): number {
  if (request.kind !== 'sync') return ranks[request.kind];
  return request.mode === 'full' ? 2 : 3;
}

/** Whether the running operation is cancelled to make way. Nothing ends a delete or a sign-in that is under way. */
export function preempts(incoming: QueuedRequest, running: QueuedRequest): boolean {
  if (incoming.kind === 'delete') return running.kind !== 'delete';
  // Carrying edits over is short, and nothing else covers it.
  if (running.kind !== 'sync' || running.trigger === 'edit') return false;
  return rankOf(incoming) < rankOf(running);
}

export interface Placement {
  readonly disposition: Disposition;
  /** The operation that answers the request: itself, or the one it joins. */
  readonly operation: QueuedRequest;
  readonly queue: readonly QueuedRequest[];
  readonly preempt: boolean;
}

/** Where a new request goes. The queue holds one operation of a rank, and those that are runs of their own beside it. */
export function place(
  request: QueuedRequest,
  state: { running: QueuedRequest | undefined; queue: readonly QueuedRequest[] },
): Placement {
  const { running, queue } = state;
  const repeat = [running, ...queue].find((known) => known?.operationId === request.operationId);
  if (repeat !== undefined) return joined(repeat, queue);
  if (running !== undefined && joinsRunning(request, running)) return joined(running, queue);

  const twin = queue.find((waiting) => rankOf(waiting) === rankOf(request));
  if (twin !== undefined && !isSignIn(request) && !isItsOwn(request) && !isItsOwn(twin))
    return joined(twin, queue);
  // A later sign-in replaces one that still waits: only the later one's code is fresh.
  const others = isSignIn(request) ? queue.filter((waiting) => waiting !== twin) : queue;
  const kept = request.kind === 'delete' ? [] : others;
  const next = [...kept, request].sort((a, b) => rankOf(a) - rankOf(b));
  const idle = running === undefined && next[0] === request;
  return {
    disposition: idle ? 'started' : 'queued',
    operation: request,
    queue: next,
    preempt: running !== undefined && preempts(request, running),
  };
}

/** What a person decided about runs as that very run: no other covers it. */
const isItsOwn = (request: QueuedRequest): boolean =>
  request.kind === 'sync' && (request.trigger === 'plan' || request.trigger === 'undo');

const isSignIn = (request: QueuedRequest): boolean =>
  request.kind === 'connect' || request.kind === 'reauthenticate';

/**
 * What a person asks for by hand is covered by the same sync under way. Not so a changed subscription, or a plan or an undo,
 * which a run may have gone past already; edits are carried over by a run that reads nothing, and a push by one that reads
 * only what it named.
 */
function joinsRunning(request: QueuedRequest, running: QueuedRequest): boolean {
  if (request.kind === 'delete') return running.kind === 'delete';
  if (request.kind !== 'sync' || running.kind !== 'sync') return false;
  if (readsInPart.has(running.trigger) || beginsAnew.has(request.trigger)) return false;
  return request.mode === running.mode;
}

const readsInPart: ReadonlySet<SyncTrigger> = new Set(['edit', 'push']);
const beginsAnew: ReadonlySet<SyncTrigger> = new Set(['subscription', 'plan', 'undo']);

const joined = (operation: QueuedRequest, queue: readonly QueuedRequest[]): Placement => ({
  disposition: 'joined',
  operation,
  queue,
  preempt: false,
});

/** Whether an operation is taken in some phases only. */
export const needsPhase = (request: OperationRequest): boolean => request.kind === 'sync' || isAside(request);

/** Why an operation can't be taken in this phase; undefined when it can. */
export function refusalOf(
  request: OperationRequest,
  state: { phase: WorkflowPhase | undefined; deleting: boolean },
): RefusalType | undefined {
  if (request.kind === 'delete') return undefined;
  if (state.deleting || state.phase === 'deleting') return 'IntegrationDeleting';
  if (!needsPhase(request)) return undefined;
  if (state.phase === 'connecting') return 'NotConnected';
  return state.phase === 'needs_reauth' ? 'ReauthRequired' : undefined;
}
