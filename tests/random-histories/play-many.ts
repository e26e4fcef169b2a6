/** Random histories of one kind, as many as with every change, or as `npm run test:histories` asks for. */
import fc from 'fast-check';
import type { Direction } from '../../sync/direction.ts';
import { anyHistory, type History } from './history.ts';
import { playToRest } from './play-to-rest.ts';
import type { Stage } from './stage.ts';
import type { World } from './world.ts';

const { HISTORIES, HISTORIES_SECONDS, HISTORIES_SEED = '31', HISTORIES_PATH } = process.env;

/** Few enough to leave little behind, and many enough to share the cost of taking it away. */
const betweenClearings = 100;

export const timeout = 3_600_000;

/** Throws with seed and path at the first one that breaks an invariant, or that `judge` throws at. */
export function playMany(
  stage: Stage,
  kind: {
    readonly direction: Direction;
    readonly count: number;
    readonly judge?: (world: World) => void;
  },
): Promise<void> {
  // Played in a statement of its own: the arguments of a judge that is not there are not evaluated.
  const play = async (history: History) => {
    const world = await playToRest(stage, history);
    kind.judge?.(world);
  };
  return playAll(stage, { histories: anyHistory(kind.direction), count: kind.count, play });
}

/** Throws with seed and path at the first one that `play` throws at. */
export async function playAll<T>(
  stage: Stage,
  kind: {
    readonly histories: fc.Arbitrary<T>;
    /** With every change: the same ones, so that a failure comes again. */
    readonly count: number;
    readonly play: (history: T) => Promise<unknown>;
  },
): Promise<void> {
  let played = 0;
  const property = fc.asyncProperty(kind.histories, async (history) => {
    if (++played % betweenClearings === 0) await stage.clear();
    await kind.play(history);
  });
  await fc.assert(property, {
    numRuns: HISTORIES === undefined ? kind.count : Number(HISTORIES),
    ...(HISTORIES_SECONDS === undefined ? {} : { interruptAfterTimeLimit: Number(HISTORIES_SECONDS) * 1000 }),
    seed: Number(HISTORIES_SEED),
    ...(HISTORIES_PATH === undefined ? {} : { path: HISTORIES_PATH }),
  });
}
