import { beforeEach, expect, test, vi } from 'vitest';
import { ApiProblem, UnreachableError } from './problem.ts';
import { sendOnce } from './send-once.ts';

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal('sessionStorage', {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => kept.set(name, value),
    removeItem: (name: string) => kept.delete(name),
  });
  return () => vi.unstubAllGlobals();
});

const beans = { title: 'Beans' };
const problem = (status: number, code = 'x') =>
  new ApiProblem({ status, code, title: 'Refused', detail: '' });
/** The keys under which a body is sent by two presses, the first of which ends so. */
async function keysOf(first: unknown, second: object = beans): Promise<readonly string[]> {
  const keys: string[] = [];
  await sendOnce('new-task', beans, async (key) => {
    keys.push(key);
    if (first !== undefined) throw first;
  }).catch(() => {});
  await sendOnce('new-task', second, async (key) => void keys.push(key));
  return keys;
}

test.each([
  ['an answer that was lost', new UnreachableError('away')],
  ['an outage', problem(503)],
  ['an ended session', problem(401)],
  ['a limit', problem(429)],
  ['a first press that is still being answered', problem(409, 'idempotency_in_progress')],
])('after %s the same is sent again under its key', async (_what, error) => {
  const [first, second] = await keysOf(error);
  expect(second).toBe(first);
});

test.each([
  ['it was written', undefined],
  ['it was refused', problem(422)],
  ['it met another change', problem(409, 'conflict')],
])('once %s, the same is a new write', async (_what, error) => {
  const [first, second] = await keysOf(error);
  expect(second).not.toBe(first);
});

test('something else is a new write, whatever became of the one before', async () => {
  const [first, second] = await keysOf(new UnreachableError('away'), { title: 'Peas' });
  expect(second).not.toBe(first);
});
