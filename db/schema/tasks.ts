/** Tasks, what is said about them, the people of the other side and who they are here, and writes under way. */

import {
  boolean,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type { TaskRecord } from '../../providers/contract/index.ts';
import { bulkIntegrationId, instant, mirror, now, owner } from './columns.ts';
import { users } from './identity.ts';
import { integrationId } from './integrations.ts';

/** One row per remote task, and as few indexes as its reads need. A task that moves to another collection keeps its row and id. */
export const tasks = pgTable(
  'tasks',
  {
    id: text().notNull(),
    ...owner,
    integrationId: bulkIntegrationId(),
    collectionId: text('collection_id').notNull(),
    ...mirror,
    raw: json().notNull(),
    identifier: text(),
    title: text().notNull(),
    description: text(),
    state: text(),
    stateCategory: text('state_category').$type<NonNullable<TaskRecord['stateCategory']>>(),
    priority: integer(),
    assigneeRemoteId: text('assignee_remote_id'),
    projectName: text('project_name'),
    labels: text().array().notNull(),
    dueOn: text('due_on'),
    url: text(),
    archived: boolean().notNull(),
    updatedAt: now('updated_at'),
  },
  (t) => [
    primaryKey({ columns: [t.integrationId, t.remoteId] }),
    uniqueIndex('tasks_id').on(t.id),
    index('tasks_owner').on(t.workspaceId, t.userId, t.remoteUpdatedAt, t.id),
  ],
);

export const taskComments = pgTable(
  'task_comments',
  {
    id: text().notNull(),
    ...owner,
    integrationId: bulkIntegrationId(),
    collectionId: text('collection_id').notNull(),
    ...mirror,
    raw: json().notNull(),
    taskRemoteId: text('task_remote_id').notNull(),
    authorRemoteId: text('author_remote_id'),
    body: text().notNull(),
    updatedAt: now('updated_at'),
  },
  (t) => [
    primaryKey({ columns: [t.integrationId, t.remoteId] }),
    index('task_comments_task').on(t.integrationId, t.taskRemoteId),
  ],
);

/** People of the other side, and which Harmony user each one is. */
export const people = pgTable(
  'people',
  {
    id: text().primaryKey(),
    ...owner,
    integrationId: bulkIntegrationId(),
    ...mirror,
    raw: json().notNull(),
    name: text().notNull(),
    email: text(),
    /** A deactivated person keeps the mapping. */
    active: boolean().notNull(),
    mappedUserId: text('mapped_user_id').references(() => users.id, { onDelete: 'set null' }),
    /** How the user was found; `manual` without a user says that somebody decided on nobody. */
    match: text().$type<'email' | 'manual'>(),
    mappedAt: instant('mapped_at'),
    updatedAt: now('updated_at'),
  },
  (t) => [
    uniqueIndex('people_remote').on(t.integrationId, t.remoteId),
    index('people_user').on(t.mappedUserId),
  ],
);

/** What a person asked to be written; the row comes before the call, so that a crash leaves no unknown task. */
export const taskWrites = pgTable(
  'task_writes',
  {
    /** The operation's id. */
    id: text().primaryKey(),
    integrationId: integrationId(),
    taskId: text('task_id').notNull(),
    /** Of a new task, chosen by us: a repeat can't make a second one. */
    remoteId: text('remote_id').notNull(),
    request: jsonb().$type<TaskWriteRequest>().notNull(),
    state: text().$type<'planned' | 'sent' | 'done' | 'refused'>().notNull().default('planned'),
    refusal: jsonb().$type<TaskRefusal>(),
    createdAt: now('created_at'),
    updatedAt: now('updated_at'),
  },
  (t) => [index('task_writes_integration').on(t.integrationId)],
);

export type TaskWriteRequest =
  | {
      readonly kind: 'create';
      /** The remote id of the collection. */
      readonly collection: string;
      readonly title: string;
      readonly description?: string;
      readonly assigneeRemoteId?: string;
    }
  | {
      readonly kind: 'change';
      readonly change: TaskFields;
      /** What the caller saw: a remote value that differs from both is somebody else's newer change. */
      readonly base: TaskFields;
      readonly baseUpdatedAt: string | null;
    };

export interface TaskFields {
  readonly title?: string;
  readonly description?: string | null;
  readonly state?: string | null;
  readonly assigneeRemoteId?: string | null;
}

export interface TaskRefusal {
  readonly code: 'conflict' | 'refused' | 'missing_scope' | 'gone' | 'signed_out' | 'unavailable';
  readonly detail: string;
  readonly remedy: string;
}
