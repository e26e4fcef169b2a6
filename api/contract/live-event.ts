/** What `GET /v1/integrations/{id}/events` sends: each SSE event's name and the JSON of its data. */
import { z } from 'zod';
import { integration, phase } from './integration.ts';
import { runMode, runStatus, runTrigger } from './run.ts';
import { attention } from './shape.ts';

export const liveEvents = {
  /** Sent first when the client did not resume: the integration as it is now. */
  snapshot: integration,
  phase: z.object({ phase }),
  /** A run began or ended; read it by its id for the counts. */
  run: z.object({
    runId: z.string(),
    status: runStatus,
    mode: runMode.optional(),
    trigger: runTrigger.optional(),
  }),
  progress: z.object({
    runId: z.string(),
    stream: z.string(),
    collectionId: z.string().optional(),
    done: z.int().min(0),
    total: z.int().min(0).optional(),
  }),
  /** As the integration has it when this is sent; null: what needed attention is settled. */
  attention: z.object({ attention: attention.nullable() }),
  /** The list of collections, or a choice in it, changed. */
  collections: z.object({}),
} as const;

export type LiveEventName = keyof typeof liveEvents;
export type LiveEventData = { [Name in LiveEventName]: z.infer<(typeof liveEvents)[Name]> };

/** What the OAuth callback page posts to its opener, at our own origin only. */
export const oauthMessage = z.object({
  type: z.literal('harmony:oauth'),
  integrationId: z.string(),
  ok: z.boolean(),
  code: z.string().optional(),
});
export type OAuthMessage = z.infer<typeof oauthMessage>;
