import { afterAll, beforeAll, expect, it } from 'vitest';
import { playMany, timeout } from './play-many.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

it('one way from Google: nothing is ever written there', { timeout }, () =>
  playMany(stage, {
    ...{ direction: 'from_provider', count: 500 },
    judge: ({ providerWrites }) => expect(providerWrites).toEqual([]),
  }),
);
