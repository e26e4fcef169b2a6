/** The steps of Delete. Each may be repeated; together they leave no row, token or watch of the integration. */
import { Context } from '@temporalio/activity';
import { purgeContactSync } from '../../db/queries/contact-queue.ts';
import { deleteCredential, isGrantShared, loadCredential } from '../../db/queries/credentials.ts';
import { findIntegration, removeIntegration, tombstoneIntegration } from '../../db/queries/integrations.ts';
import { dropVectorsOfGoneRecords } from '../../db/queries/search-index.ts';
import { listWatches } from '../../db/queries/watches.ts';
import { openProviderAccess } from '../access/provider-access.ts';
import { stopWatch } from '../connect/ensure-watches.ts';
import type { ActivityDeps } from '../deps.ts';
import { storeOf } from '../records/index.ts';
import { indexSoon } from '../search/index-soon.ts';

interface Target {
  readonly integrationId: string;
}

/** Hides the integration and fences off every writer that may still be running. */
export function createTombstone(deps: ActivityDeps) {
  return async function tombstone({ integrationId }: Target): Promise<void> {
    await tombstoneIntegration(deps.db, integrationId);
  };
}

/** Ends the subscriptions at the provider, as far as it still lets us. */
export function createStopWatches(deps: ActivityDeps) {
  return async function stopWatches({ integrationId }: Target): Promise<{ stopped: number }> {
    const watches = await listWatches(deps.db, integrationId);
    if (watches.length === 0) return { stopped: 0 };
    const access = await openProviderAccess(deps, integrationId, { evenIfDeleting: true });
    for (const watch of watches) await stopWatch(deps, access, watch);
    return { stopped: watches.length };
  };
}

/**
 * Revokes the grant, unless another integration lives on it: at Google one grant covers Calendar and Contacts of an
 * account, and revoking it ends both. Then forgets the tokens.
 */
export function createRevokeGrant(deps: ActivityDeps) {
  return async function revokeGrant({ integrationId }: Target): Promise<{ revoked: boolean }> {
    const integration = await findIntegration(deps.db, integrationId);
    const credential = await loadCredential(deps.db, deps.sealer, integrationId);
    if (integration === undefined || credential === undefined) return { revoked: false };
    const { adapter, environment } = deps.provider(integration.provider);
    const oauth = integration.authKind === 'oauth' ? adapter.oauth?.(environment) : undefined;
    if (oauth === undefined || (await isGrantShared(deps.db, integrationId, credential.grantKey))) {
      return { revoked: false };
    }
    try {
      await oauth.revoke(credential.tokens, Context.current().cancellationSignal);
    } catch (error) {
      throw adapter.classify(error);
    }
    return { revoked: true };
  };
}

const batchSize = 5000;

/** Removes tokens, mirrors and, where asked, records; then the integration itself, with all that hangs on it. */
export function createPurge(deps: ActivityDeps) {
  return async function purge(
    input: Target & { readonly provider: string; readonly records: 'keep' | 'delete' },
  ): Promise<{ removed: number }> {
    const { integrationId, records } = input;
    const { adapter } = deps.provider(input.provider);
    const integration = await findIntegration(deps.db, integrationId);
    await deleteCredential(deps.db, integrationId);
    let removed = 0;
    for (const kind of new Set(adapter.streams.map((stream) => stream.kind))) {
      for (;;) {
        const batch = { integrationId, records, limit: batchSize };
        const count = await deps.db.transaction((tx) => storeOf(kind).purgeIntegration(tx, batch));
        removed += count;
        Context.current().heartbeat({ removed });
        if (count < batchSize) break;
      }
    }
    for (;;) {
      const count = await purgeContactSync(deps.db, integrationId, batchSize);
      Context.current().heartbeat({ removed });
      if (count < batchSize) break;
    }
    // What search holds of the records goes with them, not with the next round of indexing.
    if (integration !== undefined) await dropVectorsOfGoneRecords(deps.db, integration.userId);
    indexSoon(deps);
    await removeIntegration(deps.db, integrationId);
    return { removed };
  };
}
