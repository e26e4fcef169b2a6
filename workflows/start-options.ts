/** How an integration's workflows are started, wherever that happens: ids, search attributes, priority. */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import {
  type IntegrationInput,
  type IntegrationRef,
  integrationWorkflowId,
  workflowTaskQueue,
} from './messages.ts';

export const searchAttributes = {
  workspace: defineSearchAttributeKey('HarmonyWorkspaceId', SearchAttributeType.KEYWORD),
  integration: defineSearchAttributeKey('HarmonyIntegrationId', SearchAttributeType.KEYWORD),
  provider: defineSearchAttributeKey('HarmonyProvider', SearchAttributeType.KEYWORD),
  phase: defineSearchAttributeKey('HarmonyPhase', SearchAttributeType.KEYWORD),
  operation: defineSearchAttributeKey('HarmonyOperation', SearchAttributeType.KEYWORD),
} as const;

/** What a person asked for goes before pushes and periodic checks, and those before first loads. */
export const priorities = { person: 1, push: 2, periodic: 3, firstLoad: 4 } as const;

/** Lets operators find a workflow by workspace, integration and provider. */
export function searchAttributesOf(ref: IntegrationRef) {
  return [
    { key: searchAttributes.workspace, value: ref.workspaceId },
    { key: searchAttributes.integration, value: ref.integrationId },
    { key: searchAttributes.provider, value: ref.provider },
  ];
}

/**
 * A run of the arbiter continues as new once it has so many events: each of its tasks replays them, since no worker keeps
 * workflows (docs/decisions/0017). Not after each operation: a server holds back a workflow that continues as new within a
 * second (docs/decisions/0002).
 */
export const runEvents = 60;

/** Options of the long-lived `integration` workflow. */
export function integrationStartOptions(ref: IntegrationRef) {
  return {
    workflowId: integrationWorkflowId(ref.integrationId),
    taskQueue: workflowTaskQueue,
    args: [{ ...ref, runEvents }] as [IntegrationInput],
    staticSummary: `Keeps ${ref.provider} in sync`,
    typedSearchAttributes: searchAttributesOf(ref),
    priority: { priorityKey: priorities.person, fairnessKey: ref.workspaceId },
  };
}
