/** What activities are made with; the worker composes it. */
import type { Client } from '@temporalio/client';
import type { Database } from '../db/client.ts';
import type { Sealer } from '../db/sealing.ts';
import type { Logger } from '../platform/logger.ts';
import type { ProviderAdapter, ProviderEnvironment } from '../providers/contract/index.ts';

export interface ActivityDeps {
  readonly db: Database;
  readonly sealer: Sealer;
  readonly logger: Logger;
  /** Throws for a provider that the catalogue lacks. */
  readonly provider: (id: string) => { adapter: ProviderAdapter; environment: ProviderEnvironment };
  /** Where providers reach us with pushes; no trailing slash. */
  readonly publicUrl: string;
  /** For reconcile alone: it compares Postgres with what runs. */
  readonly temporal: Client;
}
