import { expect, it } from 'vitest';
import { shrinkSteps } from './shrink-steps.ts';

it('keeps the steps that the failure needs, in their order', async () => {
  const steps = Array.from({ length: 20 }, (_, index) => index);
  const few = await shrinkSteps(steps, async (some) => some.includes(4) && some.includes(13));
  expect(few).toEqual(expect.arrayContaining([4, 13]));
  expect(few.length).toBeLessThan(6);
  expect([...few].sort((a, b) => a - b)).toEqual(few);
});

it('stops after a bounded number of tries', async () => {
  let tries = 0;
  const steps = Array.from({ length: 500 }, (_, index) => index);
  await shrinkSteps(steps, async () => {
    tries += 1;
    return false;
  });
  expect(tries).toBeLessThanOrEqual(24);
});
