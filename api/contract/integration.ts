/** One user's connection to one account of a provider, its settings and what can be asked of it. */
import { z } from 'zod';
import { authKind } from './provider.ts';
import { run, runMode } from './run.ts';
import { attention, instant, pageQuery, resourceId, workflowLink } from './shape.ts';

export const phase = z.enum(['connecting', 'active', 'needs_reauth', 'parked', 'deleting']);
export const syncDirection = z.enum(['bidirectional', 'from_provider', 'to_provider']);
export const conflictPolicy = z.enum(['newest', 'harmony', 'provider']);

export const minIntervalSeconds = 60;
export const maxIntervalSeconds = 604_800;

export const account = z
  .object({
    id: z.string().meta({ description: "The provider's stable id" }),
    name: z.string(),
    email: z.string().optional(),
  })
  .meta({ id: 'Account' });

export const integration = z
  .object({
    id: z.string().meta({ example: 'int_019abc' }),
    provider: z.string().meta({ example: 'google-calendar' }),
    userId: z.string(),
    authKind,
    account: account.nullable().meta({ description: 'null until the first sign-in succeeded' }),
    phase,
    autoSync: z.boolean(),
    intervalSeconds: z.int(),
    syncDirection: syncDirection.optional().meta({ description: 'What the person chose' }),
    approvedDirection: syncDirection.optional().meta({
      description: 'What runs do; narrower than syncDirection until the plan of the change is applied',
    }),
    conflictPolicy: conflictPolicy.optional(),
    lastRun: run.optional(),
    nextSyncAt: instant.optional().meta({ description: 'Absent while no periodic sync is planned' }),
    lastSucceededAt: instant.optional(),
    counts: z.record(z.string(), z.int()).meta({
      description: 'Records per stream name, and `collections`',
      example: { events: 120, collections: 3 },
    }),
    attention: attention.optional(),
    workflow: workflowLink,
    createdAt: instant,
  })
  .meta({ id: 'Integration' });

export const listIntegrationsQuery = z.strictObject({ ...pageQuery, provider: resourceId.optional() });

/** It is sent in a header, which takes no blank and nothing beyond ASCII. */
export const apiKey = z
  .string()
  .trim()
  .min(1)
  .max(4096)
  .regex(/^[\x21-\x7e]+$/, {
    message: 'Only letters, digits and signs, without blanks: copy the key once more.',
  });

export const createIntegration = z
  .strictObject({ provider: resourceId, auth: authKind.optional(), apiKey: apiKey.optional() })
  .meta({ id: 'CreateIntegration' });

export const createdIntegration = z
  .object({
    integration,
    authorizationUrl: z
      .url()
      .optional()
      .meta({ description: 'Open it in the browser of the person who signs in, once, within 10 minutes' }),
  })
  .meta({ id: 'CreatedIntegration' });

export const patchIntegration = z
  .strictObject({
    autoSync: z.boolean().optional(),
    intervalSeconds: z.int().min(minIntervalSeconds).max(maxIntervalSeconds).optional(),
    syncDirection: syncDirection.optional(),
    conflictPolicy: conflictPolicy.optional(),
  })
  .refine((patch) => Object.keys(patch).length > 0, { message: 'Name at least one setting to change.' })
  .meta({ id: 'PatchIntegration' });

export const deleteIntegrationQuery = z.strictObject({
  records: z
    .enum(['keep', 'delete'])
    .default('delete')
    .meta({ description: '`keep` leaves the synced records in Harmony' }),
});

export const operationAccepted = z.object({ operationId: z.string() }).meta({ id: 'OperationAccepted' });

export const startSync = z.strictObject({ mode: runMode.default('incremental') }).meta({ id: 'StartSync' });

export const syncAccepted = z
  .object({
    runId: z.string(),
    operationId: z.string(),
    disposition: z.enum(['started', 'queued', 'joined']),
  })
  .meta({ id: 'SyncAccepted' });

export const connectionReport = z
  .object({
    ok: z.boolean(),
    latencyMs: z.number().min(0),
    checks: z.array(
      z.object({
        name: z.string().meta({ description: 'token, account, scope:<x>, read:<stream>, watch, workflow' }),
        ok: z.boolean(),
        detail: z.string(),
        remedy: z.string().optional(),
        code: z.string().optional().meta({
          description: 'Of a call that failed, as in `attention`: provider_unavailable, reauth_required',
        }),
      }),
    ),
  })
  .meta({ id: 'ConnectionReport' });

export const reauthentication = z.object({ authorizationUrl: z.url() }).meta({ id: 'Reauthentication' });

export const replaceApiKey = z.strictObject({ apiKey }).meta({ id: 'ReplaceApiKey' });

export type Integration = z.infer<typeof integration>;
export type CreatedIntegration = z.infer<typeof createdIntegration>;
export type PatchIntegration = z.infer<typeof patchIntegration>;
export type SyncAccepted = z.infer<typeof syncAccepted>;
export type ConnectionReport = z.infer<typeof connectionReport>;
export type SyncDirection = z.infer<typeof syncDirection>;
export type ConflictPolicy = z.infer<typeof conflictPolicy>;
