import { z } from 'zod';

/** Linear's stand-in settings. Each says what is documented and what is our choice, because no source states it. */
export const linearSettings = z.strictObject({
  clientId: z.string().default('sandbox-linear-client'),
  clientSecret: z.string().default('sandbox-linear-secret'),
  clientName: z.string().default('Harmony'),
  /** Registered redirect URIs; empty allows any http loopback address. */
  redirectUris: z.array(z.string()).default([]),
  /** Whom a consent answered by `allow` signs in: an organization's name, an e-mail, or `organization/e-mail`; null for the first. */
  signInAs: z.string().nullable().default(null),
  /** Documented: 24 h, as `expires_in` 86399. */
  accessTokenLifetimeSeconds: z.number().positive().default(86_399),
  codeLifetimeSeconds: z.number().positive().default(600),
  /** How long a refresh token still works after it was rotated; unconfirmed whether Linear grants any time. */
  refreshGraceSeconds: z.number().min(0).default(0),
  /** Unconfirmed. */
  invalidClientStatus: z.int().default(401),
  /** Whether the control surface's revoke also ends the organization's personal API keys. */
  revokeEndsApiKeys: z.boolean().default(true),

  /** The webhook of the OAuth app: each organization with a grant gets it without asking. null for none. */
  appWebhookUrl: z.string().nullable().default(null),
  appWebhookSecret: z.string().default('sandbox-linear-webhook-secret'),
  /** OAuthApp events reach the app's webhook whatever this says. */
  appWebhookResourceTypes: z.array(z.string()).default(['Issue', 'Comment', 'User']),
  /** Documented: 1 min, 1 h, 6 h. */
  webhookRetryDelaysMs: z.array(z.number().min(0)).default([60_000, 3_600_000, 21_600_000]),
  /** Documented: 5 s. */
  webhookTimeoutMs: z.number().positive().default(5000),
  /** Whether a retry carries the time of its own sending, signed anew; unconfirmed. */
  freshTimestampOnRetry: z.boolean().default(true),
  /** Live demands https; the stand-in also takes http on loopback, and any http address when this is true. */
  webhooksToAnyHttpAddress: z.boolean().default(false),
  /** The webhook action when an issue goes to the trash; unconfirmed. */
  trashWebhookAction: z.enum(['remove', 'update']).default('remove'),

  /** Unconfirmed; a third party saw archiving and trashing leave updatedAt alone. */
  archivingMovesUpdatedAt: z.boolean().default(false),
  /** What a second create with the same client-supplied id answers; unconfirmed. */
  secondCreate: z.enum(['error', 'existing']).default('error'),
  /** Documented default 50; the maximum is unconfirmed. */
  defaultPageSize: z.int().positive().default(50),
  maxPageSize: z.int().positive().default(250),
  /** What a 401 holds; unconfirmed. `code_and_type` is what the SDK tells errors by, `none` a body without errors. */
  unauthenticatedBody: z.enum(['code_and_type', 'code', 'none']).default('code_and_type'),
  /** HTTP status when a resolver fails (documented to ride on 200), and when a scope is missing (unconfirmed). */
  executionErrorStatus: z.int().default(200),
  missingScopeStatus: z.int().default(403),

  /** Documented limits per hour: requests and complexity. */
  apiKeyRequestsPerHour: z.int().positive().default(2500),
  apiKeyComplexityPerHour: z.int().positive().default(3_000_000),
  oauthRequestsPerHour: z.int().positive().default(5000),
  oauthComplexityPerHour: z.int().positive().default(2_000_000),
  anonymousRequestsPerHour: z.int().positive().default(600),
  anonymousComplexityPerHour: z.int().positive().default(100_000),
  /** false lets everything pass and still reports the headers; for loads that are no test of limits. */
  limitsEnforced: z.boolean().default(true),
  /** Documented: a single query above this is always rejected. */
  maxQueryComplexity: z.int().positive().default(10_000),
  /** Not documented, though the SDK reads Retry-After where present. */
  sendRetryAfter: z.boolean().default(false),

  /** What the seeded world takes for today; fixed, so that a seed means the same world on any day. Holds after a reset. */
  worldDate: z.iso.date().default('2026-11-01'),
});

export type LinearSettings = z.infer<typeof linearSettings>;
