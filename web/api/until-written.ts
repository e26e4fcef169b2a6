/** A task that is still being written when its request is answered: a repeat under the same key tells how it ended. */
import type { TaskWriteAccepted } from '../../api/contract/index.ts';
import { hasCode, UnreachableError } from './problem.ts';

const pauseMs = 2_000;

/** Sends again until the answer is final, and calls `onSlow` once where the first one is not. `send` keeps to one key. */
export async function untilWritten<Answer extends object>(
  send: () => Promise<Answer | TaskWriteAccepted>,
  onSlow: () => void,
): Promise<Answer> {
  for (let isSlow = false; ; ) {
    const answer = await send().catch((error: unknown) => {
      if (hasCode(error, 'idempotency_in_progress')) return undefined;
      // It goes on without this page.
      if (isSlow && error instanceof UnreachableError) return undefined;
      throw error;
    });
    if (answer !== undefined && !('operationId' in answer)) return answer;
    if (!isSlow) onSlow();
    isSlow = true;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
