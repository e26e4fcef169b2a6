/** A moment, told relative to now, with the full time in the reader's zone on hover. */
import { useSyncExternalStore } from 'react';
import { fullTime, relativeTime } from '../words/time.ts';

const stepMs = 5_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const each of listeners) each();
  }, stepMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** Epoch ms, moving in steps of five seconds; one clock for the whole page. */
export const useNow = (): number =>
  useSyncExternalStore(subscribe, () => Math.floor(Date.now() / stepMs) * stepMs);

export function Time({ at }: { at: string }) {
  const nowMs = useNow();
  return (
    <time dateTime={at} title={fullTime(at)}>
      {relativeTime(at, nowMs)}
    </time>
  );
}
