/** What activities are made with; the worker composes it. */
import type { Client } from '@temporalio/client';
import type { Database } from '../db/client.ts';
import type { Sealer } from '../db/sealing.ts';
import type { Logger } from '../platform/logger.ts';
import type { ProviderAdapter, ProviderEnvironment } from '../providers/contract/index.ts';

export interface ActivityDeps {
  readonly db: Database;
  /** Epoch ms; absent: the machine's clock. */
  readonly clock?: () => number;
  readonly sealer: Sealer;
  readonly logger: Logger;
  /** Throws for a provider that the catalogue lacks. */
  readonly provider: (id: string) => { adapter: ProviderAdapter; environment: ProviderEnvironment };
  /** Where providers reach us with pushes; no trailing slash. */
  readonly publicUrl: string;
  /** For reconcile alone: it compares Postgres with what runs. */
  readonly temporal: Client;
  /**
   * Rule 13's D, in milliseconds: how long a provider's reads may lag its writes, so that what is missing may be there.
   * Absent: 15 minutes.
   */
  readonly graceMs?: number;
  /** How long things are kept that nobody asked to forget; `defaultRetention` where absent. */
  readonly retention?: Retention;
}

export interface Retention {
  /** Runs that ended; the newest of an integration stays. */
  readonly runsMs: number;
  /** The settings page's events. */
  readonly eventsMs: number;
  /** Deliveries, for as long as a provider may repeat one. */
  readonly inboxMs: number;
  /** Records that we may no longer read. */
  readonly hiddenMs: number;
  /** Tombstones of two-way contacts, at least 30 days. */
  readonly tombstonesMs: number;
}

const dayMs = 24 * 60 * 60 * 1000;

export const defaultRetention: Retention = {
  runsMs: 90 * dayMs,
  eventsMs: dayMs,
  inboxMs: 7 * dayMs,
  hiddenMs: 30 * dayMs,
  tombstonesMs: 90 * dayMs,
};
