/** The API's only way to Temporal: updates and signals to the integration workflow, and bounded waits for its children. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionOptions } from '@temporalio/client';
import {
  Client,
  Connection,
  defaultGrpcRetryOptions,
  isGrpcServiceError,
  makeGrpcRetryInterceptor,
  ServiceError,
  WithStartWorkflowOperation,
  WorkflowFailedError,
  WorkflowIdConflictPolicy,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, NamespaceNotFoundError } from '@temporalio/common';
import { causesOf } from '../db/causes.ts';
import type { Tracing } from '../platform/tracing.ts';
import {
  type ConnectionReport,
  contactsEdited,
  type IntegrationRef,
  type OperationAnswer,
  type OperationKind,
  type OperationRequest,
  operationWorkflowId,
  planWorkflowId,
  pushReceived,
  refusalTypes,
  requestOperation,
  settingsChanged,
  taskWriteWorkflowId,
  testWorkflowId,
  workflowTaskQueue,
  workflowTypes,
} from '../workflows/messages.ts';
import { integrationStartOptions, priorities, searchAttributesOf } from '../workflows/start-options.ts';
import type { WorkflowState } from './contract/support-bundle.ts';
import { describeWorkflow } from './describe-workflow.ts';
import { ProblemError, unavailable } from './problem.ts';
import { refusal } from './refusal.ts';

/** An update is answered at once by a worker; longer means that none is there. */
const updateTimeoutMs = 10_000;
const callTimeoutMs = 5_000;
/** Rides out a hiccup of about a second; a server that is away longer is said to be away. */
const retryBriefly = makeGrpcRetryInterceptor(defaultGrpcRetryOptions({ maxAttempts: 4 }));
const childStartPollMs = 100;

export interface ArbiterClient {
  /** Asks for an operation and returns the arbiter's answer; a refusal is a 409 problem, silence a 503. */
  request(ref: IntegrationRef, operation: OperationRequest): Promise<OperationAnswer>;
  /** Starts the integration's workflow where it does not run. */
  announceSettings(ref: IntegrationRef): Promise<void>;
  announcePush(ref: IntegrationRef): Promise<void>;
  /** Contacts or lists were noted to be planned. */
  announceEdits(ref: IntegrationRef): Promise<void>;
  /** The result of an operation's own workflow; undefined when `timeoutMs` passed first. Its failure is a 409 problem. */
  awaitOperation<Result>(wait: {
    kind: OperationKind;
    integrationId: string;
    operationId: string;
    timeoutMs: number;
  }): Promise<Result | undefined>;
  /** undefined when `timeoutMs` passed first. */
  testConnection(
    ref: IntegrationRef,
    operationId: string,
    timeoutMs: number,
  ): Promise<ConnectionReport | undefined>;
  /** Starts the write of a task that lies planned in Postgres, and waits for its end, `timeoutMs` at most. */
  writeTask(ref: IntegrationRef, operationId: string, timeoutMs: number): Promise<void>;
  /** Starts computing a plan that lies in Postgres; one that is being computed goes on. */
  computePlan(ref: IntegrationRef, planId: string): Promise<void>;
  /** What Temporal says of these workflows, without any message or payload. */
  describe(workflowIds: readonly string[]): Promise<WorkflowState[]>;
  /** Throws when Temporal does not answer within `timeoutMs`. */
  ping(timeoutMs: number): Promise<void>;
  close(): Promise<void>;
}

