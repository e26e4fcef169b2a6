/** Writing issues. The id of a new one is ours, so that a repeat after a lost answer finds it instead of making another. */
import { ProviderError, type RemoteTask, type TaskCalls, type TaskChange } from '../contract/index.ts';
import type { LabelNames } from './label-names.ts';
import { drift } from './listing.ts';
import { issueFields, type LinearIssue, mapIssue } from './map-issue.ts';
import type { AskLinear } from './transport.ts';

type TeamIssue = LinearIssue & { readonly team: { readonly id: string } | null };

const fields = `${issueFields} team { id }`;

export function createTaskCalls(ask: AskLinear, labelNames: LabelNames): TaskCalls {
  const toTask = async ({ team, ...issue }: TeamIssue, signal: AbortSignal): Promise<RemoteTask> => {
    if (!team?.id) throw drift('an issue without its team');
    return { record: mapIssue(issue, await labelNames(issue.labelIds, signal)), collection: team.id };
  };

  return {
    async find(remoteId, signal) {
      try {
        const { issue } = await ask<{ issue: TeamIssue }>(
          `query($id: String!) { issue(id: $id) { ${fields} } }`,
          { id: remoteId },
          signal,
        );
        if (!issue?.id) throw drift('an issue without its id');
        return issue.trashed === true ? undefined : await toTask(issue, signal);
      } catch (error) {
        if (error instanceof ProviderError && error.kind === 'not_found') return undefined;
        throw error;
      }
    },

    async create(task, signal) {
      const input = {
        id: task.remoteId,
        teamId: task.collection,
        title: task.title,
        ...(task.description === undefined ? {} : { description: task.description }),
        ...(task.assigneeRemoteId === undefined ? {} : { assigneeId: task.assigneeRemoteId }),
      };
      const { issueCreate } = await ask<{ issueCreate: { issue: TeamIssue | null } }>(
        `mutation($input: IssueCreateInput!) { issueCreate(input: $input) { success issue { ${fields} } } }`,
        { input },
        signal,
      );
      if (!issueCreate?.issue) throw drift('a new issue without its content');
      return toTask(issueCreate.issue, signal);
    },

    async change(remoteId, change, signal) {
      const input = {
        ...(change.title === undefined ? {} : { title: change.title }),
        ...(change.description === undefined ? {} : { description: change.description }),
        ...(change.assigneeRemoteId === undefined ? {} : { assigneeId: change.assigneeRemoteId }),
        ...(change.state === undefined
          ? {}
          : { stateId: await findState(ask, remoteId, change.state, signal) }),
      };
      const { issueUpdate } = await ask<{ issueUpdate: { issue: TeamIssue | null } }>(
        `mutation($id: String!, $input: IssueUpdateInput!) { issueUpdate(id: $id, input: $input) { success issue { ${fields} } } }`,
        { id: remoteId, input },
        signal,
      );
      if (!issueUpdate?.issue) throw drift('a changed issue without its content');
      return toTask(issueUpdate.issue, signal);
    },
  };
}

/** A state of the issue's team by its name, in any case. */
async function findState(
  ask: AskLinear,
  remoteId: string,
  name: NonNullable<TaskChange['state']>,
  signal: AbortSignal,
): Promise<string> {
  const { issue } = await ask<{ issue: { team: { states: { nodes: { id: string; name: string }[] } } } }>(
    'query($id: String!) { issue(id: $id) { team { states(first: 100) { nodes { id name } } } } }',
    { id: remoteId },
    signal,
  );
  const states = issue?.team?.states?.nodes;
  if (!Array.isArray(states)) throw drift('a team without its states');
  const fold = (text: string) => text.trim().toLocaleLowerCase('en');
  const found = states.find((state) => fold(state.name) === fold(name));
  if (found !== undefined) return found.id;
  throw new ProviderError({
    kind: 'invalid_request',
    message: `The issue's team has no such state. It has: ${states.map((state) => state.name).join(', ')}.`,
  });
}
