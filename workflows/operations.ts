/** The arbiter's children: one in the line of operations at a time, Refresh List and Sync Users beside it. */
import {
  CancellationScope,
  ChildWorkflowCancellationType,
  condition,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  patched,
  sleep,
  uuid4,
} from '@temporalio/workflow';
import { core } from './activity-options.ts';
import { connect } from './connect.ts';
import { deleteIntegration } from './delete-integration.ts';
import {
  type IntegrationRef,
  type OperationAnswer,
  type OperationInput,
  type OperationRequest,
  operationWorkflowId,
  type SyncOutcome,
} from './messages.ts';
import type { AsideRequest, QueuedRequest } from './order.ts';
import { reauthenticate } from './reauthenticate.ts';
import { refreshCollections } from './refresh-collections.ts';
import { priorities, searchAttributes, searchAttributesOf } from './start-options.ts';
import { sync } from './sync.ts';
import { syncUsers } from './sync-users.ts';
import { createTraces } from './traces.ts';

export type OperationOutcome =
  | ({ readonly kind: 'sync' } & SyncOutcome)
  | { readonly kind: 'authorized'; readonly firstSync: QueuedRequest; readonly summary: string }
  | { readonly kind: 'already_connected'; readonly summary: string }
  | { readonly kind: 'ended'; readonly summary: string };

/** Ids for operations that the arbiter begins by itself. */
export function newOperationIds(): { operationId: string; runId: string } {
  const id = uuid4().replaceAll('-', '');
  return { operationId: `op_${id}`, runId: `run_${id}` };
}

/** A Delete that the arbiter begins by itself. */
export const newDelete = (records: 'keep' | 'delete'): QueuedRequest => ({
  ...newOperationIds(),
  kind: 'delete',
  records,
});

/** Taking a stored API key, which the arbiter begins by itself. */
export const newConnect = (): QueuedRequest => ({ ...newOperationIds(), kind: 'connect' });

type SyncRequest = Extract<QueuedRequest, { kind: 'sync' }>;

/** A cancelled child that does not end within this time is left to the fence. */
const cancelPatience = '60 seconds';

