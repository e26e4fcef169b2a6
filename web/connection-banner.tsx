/** Says when what is shown may be old because nothing can be asked: no network, no answer, or a part of Harmony that is away. */
import { onlineManager, useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { ApiProblem, UnreachableError } from './api/problem.ts';
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
  const failure = list.error ?? list.failureReason;
  const away = failure instanceof ApiProblem && failure.code === 'upstream_unavailable' ? failure : undefined;
  if (online && away === undefined && !(failure instanceof UnreachableError)) return null;
  const since =
    list.dataUpdatedAt > 0
      ? ` What you see is from ${clockTime(new Date(list.dataUpdatedAt).toISOString(), nowMs)}.`
      : '';
  return (
    <div className="banner" role="status">
      {online ? (away?.detail ?? 'Harmony does not answer right now; trying again.') : 'You are offline.'}
      {since} {away === undefined ? 'Syncing goes on without this page.' : 'Everything goes on by itself.'}
    </div>
  );
}
