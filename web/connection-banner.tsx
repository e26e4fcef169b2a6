/** Says when what is shown may be old because nothing can be asked: no network, or no answer. */
import { onlineManager, useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { UnreachableError } from './api/problem.ts';
import { integrationsQuery } from './api/queries.ts';
import { useNow } from './ui/time.tsx';
import { clockTime } from './words/time.ts';

export function ConnectionBanner() {
  const online = useSyncExternalStore(
    (listener) => onlineManager.subscribe(listener),
    () => onlineManager.isOnline(),
  );
  const nowMs = useNow();
  const list = useQuery({ ...integrationsQuery, refetchOnMount: false });
  const unreachable =
    list.error instanceof UnreachableError || list.failureReason instanceof UnreachableError;
  if (online && !unreachable) return null;
  const since =
    list.dataUpdatedAt > 0
      ? ` What you see is from ${clockTime(new Date(list.dataUpdatedAt).toISOString(), nowMs)}.`
      : '';
  return (
    <div className="banner" role="status">
      {online ? 'Harmony does not answer right now; trying again.' : 'You are offline.'}
      {since} Syncing goes on without this page.
    </div>
  );
}
