/** Random histories against the real engine, on a real Postgres, with time that moves only when they say so. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DEFAULT_FIELD_MAPPINGS } from '../../sync/default-mappings.ts';
import { anyHistory, type History } from './history.ts';
import { openStage, type Stage } from './stage.ts';
import { World } from './world.ts';

vi.mock('@temporalio/workflow', async (original) => ({
  ...(await original<object>()),
  ...(await import('./workflow-runtime.ts')).workflowShim,
}));
// Search follows rows at its own pace, which no seed could repeat.
vi.mock('../../activities/search/index-soon.ts', () => ({ indexSoon: () => {} }));

const { HISTORIES = '100', HISTORIES_SEED, HISTORIES_PATH } = process.env;
const settings: fc.Parameters<unknown> = {
  numRuns: Number(HISTORIES),
  ...(HISTORIES_SEED === undefined ? {} : { seed: Number(HISTORIES_SEED) }),
  ...(HISTORIES_PATH === undefined ? {} : { path: HISTORIES_PATH }),
};

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

describe('one way from Google', () => {
  const withoutLocalEdits = (history: History): History => ({
    ...history,
    mappings: DEFAULT_FIELD_MAPPINGS,
    steps: history.steps
      .filter(({ kind }) => !kind.startsWith('local_') && kind !== 'settings')
      .map((step) => (step.kind === 'pass' ? { ...step, getLagMin: 0 } : step)),
  });

  it('over any history, comes to Google’s values and writes nothing there', { timeout: 3_600_000 }, () =>
    fc.assert(
      fc.asyncProperty(anyHistory(fc.constant('from_provider')).map(withoutLocalEdits), async (history) => {
        const world = await World.open(stage, history);
        world.mayEditLocally = () => false;
        await world.play(history.steps);
        await world.rest();
        expect(world.providerWrites).toEqual([]);
      }),
      settings,
    ),
  );
});
