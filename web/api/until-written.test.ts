import { beforeEach, expect, test, vi } from 'vitest';
import { ApiProblem, UnreachableError } from './problem.ts';
import { untilWritten } from './until-written.ts';

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

const accepted = { id: 'tsk_1', operationId: 'op_1' };
const written = { id: 'tsk_1', title: 'Beans' };
const problem = (status: number, code: string) =>
  new ApiProblem({ status, code, title: 'Refused', detail: '' });

/** What comes of these answers, one after the other, and how often it was said that it is slow. */
async function outcomeOf(...answers: readonly (object | Error)[]) {
  const left = [...answers];
  const onSlow = vi.fn();
  const ended = untilWritten<object>(async () => {
    const next = left.shift() ?? new Error('sent too often');
    if (next instanceof Error) throw next;
    return next as typeof accepted;
  }, onSlow).catch((error: unknown) => error);
  await vi.runAllTimersAsync();
  return { ended: await ended, slow: onSlow.mock.calls.length };
}

test('one that is written at once is slow to nobody', async () => {
  expect(await outcomeOf(written)).toEqual({ ended: written, slow: 0 });
});

test('one that goes on is asked for until it is written, also while nothing answers', async () => {
  const away = new UnreachableError('away');
  const busy = problem(409, 'idempotency_in_progress');
  expect(await outcomeOf(accepted, away, busy, accepted, written)).toEqual({ ended: written, slow: 1 });
});

test('a refusal that comes late is told as one that comes at once', async () => {
  const refused = problem(422, 'write_refused');
  expect(await outcomeOf(accepted, accepted, refused)).toEqual({ ended: refused, slow: 1 });
});

test('an API that is away from the start is told, and nothing is sent again by itself', async () => {
  const away = new UnreachableError('away');
  expect(await outcomeOf(away)).toEqual({ ended: away, slow: 0 });
});
