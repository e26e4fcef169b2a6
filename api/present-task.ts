/** Rows of tasks and people to what the API answers. */
import type { MappedPerson } from '../db/queries/people-read.ts';
import type { ReadableTask } from '../db/queries/tasks-read.ts';
import type { ExternalUser } from './contract/external-user.ts';
import type { Task } from './contract/task.ts';

export function presentTask({ task, assigneeName, assigneeUserId }: ReadableTask): Task {
  const { id, integrationId, collectionId, remoteId, identifier, title, description, state } = task;
  const { stateCategory, priority, projectName, labels, dueOn, url, archived } = task;
  return {
    ...{ id, integrationId, collectionId, remoteId, identifier, title, description, state },
    ...{ stateCategory, priority, projectName, labels, dueOn, url, archived },
    assignee:
      task.assigneeRemoteId === null
        ? null
        : { externalUserId: task.assigneeRemoteId, name: assigneeName, userId: assigneeUserId },
    remoteUpdatedAt: task.remoteUpdatedAt,
    updatedAt: task.updatedAt,
  };
}

export function presentExternalUser({ remoteId, ...person }: MappedPerson): ExternalUser {
  return { externalUserId: remoteId, ...person };
}
