import { z } from 'zod';

/** Google's stand-in settings. Each says what is documented and what is our choice, because no source states it. */
export const googleSettings = z.strictObject({
  clientId: z.string().default('sandbox-google-client'),
  clientSecret: z.string().default('sandbox-google-secret'),
  /** Registered redirect URIs; empty allows any http loopback address. */
  redirectUris: z.array(z.string()).default([]),
  clientName: z.string().default('Harmony'),
  /** The `iss` of id tokens; the live value, so that a client is configured alike for both. */
  issuer: z.string().default('https://accounts.google.com'),
  accessTokenLifetimeSeconds: z.number().positive().default(3600),
  codeLifetimeSeconds: z.number().positive().default(600),
  /** Unconfirmed whether Google demands PKCE of web clients. A challenge that was sent is always checked. */
  pkceRequired: z.boolean().default(false),
  /** Live refresh tokens per account and client; the oldest is dropped silently (documented: 100). */
  refreshTokensPerGrant: z.int().positive().default(100),
  /** 0 for never; 7 days is what an app in "Testing" gets. */
  refreshTokenLifetimeSeconds: z.number().min(0).default(0),
  /** Unconfirmed. */
  invalidClientStatus: z.int().default(401),
  /** Unconfirmed. */
  revokeUnknownTokenError: z.string().default('invalid_token'),
  /** Unconfirmed. */
  insufficientPermissionMessage: z.string().default('Insufficient Permission'),
  /** Unconfirmed that Google sends Retry-After; 0 sends none. */
  retryAfterSeconds: z.int().min(0).default(0),
  /** Sliding window; documented 600, 0 switches it off so that checks decide by faults. */
  calendarRequestsPerMinutePerUser: z.int().min(0).default(0),
  /** The published numbers contradict each other; 0 switches it off. */
  peopleRequestsPerMinutePerUser: z.int().min(0).default(0),
  /** First pages of full contact syncs per minute and user; the number is not published, 0 switches it off. */
  fullSyncFirstPagesPerMinute: z.int().min(0).default(0),
  /** Contact sync tokens die this long after the full sync (documented: 7 days). */
  contactSyncTokenLifetimeSeconds: z.number().positive().default(604_800),
  /** 400 by three code bases; one has seen 410. */
  expiredContactSyncTokenStatus: z.union([z.literal(400), z.literal(410)]).default(400),
  /** Unconfirmed text. */
  staleEtagMessage: z
    .string()
    .default(
      'Request person.etag is different than the current person.etag. Clear local cache and get the latest person.',
    ),
  /** Unconfirmed whether one stale etag fails a whole batchUpdateContacts (`all`) or only its own entry (`each`). */
  batchStaleEtag: z.enum(['all', 'each']).default('all'),
  /** What a batch of more entries than allowed answers; unconfirmed. */
  batchOverLimitStatus: z.int().min(400).max(499).default(400),
  /** Whether values are trimmed, phone numbers get a canonical form, and names and addresses are composed. */
  normaliseValues: z.boolean().default(true),
  /** Every n-th page of a listing comes empty with a nextPageToken, as documented for events; 0 never. */
  emptyPageEvery: z.int().min(0).default(0),
  /** How far singleEvents expands a series without an end when timeMax is absent; unconfirmed. */
  expansionHorizonDays: z.int().positive().default(730),
  /** Life of a watch channel that asked for nothing, and the longest that is given; both unconfirmed. */
  channelLifetimeSeconds: z.number().positive().default(604_800),
  channelLifetimeMaxSeconds: z.number().positive().default(2_592_000),
  /** What `params.ttl` of a watch counts; unconfirmed. */
  watchTtlUnit: z.enum(['seconds', 'milliseconds']).default('seconds'),
  /** Unconfirmed. */
  channelStopStatus: z.int().default(204),
  /**
   * A revoked grant ends the channels that were opened under it, also should the account grant access again; false: they go
   * on once it does. Unconfirmed.
   */
  revocationEndsChannels: z.boolean().default(true),
  /** Google demands https; the stand-in also takes http on loopback, and any http address when this is true. */
  pushToAnyHttpAddress: z.boolean().default(false),
  /** Waits before notifications that met 500, 502, 503 or 504 are sent again. */
  pushRetryDelaysMs: z.array(z.number().min(0)).default([500, 1000, 2000, 4000, 8000]),
  pushTimeoutMs: z.number().positive().default(10_000),
  /** What the seeded world takes for today; fixed, so that a seed means the same world on any day. Holds after a reset. */
  worldDate: z.iso.date().default('2026-11-01'),
});

export type GoogleSettings = z.infer<typeof googleSettings>;
