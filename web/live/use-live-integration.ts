/** Follows one integration by Server-Sent Events: keeps the page's copies current and gathers progress and a feed. */
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Integration, LiveEventName } from '../../api/contract/index.ts';
import {
  collectionsQuery,
  integrationQuery,
  mappingsQuery,
  peopleQuery,
  refetchIntegration,
  refetchRecords,
  sessionQuery,
  storeIntegration,
} from '../api/queries.ts';
import { type FeedItem, foldFeed } from './feed.ts';
import type { LiveEvent } from './live-event.ts';
import { foldProgress, type RunProgress } from './progress.ts';

export interface LiveIntegration {
  readonly progress: RunProgress | undefined;
  /** Newest first, since this page was opened. */
  readonly feed: readonly FeedItem[];
}

const quiet: LiveIntegration = { progress: undefined, feed: [] };
const reopenAfterMs = 10_000;
const names: readonly LiveEventName[] = ['snapshot', 'phase', 'run', 'progress', 'attention', 'collections'];

/** A hidden tab lets go of its line, since a browser has only six to one server; state comes again on return. */
export function useLiveIntegration(id: string, wanted: boolean): LiveIntegration {
  const client = useQueryClient();
  const [live, setLive] = useState(quiet);

  useEffect(() => {
    if (!wanted) {
      setLive((state) => (state.progress ? { ...state, progress: undefined } : state));
      return;
    }
    let source: EventSource | undefined;
    let reopening: ReturnType<typeof setTimeout> | undefined;
    const close = (): void => {
      clearTimeout(reopening);
      source?.close();
      source = undefined;
    };
    const open = (): void => {
      close();
      const opened = new EventSource(`/v1/integrations/${encodeURIComponent(id)}/events`);
      source = opened;
      for (const name of names)
        opened.addEventListener(name, (event) => {
          const data: unknown = JSON.parse((event as MessageEvent<string>).data);
          const told = { name, data } as LiveEvent;
          const authKind = client.getQueryData(integrationQuery(id).queryKey)?.authKind;
          setLive((state) => foldLive(state, told, authKind));
          keepCurrent(client, id, told);
        });
      opened.addEventListener('error', () => {
        // A line that broke is opened again by the browser; a refused one is not, and says nothing about why.
        if (opened.readyState !== EventSource.CLOSED || source !== opened) return;
        void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
        reopening = setTimeout(open, reopenAfterMs);
      });
    };
    const follow = (): void => (document.hidden ? close() : open());
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      close();
    };
  }, [id, wanted, client]);

  return live;
}

function foldLive(
  state: LiveIntegration,
  event: LiveEvent,
  authKind: Integration['authKind'] | undefined,
): LiveIntegration {
  const nowMs = Date.now();
  const feed = foldFeed(state.feed, event, { nowMs, authKind });
  if (event.name === 'progress') return { feed, progress: foldProgress(state.progress, event.data, nowMs) };
  const over = event.name === 'run' && event.data.status !== 'running';
  return { feed, progress: over ? undefined : state.progress };
}

function keepCurrent(client: QueryClient, id: string, event: LiveEvent): void {
  const patch = (change: (integration: Integration) => Integration): void => {
    const known = client.getQueryData(integrationQuery(id).queryKey);
    if (known) storeIntegration(client, change(known));
  };
  /** A plan that was carried out puts in force what waited for it, one that was turned down takes it back. */
  const refetchMappings = (): void => {
    void client.invalidateQueries({ queryKey: mappingsQuery(id).queryKey });
  };
  switch (event.name) {
    case 'snapshot':
      storeIntegration(client, event.data);
      refetchMappings();
      return;
    case 'phase':
      patch((known) => ({ ...known, phase: event.data.phase }));
      void refetchIntegration(client, id);
      return;
    case 'attention':
      patch(({ attention: _before, ...known }) =>
        event.data.attention ? { ...known, attention: event.data.attention } : known,
      );
      refetchMappings();
      return;
    case 'run':
      void refetchIntegration(client, id);
      if (event.data.status === 'running') return;
      refetchRecords(client);
      void client.invalidateQueries({ queryKey: peopleQuery(id).queryKey });
      refetchMappings();
      void client.invalidateQueries({ queryKey: collectionsQuery(id).queryKey });
      return;
    case 'collections':
      void client.invalidateQueries({ queryKey: collectionsQuery(id).queryKey });
      return;
    case 'progress':
      return;
  }
}
