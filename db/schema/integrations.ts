/** An integration, its secrets, what it reads and how far it has come. */

import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { instant, now } from './columns.ts';
import { users, workspaces } from './identity.ts';

export type Phase = 'connecting' | 'active' | 'needs_reauth' | 'parked' | 'deleting';
export type SyncDirection = 'bidirectional' | 'from_provider' | 'to_provider';
export type ConflictPolicy = 'newest' | 'harmony' | 'provider';

/** What a person should know and do, in words for them. */
export interface Attention {
  readonly code: string;
  readonly title: string;
  readonly remedy: string;
}

/** How a sign-in ended, in words for the person who waits for it. */
export type SignInOutcome =
  | { readonly ok: true; readonly accountName: string }
  | ({ readonly ok: false } & Attention);

export const integrations = pgTable(
  'integrations',
  {
    id: text().primaryKey(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    provider: text().notNull(),
    authKind: text('auth_kind').$type<'oauth' | 'api_key'>().notNull(),
    /** Set by the first successful connect, and never changed after. */
    accountId: text('account_id'),
    accountName: text('account_name'),
    accountEmail: text('account_email'),
    phase: text().$type<Phase>().notNull().default('connecting'),
    autoSync: boolean('auto_sync').notNull().default(true),
    intervalSeconds: integer('interval_seconds').notNull().default(300),
    /** What the person chose; null where the provider is only read. */
    syncDirection: text('sync_direction').$type<SyncDirection>(),
    /** What runs may do: follows `syncDirection` at once where less is written, else when its plan is applied. */
    approvedDirection: text('approved_direction').$type<SyncDirection>(),
    conflictPolicy: text('conflict_policy').$type<ConflictPolicy>(),
    /** The fencing number: raised by each writing operation, so that a late writer of an earlier one finds no row. */
    generation: integer().notNull().default(0),
    /** A push came that no sync has taken up yet. */
    dirty: boolean().notNull().default(false),
    attention: jsonb().$type<Attention>(),
    nextSyncAt: instant('next_sync_at'),
    lastSucceededAt: instant('last_succeeded_at'),
    /** The tombstone: set by Delete, which hides the integration from everybody at once. */
    deletingAt: instant('deleting_at'),
    /** Delete is to leave the records; means nothing before it. */
    keepRecords: boolean('keep_records').notNull().default(false),
    createdAt: now('created_at'),
    updatedAt: now('updated_at'),
  },
  (t) => [
    index('integrations_user').on(t.userId),
    index('integrations_newest').on(t.workspaceId, t.createdAt, t.id),
    /*
     * Makes `generation` a key column, so that raising it conflicts with the FOR KEY SHARE lock under which pages are
     * committed, while settings, phase and dirty can change at any time. This is the fence; see db/queries/fence.ts.
     */
    uniqueIndex('integrations_fence').on(t.id, t.generation),
    uniqueIndex('integrations_account')
      .on(t.userId, t.provider, t.accountId)
      .where(sql`account_id is not null and deleting_at is null`),
  ],
);

/** The integration of what goes with it. */
export const integrationId = () =>
  text('integration_id')
    .notNull()
    .references(() => integrations.id, { onDelete: 'cascade' });

/** The encrypted tokens of one integration (AES-256-GCM; associated data is the row's own id). */
export const credentials = pgTable(
  'credentials',
  {
    integrationId: text('integration_id')
      .primaryKey()
      .references(() => integrations.id, { onDelete: 'cascade' }),
    /** `<family>:<account id>`: integrations with the same one share a grant at the provider. */
    grantKey: text('grant_key').notNull(),
    keyId: text('key_id').notNull(),
    sealed: text().notNull(),
    /** Of the access token inside, so that a fresh one is known without opening it. */
    expiresAt: instant('expires_at'),
    /** Raised by each refresh or swap: a refused token is refreshed only if nobody has done so since. */
    version: integer().notNull().default(1),
    scopes: jsonb().$type<readonly string[]>(),
    updatedAt: now('updated_at'),
  },
  (t) => [index('credentials_grant').on(t.grantKey)],
);

export const oauthAttempts = pgTable(
  'oauth_attempts',
  {
    id: text().primaryKey(),
    integrationId: integrationId(),
    purpose: text().$type<'connect' | 'reauthenticate'>().notNull(),
    stateHash: text('state_hash').notNull().unique(),
    /** Of our own hop's one-time token, which sets the browser's cookie. */
    hopHash: text('hop_hash').notNull().unique(),
    /** Of the cookie that ties the callback to the browser that opened the hop; absent until it did. */
    browserHash: text('browser_hash'),
    /** The session that began it, where a browser session did. */
    sessionId: text('session_id'),
    keyId: text('key_id').notNull(),
    /** The PKCE verifier, and later the authorization code, sealed. */
    sealedVerifier: text('sealed_verifier').notNull(),
    sealedCode: text('sealed_code'),
    /** How it ended, once it did: an exchange that is repeated answers the same. */
    outcome: jsonb().$type<SignInOutcome>(),
    createdAt: now('created_at'),
    expiresAt: instant('expires_at').notNull(),
    usedAt: instant('used_at'),
  },
  (t) => [index('oauth_attempts_integration').on(t.integrationId)],
);

/** What a person ticks: a calendar, a Linear team, a Notion data source. */
export const collections = pgTable(
  'collections',
  {
    id: text().primaryKey(),
    integrationId: integrationId(),
    remoteId: text('remote_id').notNull(),
    name: text().notNull(),
    color: text(),
    primary: boolean('is_primary').notNull().default(false),
    subscribed: boolean().notNull(),
    /** No longer in the provider's list; its records and the person's choice stay until they decide. */
    missingSince: instant('missing_since'),
    createdAt: now('created_at'),
    updatedAt: now('updated_at'),
  },
  (t) => [uniqueIndex('collections_remote').on(t.integrationId, t.remoteId)],
);

/** How far a stream has been read; `collectionId` is '' on streams without collections. */
export const streamCursors = pgTable(
  'stream_cursors',
  {
    integrationId: integrationId(),
    stream: text().notNull(),
    collectionId: text('collection_id').notNull().default(''),
    /** Where the next increment starts; absent before the first complete listing. */
    cursor: text(),
    /** The listing in progress: its own id, the run that began it, what it lists, and its next page. */
    listingId: text('listing_id'),
    listingRunId: text('listing_run_id'),
    listingKind: text('listing_kind').$type<'full' | 'incremental'>(),
    listingPosition: text('listing_position'),
    listingPages: integer('listing_pages').notNull().default(0),
    listingDone: integer('listing_done').notNull().default(0),
    listingStartedAt: instant('listing_started_at'),
    /** Whether this full listing marks what it saw; a listing into an empty stream has nothing to sweep. */
    listingMarks: boolean('listing_marks').notNull().default(false),
    /** A complete listing whose unseen rows are still to be swept; no page is read before that is done. */
    sweepListingId: text('sweep_listing_id'),
    fullListedAt: instant('full_listed_at'),
    /** A complete listing is due then: the last one lacked records whose absence meant nothing yet. */
    fullDueAt: instant('full_due_at'),
    /** The run that last read this stream to its end: a repeated activity of that run has nothing left to do. */
    completedRunId: text('completed_run_id'),
    recordCount: integer('record_count').notNull().default(0),
    /** A push named this stream since it was last read. */
    dirty: boolean().notNull().default(false),
    updatedAt: now('updated_at'),
  },
  (t) => [primaryKey({ columns: [t.integrationId, t.stream, t.collectionId] })],
);

/** What one page of a full listing saw: one row a page, so that an unchanged listing writes no record row. */
export const listingMarks = pgTable(
  'listing_marks',
  {
    integrationId: integrationId(),
    listingId: text('listing_id').notNull(),
    stream: text().notNull(),
    collectionId: text('collection_id').notNull(),
    page: integer().notNull(),
    remoteIds: text('remote_ids').array().notNull(),
  },
  (t) => [primaryKey({ columns: [t.integrationId, t.listingId, t.stream, t.collectionId, t.page] })],
);

export type RunMode = 'incremental' | 'full';
export type RunTrigger =
  | 'connect'
  | 'manual'
  | 'periodic'
  | 'push'
  | 'subscription'
  | 'reauthenticated'
  /** Contacts were edited in Harmony. */
  | 'edit'
  /** A person applied a plan, or undid a run. */
  | 'plan'
  | 'undo';
export type RunStatus = 'running' | 'succeeded' | 'failed' | 'cancelled' | 'parked';

const count = (name: string) => integer(name).notNull().default(0);

export const runs = pgTable(
  'runs',
  {
    id: text().primaryKey(),
    integrationId: integrationId(),
    operationId: text('operation_id').notNull(),
    mode: text().$type<RunMode>().notNull(),
    trigger: text().$type<RunTrigger>().notNull(),
    status: text().$type<RunStatus>().notNull().default('running'),
    /** The generation that this run writes under; absent while it waits its turn. */
    generation: integer(),
    startedAt: now('started_at'),
    finishedAt: instant('finished_at'),
    read: count('read'),
    created: count('created'),
    updated: count('updated'),
    deleted: count('deleted'),
    unchanged: count('unchanged'),
    pushed: count('pushed'),
    conflicts: count('conflicts'),
    failed: count('failed'),
    error: jsonb().$type<Attention>(),
    /** What the person should know although the run went on. */
    notices: jsonb().$type<readonly Attention[]>(),
    /** A person took back what it did. */
    undoneAt: instant('undone_at'),
    workflowId: text('workflow_id').notNull(),
    workflowRunId: text('workflow_run_id'),
  },
  (t) => [index('runs_integration').on(t.integrationId, t.startedAt)],
);

/** A push subscription at the provider. */
export const watches = pgTable(
  'watches',
  {
    /** The channel id that we chose. */
    id: text().primaryKey(),
    integrationId: integrationId(),
    /** '' watches the list of collections itself. */
    collectionId: text('collection_id').notNull(),
    resourceId: text('resource_id'),
    tokenHash: text('token_hash').notNull(),
    expiresAt: instant('expires_at').notNull(),
    /** Opened under a grant that may have ended, and with it the subscription. */
    doubted: boolean().notNull().default(false),
    createdAt: now('created_at'),
  },
  (t) => [index('watches_integration').on(t.integrationId, t.collectionId)],
);

/** Each push once, by the provider's own delivery id. */
export const webhookInbox = pgTable(
  'webhook_inbox',
  {
    provider: text().notNull(),
    deliveryId: text('delivery_id').notNull(),
    integrationId: integrationId(),
    receivedAt: now('received_at'),
  },
  (t) => [
    primaryKey({ columns: [t.provider, t.deliveryId, t.integrationId] }),
    index('webhook_inbox_age').on(t.receivedAt),
  ],
);

/** What the settings page hears as it happens (Server-Sent Events resume from `seq`). */
export const integrationEvents = pgTable(
  'integration_events',
  {
    seq: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    integrationId: integrationId(),
    type: text().$type<'phase' | 'run' | 'progress' | 'attention' | 'collections'>().notNull(),
    data: jsonb().notNull(),
    at: now('at'),
  },
  (t) => [
    index('integration_events_integration').on(t.integrationId, t.seq),
    index('integration_events_age').on(t.at),
  ],
);
