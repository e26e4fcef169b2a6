/** Random histories against the real engine, on a real Postgres, with time that moves only when they say so. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DEFAULT_FIELD_MAPPINGS } from '../../sync/default-mappings.ts';
import type { Direction } from '../../sync/direction.ts';
import { InvariantBroken } from '../../sync/model-oracle.test-support.ts';
import { anyHistory, type History } from './history.ts';
import { openStage, type Stage } from './stage.ts';
import { World } from './world.ts';

vi.mock('@temporalio/workflow', async (original) => ({
  ...(await original<object>()),
  ...(await import('./workflow-runtime.ts')).workflowShim,
}));
// Search follows rows at its own pace, which no seed could repeat.
vi.mock('../../activities/search/index-soon.ts', () => ({ indexSoon: () => {} }));

/** The same few with every change; `npm run test:histories` tries others. */
const { HISTORIES = '15', HISTORIES_SECONDS, HISTORIES_SEED = '31', HISTORIES_PATH } = process.env;
const settings: fc.Parameters<unknown> = {
  numRuns: Number(HISTORIES),
  ...(HISTORIES_SECONDS === undefined ? {} : { interruptAfterTimeLimit: Number(HISTORIES_SECONDS) * 1000 }),
  seed: Number(HISTORIES_SEED),
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

const overHistories = (direction: Direction, judge: (world: World) => void = () => {}) =>
  fc.assert(
    fc.asyncProperty(anyHistory(direction), async (history) => {
      judge(await playToRest(history));
    }),
    settings,
  );

const timeout = 3_600_000;

describe('random histories keep the invariants of two-way contacts', () => {
  it('both ways, and through every change of direction', { timeout }, () => overHistories('both'));

  it('a create that comes through after it was taken for lost leaves no double', { timeout }, async () => {
    const faults = [{ at: 0, kind: 'frozen' as const }];
    const pass = { kind: 'pass' as const, full: false, pageSize: 100, lagsMin: [0], getLagMin: 0, faults };
    const world = await playToRest({
      ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', skewSeconds: 0 },
      ...{ normalises: false, persons: [], contacts: [{ firstName: 'Ada' }], steps: [pass] },
    });
    expect(world.providerWrites.map(({ kind }) => kind)).toEqual(['create', 'create', 'remove']);
    expect(world.google.live().map(({ names }) => names)).toEqual([
      [{ givenName: 'Anchor' }],
      [{ givenName: 'Ada' }],
    ]);
  });

  it('one way from Google: nothing is ever written there', { timeout }, () =>
    overHistories('from_provider', ({ providerWrites }) => expect(providerWrites).toEqual([])),
  );

  it('one way to Google: no value of Harmony ever changes', { timeout }, () => overHistories('to_provider'));
});