export function createOperations(ref: IntegrationRef) {
  const { integrationId, workspaceId, provider } = ref;
  const traces = createTraces();
  let current: { request: QueuedRequest; scope: CancellationScope; cancelled: boolean } | undefined;
  const aside = new Map<AsideRequest['kind'], { request: AsideRequest; scope: CancellationScope }>();

  const childOptions = (request: OperationRequest) => ({
    workflowId: operationWorkflowId(request.kind, integrationId, request.operationId),
    cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    staticSummary: summaryOf(request, provider),
    typedSearchAttributes: [
      ...searchAttributesOf(ref),
      { key: searchAttributes.operation, value: request.kind },
    ],
    priority: { priorityKey: priorityOf(request), fairnessKey: workspaceId },
  });

  async function run(request: QueuedRequest, failuresInARow: number): Promise<OperationOutcome> {
    const base = { integrationId, workspaceId, provider, operationId: request.operationId };
    const options = childOptions(request);
    switch (request.kind) {
      case 'sync': {
        const { runId, mode, trigger } = request;
        const args: Parameters<typeof sync> = [{ ...base, runId, mode, trigger, failuresInARow }];
        return { kind: 'sync', ...(await executeChild(sync, { ...options, args })) };
      }
      case 'connect':
      case 'reauthenticate': {
        const outcome =
          request.kind === 'reauthenticate'
            ? await executeChild(reauthenticate, {
                ...options,
                args: [{ ...base, attemptId: request.attemptId }],
              })
            : await executeChild(connect, {
                ...options,
                args: [
                  { ...base, ...(request.attemptId === undefined ? {} : { attemptId: request.attemptId }) },
                ],
              });
        if (!outcome.ok) {
          const kind = outcome.code === 'already_connected' ? 'already_connected' : 'ended';
          return { kind, summary: `${request.kind} refused — ${outcome.title} ${outcome.remedy}` };
        }
        const { runId } = request;
        const operationId = `${request.operationId}-sync`;
        traces.note(operationId);
        const firstSync: QueuedRequest =
          request.kind === 'connect'
            ? { kind: 'sync', operationId, runId, mode: 'full', trigger: 'connect' }
            : { kind: 'sync', operationId, runId, mode: 'incremental', trigger: 'reauthenticated' };
        return { kind: 'authorized', firstSync, summary: `${request.kind} succeeded` };
      }
      case 'delete': {
        const { removed } = await executeChild(deleteIntegration, {
          ...options,
          args: [{ ...base, records: request.records }],
        });
        return { kind: 'ended', summary: `deleted, ${removed} records removed` };
      }
    }
  }

  /** A sync that began ends its run by itself; one that gave way before that has nobody else to do so. */
  async function endUnbegun(
    { runId, operationId, mode, trigger }: SyncRequest,
    failuresInARow: number,
  ): Promise<OperationOutcome> {
    const run = { integrationId, runId, operationId, mode, trigger, failuresInARow };
    const end = { ...run, status: 'cancelled' } as const;
    return { kind: 'sync', ...(await core.finishRun(end)) };
  }

  return {
    running: (): QueuedRequest | undefined => current?.request,
    all: (): readonly OperationRequest[] =>
      [...(current === undefined ? [] : [current]), ...aside.values()].map(({ request }) => request),

    /** For traces: what runs now is what asked for it. */
    noteAsked: ({ operationId }: OperationRequest): void => traces.note(operationId),

    cancelRunning(): void {
      if (current === undefined) return;
      current.cancelled = true;
      current.scope.cancel();
    },

    /** Runs one operation to its end; never throws, except that a bug in a workflow shows as one. */
    async carryOut(request: QueuedRequest, failuresInARow: number): Promise<OperationOutcome> {
      if (request.kind === 'delete') for (const { scope } of aside.values()) scope.cancel();
      const entry = { request, scope: new CancellationScope(), cancelled: false };
      current = entry;
      const outcome = entry.scope
        .run(() => traces.within(request.operationId, () => run(request, failuresInARow)))
        .catch((error: unknown): OperationOutcome | Promise<OperationOutcome> => {
          const cancelled = isCancellation(error);
          const how = cancelled ? 'cancelled' : 'failed unexpectedly; its own history says why';
          const ended: OperationOutcome = { kind: 'ended', summary: `${request.kind} ${how}` };
          const hasRun = cancelled && request.kind === 'sync' && patched('end-runs-that-never-began');
          // Where even that fails, the integration is gone.
          return hasRun ? endUnbegun(request, failuresInARow).catch(() => ended) : ended;
        });
      const impatience = condition(() => entry.cancelled)
        .then(() => sleep(cancelPatience))
        .then(
          (): OperationOutcome => ({
            kind: 'ended',
            summary: `${request.kind} left behind after its cancellation`,
          }),
        );
      const first = await Promise.race([outcome, impatience]);
      current = undefined;
      return first;
    },

    /** Begins it at once, beside whatever runs; one of a kind at a time. */
    runAside(request: AsideRequest): OperationAnswer {
      const { kind, operationId } = request;
      const known = aside.get(kind);
      if (known !== undefined) return { operationId: known.request.operationId, disposition: 'joined' };
      const scope = new CancellationScope();
      aside.set(kind, { request, scope });
      const child = kind === 'sync-users' ? syncUsers : refreshCollections;
      const args: [OperationInput] = [{ integrationId, workspaceId, provider, operationId }];
      void scope
        .run(() =>
          executeChild<(input: OperationInput) => Promise<unknown>>(child, {
            ...childOptions(request),
            args,
          }),
        )
        .catch(() => {
          // Whoever asked reads the child's own failure; the arbiter goes on.
        })
        .finally(() => aside.delete(kind));
      return { operationId, disposition: 'started' };
    },
  };
}

function priorityOf(request: OperationRequest): number {
  if (request.kind !== 'sync') return priorities.person;
  switch (request.trigger) {
    case 'push':
      return priorities.push;
    case 'periodic':
      return priorities.periodic;
    case 'connect':
      return priorities.firstLoad;
    default:
      return priorities.person;
  }
}

function summaryOf(request: OperationRequest, provider: string): string {
  return request.kind === 'sync'
    ? `${request.mode} sync of ${provider}, ${request.trigger}`
    : `${request.kind} ${provider}`;
}
