/** Limits that providers asked us to keep, where every worker sees them. */
import { pgTable, text } from 'drizzle-orm/pg-core';
import { instant } from './columns.ts';

export const providerLimits = pgTable('provider_limits', {
  /** `grant:<grant key>` or `account:<provider>:<account id>`. */
  key: text().primaryKey(),
  /** No call before this time. */
  blockedUntil: instant('blocked_until').notNull(),
});
