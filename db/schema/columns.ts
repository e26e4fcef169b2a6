/** Column shapes that every table shares. Instants travel as ISO 8601 UTC strings. */
import { sql } from 'drizzle-orm';
import { customType, text } from 'drizzle-orm/pg-core';

/** timestamptz that drizzle hands over as `2026-11-23T12:00:00.000Z`. */
const isoInstant = customType<{ data: string; driverData: string | Date }>({
  dataType: () => 'timestamp with time zone',
  fromDriver: (value) => new Date(value).toISOString(),
});

export const instant = (name: string) => isoInstant(name);

export const now = (name: string) => isoInstant(name).notNull().default(sql`now()`);

/** Text that is compared as names in a list are: by letters of any script first, then by accents, then by case. */
export const sortedAsName = customType<{ data: string }>({ dataType: () => 'text COLLATE "und-x-icu"' });

/** Which user's data a record is: every query filters by these. */
export const owner = {
  workspaceId: text('workspace_id').notNull(),
  userId: text('user_id').notNull(),
};

/**
 * The integration of what comes in bulk. No foreign key, in none of those tables: a check per row would cost more than the
 * row, and a page is written under a lock on its integration anyway (db/queries/fence.ts). Delete purges them in batches.
 */
export const bulkIntegrationId = () => text('integration_id').notNull();

/** The columns of every mirrored record. */
export const mirror = {
  remoteId: text('remote_id').notNull(),
  etag: text(),
  /** SHA-256 of the raw JSON: equal means that there is nothing to write. */
  contentHash: text('content_hash').notNull(),
  remoteUpdatedAt: instant('remote_updated_at'),
};
