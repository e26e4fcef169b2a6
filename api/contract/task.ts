/** Tasks as the Companion reads and writes them. */
import { z } from 'zod';
import { instant, pageQuery, resourceId } from './shape.ts';

export const stateCategory = z.enum(['backlog', 'todo', 'in_progress', 'done', 'cancelled']);

export const task = z
  .object({
    id: z.string().meta({ example: 'tsk_019abc' }),
    integrationId: z.string(),
    collectionId: z.string().meta({ description: 'The team' }),
    remoteId: z.string(),
    identifier: z.string().nullable().meta({ example: 'ENG-123' }),
    title: z.string(),
    description: z.string().nullable().meta({ description: 'Markdown' }),
    state: z.string().nullable().meta({ description: "The provider's own word", example: 'In Review' }),
    stateCategory: stateCategory.nullable(),
    priority: z.int().nullable().meta({ description: '0 none, 1 urgent, 2 high, 3 medium, 4 low' }),
    assignee: z
      .object({ externalUserId: z.string(), name: z.string().nullable(), userId: z.string().nullable() })
      .nullable()
      .meta({ description: 'The person at the provider, and which Harmony user that is' }),
    projectName: z.string().nullable(),
    labels: z.array(z.string()),
    dueOn: z.string().nullable().meta({ example: '2026-12-01' }),
    url: z.string().nullable(),
    archived: z.boolean(),
    remoteUpdatedAt: instant.nullable(),
    updatedAt: instant,
  })
  .meta({ id: 'Task' });

export const taskWithComments = task
  .extend({
    comments: z.array(
      z.object({
        id: z.string(),
        author: z.string().nullable(),
        body: z.string().meta({ description: 'Markdown' }),
        remoteUpdatedAt: instant.nullable(),
      }),
    ),
  })
  .meta({ id: 'TaskWithComments' });

export const listTasksQuery = z.strictObject({
  ...pageQuery,
  integrationId: resourceId.optional(),
  collectionId: resourceId.optional().meta({ description: 'Of one team' }),
  assigneeUserId: resourceId.optional(),
  stateCategory: stateCategory.optional(),
  includeArchived: z.stringbool().default(false),
});

const title = z.string().trim().min(1).max(500);
const description = z.string().max(100_000);

export const createTask = z
  .strictObject({
    integrationId: resourceId,
    title,
    description: description.optional(),
    teamId: resourceId.meta({ description: "A collection's id or remoteId" }),
    assigneeUserId: resourceId.optional().meta({ description: 'A Harmony user' }),
  })
  .meta({ id: 'CreateTask' });

export const patchTask = z
  .strictObject({
    title: title.optional(),
    description: description.nullable().optional(),
    state: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .optional()
      .meta({ description: 'The name of a state of the team' }),
    assigneeUserId: resourceId.nullable().optional(),
  })
  .refine((patch) => Object.keys(patch).length > 0, { message: 'Name at least one field to change.' })
  .meta({ id: 'PatchTask' });

export const listTaskStatesQuery = z.strictObject({
  collectionId: resourceId.meta({ description: 'The team' }),
});

export const taskStates = z
  .object({ data: z.array(z.object({ name: z.string(), category: stateCategory.nullable() })) })
  .meta({ id: 'TaskStates' });

export const taskWriteAccepted = z
  .object({ id: z.string().meta({ description: 'Of the task' }), operationId: z.string() })
  .meta({ id: 'TaskWriteAccepted', description: 'The provider is slow; the write goes on by itself' });

export type Task = z.infer<typeof task>;
export type TaskWithComments = z.infer<typeof taskWithComments>;
export type TaskStates = z.infer<typeof taskStates>;
export type StateCategory = z.infer<typeof stateCategory>;
export type CreateTask = z.infer<typeof createTask>;
export type PatchTask = z.infer<typeof patchTask>;
export type TaskWriteAccepted = z.infer<typeof taskWriteAccepted>;
