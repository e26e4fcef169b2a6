/**
 * What workflows, API and worker say to each other: names, ids, inputs, updates, signals, queries. Exported names and
 * shapes are permanent: running workflows carry them. Nothing here may hold a token, a code or a record.
 */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';

/** Workflows, and the activities that touch no provider. */
export const workflowTaskQueue = 'harmony';
/** One queue per provider, so that one provider's outage or limit holds up no other. */
export const providerTaskQueue = (provider: string): string => `harmony-provider-${provider}`;

export type OperationKind =
  | 'connect'
  | 'reauthenticate'
  | 'sync'
  | 'refresh-collections'
  | 'sync-users'
  | 'delete';
export type SyncMode = 'incremental' | 'full';
export type SyncTrigger =
  | 'connect'
  | 'manual'
  | 'periodic'
  | 'push'
  | 'subscription'
  | 'reauthenticated'
  /** Contacts were edited in Harmony: nothing is read, only planned and written. */
  | 'edit'
  /** A person applied a plan. */
  | 'plan'
  /** A person undid a run. */
  | 'undo';

export const integrationWorkflowId = (integrationId: string): string => `integration:${integrationId}`;
export const operationWorkflowId = (
  kind: OperationKind,
  integrationId: string,
  operationId: string,
): string => `${kind}:${integrationId}:${operationId}`;
export const testWorkflowId = (integrationId: string, operationId: string): string =>
  `test-connection:${integrationId}:${operationId}`;
export const taskWriteWorkflowId = (integrationId: string, operationId: string): string =>
  `write-task:${integrationId}:${operationId}`;
export const planWorkflowId = (integrationId: string, planId: string): string =>
  `plan:${integrationId}:${planId}`;
export const reconcileScheduleId = 'reconcile';

/** Workflow type names as registered; `integration` is the arbiter. */
export const workflowTypes = {
  integration: 'integration',
  connect: 'connect',
  reauthenticate: 'reauthenticate',
  sync: 'sync',
  'refresh-collections': 'refreshCollections',
  'sync-users': 'syncUsers',
  delete: 'deleteIntegration',
  testConnection: 'testConnection',
  writeTask: 'writeTask',
  computePlan: 'computePlan',
  reconcile: 'reconcile',
} as const;

export interface IntegrationRef {
  readonly integrationId: string;
  readonly workspaceId: string;
  readonly provider: string;
}

export type WorkflowPhase = 'connecting' | 'active' | 'needs_reauth' | 'parked' | 'deleting';

/** What the arbiter knows of the person's wishes, read from Postgres at each cycle. */
export interface DesiredState {
  readonly phase: WorkflowPhase;
  readonly autoSync: boolean;
  readonly intervalSeconds: number;
  /** Epoch ms of the next periodic check; null while none is planned. */
  readonly nextCheckAtMs: number | null;
}

/** The operations that the arbiter takes, each with ids chosen by the caller so that a repeat is recognised. */
export type OperationRequest =
  | {
      readonly kind: 'connect';
      readonly operationId: string;
      readonly runId: string;
      /** Absent with an API key, which was tried and stored before. */
      readonly attemptId?: string;
    }
  | {
      readonly kind: 'reauthenticate';
      readonly operationId: string;
      readonly runId: string;
      readonly attemptId: string;
    }
  | {
      readonly kind: 'sync';
      readonly operationId: string;
      readonly runId: string;
      readonly mode: SyncMode;
      readonly trigger: SyncTrigger;
    }
  | { readonly kind: 'refresh-collections'; readonly operationId: string }
  | { readonly kind: 'sync-users'; readonly operationId: string }
  | { readonly kind: 'delete'; readonly operationId: string; readonly records: 'keep' | 'delete' };

export type Disposition = 'started' | 'queued' | 'joined';

/** The arbiter's answer, given at once. `runId` names the run to watch, with kind `sync`. */
export interface OperationAnswer {
  readonly operationId: string;
  readonly disposition: Disposition;
  readonly runId?: string;
}

