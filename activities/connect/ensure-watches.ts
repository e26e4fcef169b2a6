/** Keeps one push subscription per subscribed collection, and one for the list of collections. */
import { Context } from '@temporalio/activity';
import { listCollections } from '../../db/queries/collections.ts';
import { listWatches, type Watch } from '../../db/queries/watches.ts';
import { openProviderAccess } from '../access/provider-access.ts';
import type { ActivityDeps } from '../deps.ts';
import { isEnding, isUnnamed, listItself, openWatch, passes, stopWatch } from './watch-channels.ts';

export interface EnsureWatchesInput {
  readonly integrationId: string;
  /** Collections whose cursor had died: their subscription is opened anew. */
  readonly renew: readonly string[];
}

/**
 * Opens what is missing or ending, stops what is no longer wanted. Pushes only make news arrive sooner, so a provider
 * that refuses one is noted in the log and polling goes on. Returns how many were opened.
 */
export function createEnsureWatches(deps: ActivityDeps) {
  return async function ensureWatches(input: EnsureWatchesInput): Promise<{ opened: number }> {
    const { cancellationSignal } = Context.current();
    const access = await openProviderAccess(deps, input.integrationId);
    const reachable = !access.environment.live || deps.publicUrl.startsWith('https://');
    if (access.adapter.push !== 'watch' || !reachable) return { opened: 0 };

    const wanted = new Map<string, string | undefined>([[listItself, undefined]]);
    for (const row of await listCollections(deps.db, input.integrationId)) {
      if (row.subscribed && row.missingSince === null) wanted.set(row.id, row.remoteId);
    }
    const existing = await listWatches(deps.db, input.integrationId);
    const keep = new Map(
      existing
        .filter((watch) => isGood(watch) && !input.renew.includes(watch.collectionId))
        .map((watch) => [watch.collectionId, watch]),
    );

    let opened = 0;
    for (const [collectionId, remoteId] of wanted) {
      if (keep.has(collectionId)) continue;
      cancellationSignal.throwIfAborted();
      const { watch, error } = await openWatch(deps, access, { collectionId, remoteId });
      if (watch !== undefined) opened += 1;
      if (error !== undefined) {
        const { integrationId } = input;
        deps.logger.warn({ integrationId, err: error }, 'a watch could not be opened; polling goes on');
      }
      Context.current().heartbeat({ opened });
    }
    const all = await listWatches(deps.db, input.integrationId);
    for (const watch of existing) {
      if (keep.get(watch.collectionId)?.id === watch.id && wanted.has(watch.collectionId)) continue;
      // The one that was to be opened above would have told its name; the next sync tries again.
      if (isUnnamed(watch, all) && wanted.has(watch.collectionId)) continue;
      cancellationSignal.throwIfAborted();
      await stopWatch(deps, access, watch, all).catch((error: unknown) => {
        if (!passes(error)) throw error;
        const { integrationId } = input;
        deps.logger.warn(
          { integrationId, err: error },
          'a watch could not be stopped yet; the next sync tries again',
        );
      });
    }
    return { opened };
  };
}

const isGood = (watch: Watch): boolean => watch.resourceId !== null && !watch.doubted && !isEnding(watch);
