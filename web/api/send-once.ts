/** Writes that must not be made twice, however often they are sent: by a second press, from a dialog that is opened anew, after a reload. */
import { draftPlace } from '../ui/use-draft.ts';
import { newIdempotencyKey } from './call-api.ts';
import { ApiProblem } from './problem.ts';

/**
 * Sends a draft under one key until its answer is final: the same again repeats what was sent, anything else is a new write.
 * The key lies beside the draft, in this tab.
 */
export async function sendOnce<Answer>(
  draft: string,
  body: unknown,
  send: (idempotencyKey: string) => Promise<Answer>,
): Promise<Answer> {
  const place = draftPlace(`${draft}-sent`);
  const text = JSON.stringify(body);
  const before = JSON.parse(sessionStorage.getItem(place) ?? '{}') as { text?: string; key?: string };
  const key = (before.text === text && before.key) || newIdempotencyKey();
  sessionStorage.setItem(place, JSON.stringify({ text, key }));
  try {
    const answer = await send(key);
    sessionStorage.removeItem(place);
    return answer;
  } catch (error) {
    if (isFinal(error)) sessionStorage.removeItem(place);
    throw error;
  }
}

/** Nothing was written, and under this key nothing ever will be. */
const isFinal = (error: unknown): boolean =>
  error instanceof ApiProblem &&
  error.status < 500 &&
  ![401, 429].includes(error.status) &&
  error.code !== 'idempotency_in_progress';
