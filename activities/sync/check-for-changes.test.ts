import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { anyOf } from './check-for-changes.ts';

/** Asks of the numbers 0 to 99, a few at a time; `answer` says what comes of each. */
async function ask(answer: (item: number) => boolean) {
  const asked: number[] = [];
  let [underWay, most] = [0, 0];
  const items = Array.from({ length: 100 }, (_, item) => item);
  const end = await anyOf(items, 4, async (item) => {
    asked.push(item);
    underWay += 1;
    most = Math.max(most, underWay);
    await setTimeout(1);
    underWay -= 1;
    return answer(item);
  }).catch((error: Error) => error.message);
  return { end, asked: asked.length, most };
}

const fails = () => {
  throw new Error('Away.');
};

it('asks a few at a time, all of them where nothing is new', async () => {
  expect(await ask(() => false)).toEqual({ end: false, asked: 100, most: 4 });
});

it('asks no more once there is news, or a failure', async () => {
  const found = await ask((item) => item === 20);
  expect(found.end).toBe(true);
  expect(found.asked).toBeLessThanOrEqual(24);
  const failed = await ask((item) => (item === 20 ? fails() : false));
  expect(failed.end).toBe('Away.');
  expect(failed.asked).toBeLessThanOrEqual(24);
});

it('news count although the call beside them failed', async () => {
  expect((await ask((item) => (item === 0 ? fails() : item === 1))).end).toBe(true);
});
