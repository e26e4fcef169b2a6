/** One LISTEN connection for the whole process wakes every open event stream of the integration that it names. */
import type { Sql } from 'postgres';
import { eventsChannel } from '../db/queries/integration-events.ts';
import type { Logger } from '../platform/logger.ts';

export interface EventsHub {
  /** Calls `wake` whenever something may be new, until the returned function is called. */
  subscribe(integrationId: string, wake: () => void): () => void;
  /** Ends every open stream, so that the process can stop; clients come back by themselves. */
  endStreams(): void;
  /** Calls `end` when the process stops. */
  onStop(end: () => void): () => void;
  close(): Promise<void>;
}

/** Listens from the first subscription on. Streams also look by themselves now and then, so a lost wake is late, not lost. */
export function createEventsHub(sql: Sql, logger: Logger): EventsHub {
  const enders = new Set<() => void>();
  const wakers = new Map<string, Set<() => void>>();
  let listening: Promise<{ unlisten: () => Promise<void> }> | undefined;

  const wakeAll = (set: Iterable<() => void> | undefined) => {
    for (const wake of set ?? []) wake();
  };
  const listen = () => {
    listening ??= sql.listen(
      eventsChannel,
      (integrationId) => wakeAll(wakers.get(integrationId)),
      // After a lost connection: whatever was said meanwhile is in the table.
      () => {
        for (const set of wakers.values()) wakeAll(set);
      },
    );
    listening.catch((err: unknown) => {
      logger.warn({ err }, 'LISTEN failed; trying again with the next stream');
      listening = undefined;
    });
  };

  return {
    subscribe(integrationId, wake) {
      listen();
      const set = wakers.get(integrationId) ?? new Set();
      wakers.set(integrationId, set.add(wake));
      return () => {
        set.delete(wake);
        if (set.size === 0 && wakers.get(integrationId) === set) wakers.delete(integrationId);
      };
    },
    endStreams: () => wakeAll(enders),
    onStop(end) {
      enders.add(end);
      return () => enders.delete(end);
    },
    async close() {
      await listening?.then(
        (meta) => meta.unlisten(),
        () => undefined,
      );
    },
  };
}
