// Asks again until something answers.
import { setTimeout as sleep } from 'node:timers/promises';

const intervalMs = 40;

/** Thrown by an attempt that no repetition can make succeed. */
export class HopelessError extends Error {}

/**
 * Repeats the attempt until it resolves.
 * @throws Error when `signal` aborts, with its reason and what the last attempt failed with; a HopelessError at once.
 */
export const probeUntilReady = async (signal: AbortSignal, attempt: () => Promise<void>): Promise<void> => {
  let lastFailure = 'nothing yet';
  while (!signal.aborted) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (error instanceof HopelessError) throw error;
      lastFailure = (error as Error).message;
    }
    await sleep(intervalMs, undefined, { signal }).catch(() => undefined);
  }
  throw new Error(`${(signal.reason as Error).message} (the last try to reach it: ${lastFailure})`);
};
