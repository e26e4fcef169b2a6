/** Limits that providers asked us to keep, where every worker sees them. */
import { pgTable, text } from 'drizzle-orm/pg-core';
import { instant } from './columns.ts';

export const providerLimits = pgTable('provider_limits', {
  /** `grant:<grant key>` or `account:<provider>:<account id>`. */
  key: text().primaryKey(),
  /** No call before this time. */
  blockedUntil: instant('blocked_until').notNull(),
});

/** Who writes at an account now: providers ask for the writes of one account one after another. And who ends grants. */
export const grantLeases = pgTable('grant_leases', {
  /** `credentials.grant_key`, or `revoke:<family>:<workspace id>`. */
  key: text().primaryKey(),
  /** The integration (or one attempt of its Delete) that holds it. */
  holder: text().notNull(),
  /** Anybody's after this time. */
  until: instant('held_until').notNull(),
});
