/** What an integration reads: what a person switched on, as far as they let Harmony read it. */
import type { Executor } from '../../db/client.ts';
import { findMappingsInForce } from '../../db/queries/contact-mappings.ts';
import { grantedScopes } from '../../db/queries/credentials.ts';
import {
  type ProviderAdapter,
  type ProviderObject,
  type StreamDefinition,
  streamsFor,
} from '../../providers/contract/index.ts';
import { enabledObjects } from '../../sync/default-mappings.ts';

/** The provider's objects whose mappings are in force and switched on. */
export async function objectsInForce(
  db: Executor,
  integrationId: string,
): Promise<readonly ProviderObject[]> {
  return enabledObjects((await findMappingsInForce(db, integrationId))?.objects);
}

/**
 * The streams that are read. One that a mapping switches on is left out while its scope is not granted: the integration's
 * attention asks for it, and everything else goes on.
 */
export async function streamsToRead(
  db: Executor,
  adapter: ProviderAdapter,
  integrationId: string,
): Promise<readonly StreamDefinition[]> {
  if (adapter.streams.every(({ enabledBy }) => enabledBy === undefined)) return adapter.streams;
  const streams = streamsFor(adapter, await objectsInForce(db, integrationId));
  const granted = await grantedScopes(db, integrationId);
  return streams.filter(
    ({ enabledBy, scope }) =>
      enabledBy === undefined || scope === undefined || granted === undefined || granted.includes(scope),
  );
}
