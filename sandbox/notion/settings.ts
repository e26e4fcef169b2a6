import { z } from 'zod';

/** What a connection may do; Notion calls these capabilities and fixes them on the connection, not in the consent. */
export const capabilities = [
  'read_content',
  'update_content',
  'insert_content',
  'read_comments',
  'insert_comments',
  'read_users',
  'read_user_emails',
] as const;
export type Capability = (typeof capabilities)[number];

const seconds = z.number().min(0);

/** Notion's stand-in settings. Each says what is documented and what is our choice, because no source states it. */
export const notionSettings = z.strictObject({
  clientId: z.string().default('sandbox-notion-client'),
  clientSecret: z.string().default('sandbox-notion-secret'),
  /** Registered redirect URIs; empty allows any http loopback address. */
  redirectUris: z.array(z.string()).default([]),
  clientName: z.string().default('Harmony'),
  capabilities: z.array(z.enum(capabilities)).default([...capabilities]),
  /** Whom a consent answered by `allow` signs in: a workspace, an e-mail, or `workspace/e-mail`. */
  signInAs: z.string().nullable().default(null),

  /** Unconfirmed: Notion names no lifetime. 0 never expires. */
  accessTokenLifetimeSeconds: seconds.default(3600),
  /** Unconfirmed. 0 never expires. */
  refreshTokenLifetimeSeconds: seconds.default(0),
  /** Unconfirmed: whether `users/me` names the workspace. Notion's types have it, its OpenAPI document leaves it open. */
  meNamesWorkspace: z.boolean().default(true),
  codeLifetimeSeconds: z.number().positive().default(600),
  /** False answers `refresh_token: null`, as connections made before 2026-06-08 may. */
  issuesRefreshTokens: z.boolean().default(true),
  /** Unconfirmed: how long a refresh token that was replaced still works. 0 refuses it at once. */
  replacedRefreshTokenGraceSeconds: seconds.default(0),
  /** Unconfirmed: whether a refresh ends the access token before it. */
  refreshEndsFormerAccessToken: z.boolean().default(true),
  /** Third parties report that connecting the same user again may end the older tokens; unconfirmed. */
  reconnectEndsFormerTokens: z.boolean().default(false),
  /** Unconfirmed whether Notion knows PKCE: `verified` checks a challenge that was sent, `ignored` does not look. */
  pkce: z.enum(['verified', 'ignored', 'required']).default('verified'),
  /** Documented is a JSON body; third parties send forms. */
  tokenAcceptsForm: z.boolean().default(false),
  /** Unconfirmed whether the OAuth endpoints demand Notion-Version. */
  tokenNeedsVersion: z.boolean().default(false),

  /** Requests of one connection per window; documented 180 a minute (600 on larger plans). 0 switches it off. */
  connectionLimitRequests: z.int().min(0).default(180),
  connectionLimitWindowSeconds: z.number().positive().default(60),
  /** Requests of all connections of a workspace; its size and window are not published. 0 switches it off. */
  workspaceLimitRequests: z.int().min(0).default(3000),
  workspaceLimitWindowSeconds: z.number().positive().default(300),

  /** How long a write takes to show in search; live it is not immediate, the time is unconfirmed. */
  searchDelayMs: z.number().min(0).default(1000),
  /** Share (0 to 1) of items that search never lists; those picked at consent are always listed, as documented. */
  searchOmits: z.number().min(0).max(1).default(0),
  /** Rows that one query of a data source, or one search, yields before it ends as incomplete. */
  queryResultLimit: z.int().positive().default(10_000),
  /** Blocks that one answer in Markdown renders before the rest is only named; documented is "approximately 20,000". */
  markdownBlockLimit: z.int().positive().default(20_000),
  /** Times are cut to this; documented by use: whole minutes. */
  lastEditedTimePrecisionMs: z.int().positive().default(60_000),
  /** Unconfirmed that created_time is cut alike. */
  createdTimePrecisionMs: z.int().positive().default(60_000),
  /** Unconfirmed: whether moving to the trash and back changes last_edited_time. */
  trashChangesLastEditedTime: z.boolean().default(true),

  /** `additional_data.retry_guidance` of an error after a saved write; the words are unconfirmed. */
  retryGuidance: z.string().default('read_before_retry'),

  /** The token that signs webhooks. Live it is random for each subscription (null here). */
  webhookVerificationToken: z.string().nullable().default('sandbox-notion-verification-token'),
  /** Events of one entity and type within this time become one. Live: usually under a minute. */
  webhookAggregationMs: z.number().min(0).default(1000),
  /** Waits before the attempts 2 to 8; documented are up to 8 attempts, the waits (about 24 h in all) are not. */
  webhookRetryDelaysMs: z
    .array(z.number().min(0))
    .max(7)
    .default([60_000, 300_000, 1_800_000, 3_600_000, 10_800_000, 28_800_000, 43_200_000]),
  webhookTimeoutMs: z.number().positive().default(10_000),

  /** What the seeded world takes for today; fixed, so that a seed means the same world on any day. Holds after a reset. */
  worldDate: z.iso.date().default('2025-06-02'),
});

export type NotionSettings = z.infer<typeof notionSettings>;
