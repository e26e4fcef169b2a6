import { Context } from '@temporalio/activity';
import { listCollections, mergeCollections, type RefreshCounts } from '../../db/queries/collections.ts';
import { holdOpen } from '../../db/queries/fence.ts';
import { beginCollectionList, endCollectionList } from '../../db/queries/stream-cursors.ts';
import { openProviderAccess } from '../access/provider-access.ts';
import type { ActivityDeps } from '../deps.ts';

/** Brings in the provider's list of what can be ticked; keeps every choice. */
export function createRefreshCollections(deps: ActivityDeps) {
  return async function refreshCollections(input: { integrationId: string }): Promise<RefreshCounts> {
    const { integrationId } = input;
    const access = await openProviderAccess(deps, integrationId);
    // Before the list is read: a push that comes meanwhile asks for another look.
    const listing = await beginCollectionList(deps.db, integrationId);
    const known = (await listCollections(deps.db, integrationId)).map((row) => row.remoteId);
    const signal = Context.current().cancellationSignal;
    const remote = await access.call(
      (session) => session.listCollections?.(signal, known) ?? Promise.resolve(undefined),
    );
    return deps.db.transaction(async (tx) => {
      await holdOpen(tx, integrationId);
      // A sync and Refresh List may read at the same time.
      const isNewest = await endCollectionList(tx, integrationId, listing);
      if (!isNewest || remote === undefined) return { added: 0, renamed: 0, missing: 0 };
      return mergeCollections(tx, integrationId, remote);
    });
  };
}
