/** What the routes work with; composed once in main.ts. */
import type { Database } from '../db/client.ts';
import type { Scope } from '../db/queries/scope.ts';
import type { Sealer } from '../db/sealing.ts';
import type { Config } from '../platform/config.ts';
import type { Logger } from '../platform/logger.ts';
import type { ProviderAdapter, ProviderEnvironment } from '../providers/contract/index.ts';
import type { ArbiterClient } from './arbiter-client.ts';
import type { EventsHub } from './events-hub.ts';
import type { Metrics } from './middleware/metrics.ts';
import { notFound } from './problem.ts';
import type { ApiSettings } from './settings.ts';

export interface ProviderCatalogue {
  readonly adapters: readonly ProviderAdapter[];
  /** By adapter id. */
  readonly environments: ReadonlyMap<string, ProviderEnvironment>;
}

export interface ApiDeps {
  readonly config: Config;
  readonly settings: ApiSettings;
  readonly logger: Logger;
  /** In a route with a caller it sees that caller's rows alone; elsewhere (sign-in, webhooks) everybody's. */
  readonly db: Database;
  readonly within: (scope: Scope) => Database;
  readonly sealer: Sealer;
  readonly catalogue: ProviderCatalogue;
  readonly arbiter: ArbiterClient;
  readonly events: EventsHub;
  readonly metrics: Metrics;
  /** Whether each request becomes a span. */
  readonly isTraced?: boolean;
}

export interface OfferedProvider {
  readonly adapter: ProviderAdapter;
  readonly environment: ProviderEnvironment;
}

export function findProvider(catalogue: ProviderCatalogue, id: string): OfferedProvider | undefined {
  const adapter = catalogue.adapters.find((candidate) => candidate.id === id);
  const environment = catalogue.environments.get(id);
  return adapter === undefined || environment === undefined ? undefined : { adapter, environment };
}

/** Throws the 404 problem for a provider that is not in the catalogue. */
export function requireProvider(catalogue: ProviderCatalogue, id: string): OfferedProvider {
  const found = findProvider(catalogue, id);
  if (found === undefined) throw notFound('provider');
  return found;
}