/** Never waits for the server: calls connect when they come, so that the API may start before Temporal does. */
export function createArbiterClient(options: {
  connection: ConnectionOptions;
  namespace: string;
  interceptors?: Tracing['clientInterceptors'];
}): ArbiterClient {
  const connection = Connection.lazy({ ...options.connection, interceptors: [retryBriefly] });
  const { namespace, interceptors = [] } = options;
  const client = new Client({ connection, namespace, interceptors: { workflow: interceptors } });

  const within = async <T>(timeoutMs: number, call: () => Promise<T>): Promise<T> => {
    try {
      return await connection.withDeadline(Date.now() + timeoutMs, call);
    } catch (error) {
      throw toProblem(error);
    }
  };

  const startOptions = (ref: IntegrationRef) => ({
    ...integrationStartOptions(ref),
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
  });

  /** Signals that nobody waits for: closing does. */
  const underWay = new Set<Promise<void>>();

  const signal = (ref: IntegrationRef, name: string): Promise<void> => {
    const sent = within(callTimeoutMs, async () => {
      await client.workflow.signalWithStart(workflowTypes.integration, {
        ...startOptions(ref),
        signal: name,
      });
    });
    underWay.add(sent);
    sent.finally(() => underWay.delete(sent)).catch(() => {});
    return sent;
  };

  /** A short workflow beside the integration's own; one that runs already is joined. */
  const startAlone = (
    ref: IntegrationRef,
    start: {
      workflowId: string;
      type: string;
      input: Readonly<Record<string, string>>;
      staticSummary: string;
    },
  ) =>
    within(callTimeoutMs, () =>
      client.workflow.start(start.type, {
        workflowId: start.workflowId,
        taskQueue: workflowTaskQueue,
        args: [{ ...ref, ...start.input }],
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
        staticSummary: start.staticSummary,
        typedSearchAttributes: searchAttributesOf(ref),
        priority: { priorityKey: priorities.person, fairnessKey: ref.workspaceId },
      }),
    );

  return {
    request: (ref, operation) =>
      within(updateTimeoutMs, () =>
        client.workflow.executeUpdateWithStart(requestOperation, {
          args: [operation],
          updateId: operation.operationId,
          startWorkflowOperation: new WithStartWorkflowOperation(
            workflowTypes.integration,
            startOptions(ref),
          ),
        }),
      ),
    announceSettings: (ref) => signal(ref, settingsChanged.name),
    announcePush: (ref) => signal(ref, pushReceived.name),
    announceEdits: (ref) => signal(ref, contactsEdited.name),
    awaitOperation: <Result>({
      kind,
      integrationId,
      operationId,
      timeoutMs,
    }: Parameters<ArbiterClient['awaitOperation']>[0]) =>
      awaitResult<Result>(operationWorkflowId(kind, integrationId, operationId), timeoutMs),
    async testConnection(ref, operationId, timeoutMs) {
      const workflowId = testWorkflowId(ref.integrationId, operationId);
      const staticSummary = `Tests the connection to ${ref.provider}`;
      await startAlone(ref, {
        workflowId,
        type: workflowTypes.testConnection,
        input: { operationId },
        staticSummary,
      });
      return awaitResult<ConnectionReport>(workflowId, timeoutMs);
    },
    async writeTask(ref, operationId, timeoutMs) {
      const workflowId = taskWriteWorkflowId(ref.integrationId, operationId);
      const staticSummary = `Writes a task to ${ref.provider}`;
      await startAlone(ref, {
        workflowId,
        type: workflowTypes.writeTask,
        input: { operationId },
        staticSummary,
      });
      await awaitResult(workflowId, timeoutMs);
    },
    async computePlan(ref, planId) {
      const workflowId = planWorkflowId(ref.integrationId, planId);
      const staticSummary = `Plans a change of ${ref.provider}`;
      await startAlone(ref, {
        workflowId,
        type: workflowTypes.computePlan,
        input: { planId },
        staticSummary,
      });
    },
    describe: (workflowIds) =>
      within(callTimeoutMs, async () => {
        const states: WorkflowState[] = [];
        for (const id of workflowIds) states.push(await describeWorkflow(client, id));
        return states;
      }),
    ping: (timeoutMs) =>
      within(timeoutMs, async () => {
        await connection.workflowService.getSystemInfo({});
      }),
    async close() {
      await Promise.allSettled(underWay);
      await connection.close();
    },
  };

  async function awaitResult<Result>(workflowId: string, timeoutMs: number): Promise<Result | undefined> {
    const deadline = AbortSignal.timeout(timeoutMs);
    while (!deadline.aborted) {
      try {
        return await connection.withAbortSignal(
          deadline,
          () => client.workflow.result(workflowId) as Promise<Result>,
        );
      } catch (error) {
        if (deadline.aborted) return undefined;
        // A child begins a moment after the arbiter accepted it, or when its turn comes.
        if (!(error instanceof WorkflowNotFoundError)) throw toProblem(error);
        await sleep(childStartPollMs);
      }
    }
    return undefined;
  }
}

/** gRPC codes of a server that is away, busy or too slow. */
const transientGrpcCodes = new Set([
  1 /* CANCELLED */, 4 /* DEADLINE_EXCEEDED */, 8 /* RESOURCE_EXHAUSTED */, 14 /* UNAVAILABLE */,
]);

/**
 * Workers died or stalled with this workflow's task in hand: the server takes its updates again once one succeeds. Of an
 * update that may start the workflow the client puts the reason into the message and bytes into the details.
 */
const isTaskFailing = ({
  message,
  details,
}: {
  readonly message: string;
  readonly details: string;
}): boolean =>
  /due to (unexpected workflow task failure|workflow task in failed state)/i.test(`${message} ${details}`);

/** Anything that the client throws, as a caller may see it; bugs pass through. */
function toProblem(error: unknown): unknown {
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
    const type = refusalTypes.find((known) => known === (error.cause as ApplicationFailure).type);
    if (type !== undefined) return refusal(type);
  }
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return unavailable('workflow engine', error);
  if (error instanceof WorkflowFailedError) {
    return new ProblemError('conflict', {
      detail: 'The operation was stopped before it had a result.',
      remedy: 'Look at the integration for the reason, then try again.',
      cause: error,
    });
  }
  for (const cause of causesOf(error)) {
    // A server that has just started may not know its namespaces yet.
    if (cause instanceof NamespaceNotFoundError) return unavailable('workflow engine', error);
    if (isGrpcServiceError(cause) && (transientGrpcCodes.has(cause.code) || isTaskFailing(cause)))
      return unavailable('workflow engine', error);
  }
  return error instanceof ServiceError ? unavailable('workflow engine', error) : error;
}
