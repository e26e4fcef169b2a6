/** Who may ask for what: workspaces (tenants), users, and the hashed keys and sessions that speak for them. */
import { index, jsonb, pgTable, primaryKey, smallint, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { instant, now } from './columns.ts';

export const workspaces = pgTable('workspaces', {
  id: text().primaryKey(),
  name: text().notNull(),
  createdAt: now('created_at'),
});

export const users = pgTable(
  'users',
  {
    id: text().primaryKey(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    email: text().notNull(),
    createdAt: now('created_at'),
  },
  (t) => [uniqueIndex('users_workspace_email').on(t.workspaceId, t.email)],
);

/** A workspace key; only its SHA-256 is kept. */
export const apiKeys = pgTable('api_keys', {
  id: text().primaryKey(),
  workspaceId: text('workspace_id')
    .notNull()
    .references(() => workspaces.id, { onDelete: 'cascade' }),
  tokenHash: text('token_hash').notNull().unique(),
  name: text().notNull(),
  createdAt: now('created_at'),
  revokedAt: instant('revoked_at'),
});

/** A browser session of one user; only the token's SHA-256 is kept. */
export const sessions = pgTable('sessions', {
  id: text().primaryKey(),
  userId: text('user_id')
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' }),
  tokenHash: text('token_hash').notNull().unique(),
  createdAt: now('created_at'),
  expiresAt: instant('expires_at').notNull(),
});

/** A one-time link that opens a session of its own in the browser that follows it. */
export const signInLinks = pgTable('sign_in_links', {
  tokenHash: text('token_hash').primaryKey(),
  userId: text('user_id')
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' }),
  createdAt: now('created_at'),
  expiresAt: instant('expires_at').notNull(),
  usedAt: instant('used_at'),
});

/** The first answer to a request that carried Idempotency-Key, kept so that a repeat gets the same. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    /** The user the caller acted for, or '' for the workspace itself. */
    actor: text().notNull(),
    key: text().notNull(),
    /** SHA-256 of method, path and body: the same key with another request is refused. */
    requestHash: text('request_hash').notNull(),
    /** Absent while the first request is still being answered. */
    status: smallint(),
    body: jsonb(),
    /** Of the answer: where a new record is, its version. */
    headers: jsonb().$type<Readonly<Record<string, string>>>(),
    createdAt: now('created_at'),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.actor, t.key] }),
    index('idempotency_keys_age').on(t.createdAt),
  ],
);

export const auditLog = pgTable(
  'audit_log',
  {
    id: text().primaryKey(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    /** `user:<id>`, `key:<id>` or `system`. */
    actor: text().notNull(),
    /** e.g. `integration.delete`. */
    action: text().notNull(),
    target: text().notNull(),
    details: jsonb().notNull().default({}),
    at: now('at'),
  },
  (t) => [index('audit_log_workspace').on(t.workspaceId, t.at), index('audit_log_target').on(t.target, t.at)],
);
