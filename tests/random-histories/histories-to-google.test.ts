import { afterAll, beforeAll, it } from 'vitest';
import { playMany, timeout } from './play-many.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

it('one way to Google: no value of Harmony ever changes', { timeout }, () =>
  playMany(stage, { direction: 'to_provider', count: 500 }),
);
