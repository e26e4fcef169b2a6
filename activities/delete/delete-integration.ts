/** The steps of Delete. Each may be repeated; together they leave no row, token or watch of the integration. */
import { Context } from '@temporalio/activity';
import type { Transaction } from '../../db/client.ts';
import { collectionsOutOfSight } from '../../db/queries/collections.ts';
import { purgeContactSync } from '../../db/queries/contact-queue.ts';
import { noteUntiedElsewhere } from '../../db/queries/contact-work.ts';
import { findIntegration, removeIntegration, tombstoneIntegration } from '../../db/queries/integrations.ts';
import { dropVectorsOfGoneRecords } from '../../db/queries/search-index.ts';
import { listWatches } from '../../db/queries/watches.ts';
import { transact } from '../../db/transact.ts';
import { openProviderAccess } from '../access/provider-access.ts';
import { stopWatch } from '../connect/watch-channels.ts';
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
    for (const watch of watches) await stopWatch(deps, access, watch, watches);
    return { stopped: watches.length };
  };
}

const batchSize = 5000;

/** Removes mirrors and, where asked, records. */
export function createPurge(deps: ActivityDeps) {
  return async function purge(
    input: Target & { readonly provider: string; readonly records: 'keep' | 'delete' },
  ): Promise<{ removed: number }> {
    const { integrationId, records } = input;
    const { adapter } = deps.provider(input.provider);
    const integration = await findIntegration(deps.db, integrationId);
    let removed = 0;
    const inBatches = async (remove: (tx: Transaction) => Promise<number> | undefined) => {
      for (;;) {
        const count = await transact(deps.db, async (tx) => (await remove(tx)) ?? 0);
        removed += count;
        Context.current().heartbeat({ removed });
        if (count < batchSize) break;
      }
    };
    for (const store of [...new Set(adapter.streams.map(({ kind }) => kind))].map(storeOf)) {
      // Records that are kept have no collection any more to say that nobody is to see them.
      const missingToo = store.hide !== undefined;
      const outOfSight =
        records === 'keep' ? await collectionsOutOfSight(deps.db, integrationId, { missingToo }) : [];
      for (const collectionId of outOfSight)
        await inBatches((tx) => store.purgeCollection?.(tx, collectionId, batchSize));
      await inBatches((tx) => store.purgeIntegration(tx, { integrationId, records, limit: batchSize }));
    }
    for (;;) {
      const count = await purgeContactSync(deps.db, integrationId, batchSize);
      Context.current().heartbeat({ removed });
      if (count < batchSize) break;
    }
    await transact(deps.db, (tx) => noteUntiedElsewhere(tx, integrationId));
    // What search holds of the records goes with them, not with the next round of indexing.
    if (integration !== undefined) await dropVectorsOfGoneRecords(deps.db, integration.userId);
    indexSoon(deps);
    return { removed };
  };
}

/** The last step: the integration itself, with all that hangs on it. */
export function createForgetIntegration(deps: ActivityDeps) {
  return async function forgetIntegration({ integrationId }: Target): Promise<void> {
    await removeIntegration(deps.db, integrationId);
  };
}
