// The planner in a closed loop with a model of Google: the invariants of two-way-sync.md over random histories.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runSettings } from './arbitraries.test-support.ts';
import { anyCalmScenario, anyScenario, MINUTE_MS, World } from './model-world.test-support.ts';

const TIMEOUT_MS = 120_000;

describe('over random edits, deletes, restores, renames, setting changes, lags and lost answers', () => {
  it('keeps invariants 1–7, 10, 12 and 13', { timeout: TIMEOUT_MS }, () => {
    fc.assert(
      fc.property(anyScenario, (scenario) => {
        const world = new World(scenario);
        world.play(scenario.steps);
        world.rest();
      }),
      runSettings(2_000),
    );
  });

  it('comes to the same state by full and by incremental listings (9)', { timeout: TIMEOUT_MS }, () => {
    fc.assert(
      fc.property(anyCalmScenario, (scenario) => {
        const [full, incremental] = (['full', 'incremental'] as const).map((kind) => {
          const world = new World(scenario, { kind }, 20 * MINUTE_MS);
          world.play(scenario.steps);
          world.rest();
          return world.picture();
        });
        expect(full).toEqual(incremental);
      }),
      runSettings(400),
    );
  });

  it('comes to the same state whatever the order, and however often things are seen (5, 16)', {
    timeout: TIMEOUT_MS,
  }, () => {
    fc.assert(
      fc.property(anyCalmScenario, (scenario) => {
        const [straight, shuffled] = [false, true].map((isShuffled) => {
          const world = new World(scenario, { isShuffled });
          world.play(scenario.steps);
          world.rest();
          return world.picture();
        });
        expect(straight).toEqual(shuffled);
      }),
      runSettings(400),
    );
  });
});
