import { setTimeout as sleep } from 'node:timers/promises';

/** Asks until the answer suits, whatever fails in between; throws with the last answer or error when it never does. */
export async function eventually<T>(
  ask: () => Promise<T>,
  suits: (answer: T) => boolean,
  timeoutMs = 100_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (suits(answer)) return answer;
      last = JSON.stringify(answer);
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`It did not come about. The last answer: ${last}`);
    await sleep(50);
  }
}