/** Why the arbiter refuses an operation: the update fails with an ApplicationFailure of this type. */
export const refusalTypes = ['IntegrationDeleting', 'NotConnected', 'ReauthRequired'] as const;
export type RefusalType = (typeof refusalTypes)[number];

export interface IntegrationInput extends IntegrationRef {
  /** The run continues as new once its history has so many events; in its input, so that it replays under other code. */
  readonly runEvents?: number;
  /** Carried over continue-as-new; absent at the very start. */
  readonly state?: ArbiterState;
}

export interface ArbiterState {
  readonly desired: DesiredState;
  /** Waiting operations, in the order of the rules. */
  readonly queue: readonly OperationRequest[];
  /** A push came that no sync has taken up. */
  readonly pushPending: boolean;
  /** Contacts were edited in Harmony since a run took such edits up. */
  readonly editPending?: boolean;
  /** Settings changed and were not loaded yet. */
  readonly settingsStale: boolean;
  readonly failuresInARow: number;
  /** What the search attribute shows, so that it is written only when it changes. */
  readonly shownPhase: WorkflowPhase;
  /** How the last operation or check ended, with its time, for the operator. */
  readonly lastOutcome: string;
}

export const requestOperation = defineUpdate<OperationAnswer, [OperationRequest]>('requestOperation');
/** Settings changed in Postgres: load them again. */
export const settingsChanged = defineSignal('settingsChanged');
/** Postgres turned this integration's dirty mark on. */
export const pushReceived = defineSignal('pushReceived');
/** Contacts or lists were edited in Harmony and noted to be planned. */
export const contactsEdited = defineSignal('contactsEdited');

export interface OperationRef {
  readonly kind: OperationKind;
  readonly operationId: string;
}

export interface ArbiterView {
  readonly phase: WorkflowPhase;
  readonly running: readonly OperationRef[];
  readonly queued: readonly OperationRef[];
  readonly nextCheckAt: string | null;
}
export const arbiterView = defineQuery<ArbiterView>('arbiterView');

/** Inputs of the children. */
export interface OperationInput extends IntegrationRef {
  readonly operationId: string;
}
export interface PlanInput extends IntegrationRef {
  /** The plan's row says what it is about. */
  readonly planId: string;
}
export interface AuthorizeInput extends OperationInput {
  /** The oauth attempt whose code is to be exchanged. */
  readonly attemptId: string;
}
export interface ConnectInput extends OperationInput {
  readonly attemptId?: string;
}
export interface SyncInput extends OperationInput {
  readonly runId: string;
  readonly mode: SyncMode;
  readonly trigger: SyncTrigger;
  /** Failed syncs and checks before this one; the next check is put off the longer. */
  readonly failuresInARow: number;
}
export interface DeleteInput extends OperationInput {
  readonly records: 'keep' | 'delete';
}

/** How an authorization ended; the callback page shows it. */
export type AuthorizeOutcome =
  | { readonly ok: true; readonly accountName: string }
  | { readonly ok: false; readonly code: string; readonly title: string; readonly remedy: string };

export interface RefreshOutcome {
  readonly added: number;
  readonly renamed: number;
  readonly missing: number;
}

/** How many people there are at the provider, and to how many of them users are mapped. */
export interface SyncUsersOutcome {
  readonly people: number;
  readonly mapped: number;
  /** Mapped by this very run. */
  readonly newlyMapped: number;
}

export interface SyncOutcome {
  readonly status: 'succeeded' | 'failed' | 'cancelled' | 'parked';
  /** "12 created, 3 updated", for the operator. */
  readonly summary: string;
  readonly needsSignIn: boolean;
  /** Epoch ms; null while no periodic check is planned. */
  readonly nextCheckAtMs: number | null;
}

export type CheckName = 'token' | 'account' | 'watch' | `scope:${string}` | `read:${string}`;
export interface ConnectionCheck {
  readonly name: CheckName;
  readonly ok: boolean;
  readonly detail: string;
  readonly remedy?: string;
  /** Of a call that failed: as in `attention`. */
  readonly code?: string;
}
export interface ConnectionReport {
  readonly ok: boolean;
  readonly latencyMs: number;
  readonly checks: readonly ConnectionCheck[];
}
