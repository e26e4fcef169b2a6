/** Random histories against the real engine, on a real Postgres, with time that moves only when they say so. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DEFAULT_FIELD_MAPPINGS } from '../../sync/default-mappings.ts';
import { InvariantBroken } from '../../sync/model-oracle.test-support.ts';
import { anyHistory, type History, type Pass } from './history.ts';
import { openStage, type Stage } from './stage.ts';
import { World } from './world.ts';

vi.mock('@temporalio/workflow', async (original) => ({
  ...(await original<object>()),
  ...(await import('./workflow-runtime.ts')).workflowShim,
}));
// Search follows rows at its own pace, which no seed could repeat.
vi.mock('../../activities/search/index-soon.ts', () => ({ indexSoon: () => {} }));

const { HISTORIES = '100', HISTORIES_SECONDS, HISTORIES_SEED, HISTORIES_PATH } = process.env;
const settings: fc.Parameters<unknown> = {
  numRuns: Number(HISTORIES),
  ...(HISTORIES_SECONDS === undefined ? {} : { interruptAfterTimeLimit: Number(HISTORIES_SECONDS) * 1000 }),
  ...(HISTORIES_SEED === undefined ? {} : { seed: Number(HISTORIES_SEED) }),
  ...(HISTORIES_PATH === undefined ? {} : { path: HISTORIES_PATH }),
};

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

async function playToRest(history: History): Promise<World> {
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

const timeout = 3_600_000;

describe('one way from Google', () => {
  const withoutLocalEdits = (history: History): History => ({
    ...history,
    mappings: DEFAULT_FIELD_MAPPINGS,
    contacts: [],
    steps: history.steps
      .filter(({ kind }) => !kind.startsWith('local_') && kind !== 'settings')
      .map((step) => (step.kind === 'pass' ? calm(step) : step)),
  });
  const calm = (pass: Pass): Pass => ({
    ...pass,
    getLagMin: 0,
    faults: pass.faults.filter(({ kind }) => kind !== 'local_edit' && kind !== 'settings'),
  });

  it('over any history, comes to Google’s values and writes nothing there', { timeout }, () =>
    fc.assert(
      fc.asyncProperty(anyHistory('from_provider').map(withoutLocalEdits), async (history) => {
        const { providerWrites } = await playToRest(history);
        expect(providerWrites).toEqual([]);
      }),
      settings,
    ),
  );
});
