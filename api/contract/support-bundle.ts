/** What is handed on when an integration gives trouble: enough to find the cause, nothing that is somebody's. */
import { z } from 'zod';
import { instant } from './shape.ts';

/** Rows of db/queries/support-facts.ts: states, counts, times and our own ids. They may gain members at any time. */
const facts = z.record(z.string(), z.unknown());

const workflowState = z
  .object({
    id: z.string(),
    status: z
      .string()
      .meta({ description: 'As Temporal says; `NOT_FOUND`: it knows none of this id (any more)' }),
    runId: z.string().optional(),
    startedAt: instant.optional(),
    closedAt: instant.optional(),
    historyLength: z.int().optional(),
    pendingChildren: z.array(z.string()).optional(),
    pendingActivities: z
      .array(
        z.object({
          type: z.string(),
          attempt: z.int(),
          lastFailureType: z.string().optional(),
          nextAttemptAt: instant.optional(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'WorkflowState' });

export const supportBundle = z
  .object({
    generatedAt: instant,
    integration: facts,
    credential: facts
      .nullable()
      .meta({ description: 'When access ends and how wide it is; never the tokens' }),
    streams: z
      .array(facts)
      .meta({ description: 'How far each was read: age of its cursor, listing under way' }),
    collections: z.array(facts),
    watches: z.array(facts),
    runs: z.array(facts).meta({ description: 'The newest 20' }),
    events: z.array(facts).meta({ description: 'The newest 100' }),
    pushes: facts,
    limits: z.array(facts).meta({ description: 'Pauses that the provider asked for' }),
    waiting: z.array(facts).meta({ description: 'What waits to be planned, written or decided, by state' }),
    audit: z.array(facts).meta({ description: 'Who did what; only in answer to a workspace key' }),
    figures: z
      .array(facts)
      .meta({ description: 'Staleness and lag of the integrations that the caller may see' }),
    workflows: z
      .array(workflowState)
      .nullable()
      .meta({ description: 'The arbiter and its latest runs; null while Temporal does not answer' }),
  })
  .meta({ id: 'SupportBundle' });

export type WorkflowState = z.infer<typeof workflowState>;
