/** One sync. */
import { z } from 'zod';
import { attention, instant, pageQuery, workflowLink } from './shape.ts';

export const runMode = z.enum(['incremental', 'full']);
export const runTrigger = z.enum([
  'connect',
  'manual',
  'periodic',
  'push',
  'subscription',
  'reauthenticated',
  'edit',
  'plan',
  'undo',
]);
export const runStatus = z.enum(['running', 'succeeded', 'failed', 'cancelled', 'parked']);

const count = z.int().min(0);
export const runCounts = z
  .object({
    read: count,
    created: count,
    updated: count,
    deleted: count,
    unchanged: count,
    pushed: count,
    conflicts: count,
    failed: count,
  })
  .meta({ id: 'RunCounts' });

export const run = z
  .object({
    id: z.string().meta({ example: 'run_019abc' }),
    mode: runMode,
    trigger: runTrigger,
    status: runStatus,
    startedAt: instant,
    finishedAt: instant.optional(),
    counts: runCounts,
    error: attention.optional(),
    notices: z
      .array(attention)
      .optional()
      .meta({ description: 'What a person should know although the run went on.' }),
    undoneAt: instant
      .optional()
      .meta({ description: 'When what it did to contacts and lists was taken back, as far as it could be.' }),
    changedLists: z.boolean().optional().meta({
      description:
        'Whether it changed contact lists that were there already, or who is on them, which `counts` does not tell. Absent where a run is part of another answer.',
    }),
    workflow: workflowLink.extend({ runId: z.string().nullable() }).meta({ id: 'RunWorkflow' }),
  })
  .meta({ id: 'Run' });

export const listRunsQuery = z.strictObject({ ...pageQuery, status: runStatus.optional() });

export type Run = z.infer<typeof run>;
export type RunMode = z.infer<typeof runMode>;
export type RunCounts = z.infer<typeof runCounts>;
