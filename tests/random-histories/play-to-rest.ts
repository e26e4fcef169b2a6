/** Plays one history, lets it settle, and judges what is there; a broken invariant shows what both sides hold. */
import { InvariantBroken } from '../../sync/model-oracle.test-support.ts';
import type { History } from './history.ts';
import type { Stage } from './stage.ts';
import { World } from './world.ts';

export async function playToRest(stage: Stage, history: History): Promise<World> {
  const world = await World.open(stage, history);
  try {
    await world.play(history.steps);
    await world.rest();
  } catch (error) {
    if (error instanceof InvariantBroken) error.message += `\n${await world.picture()}`;
    throw error;
  }
  return world;
}
