/** Random histories against the real engine, on a real Postgres, with time that moves only when they say so. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DEFAULT_FIELD_MAPPINGS } from '../../sync/default-mappings.ts';
import type { Direction } from '../../sync/direction.ts';
import { anyHistory } from './history.ts';
import { playToRest } from './play-to-rest.ts';
import { openStage, type Stage } from './stage.ts';
import type { World } from './world.ts';

vi.mock('@temporalio/workflow', async (original) => ({
  ...(await original<object>()),
  ...(await import('./workflow-runtime.ts')).workflowShim,
}));
// Search follows rows at its own pace, which no seed could repeat.
vi.mock('../../activities/search/index-soon.ts', () => ({ indexSoon: () => {} }));

/** The same few with every change; `npm run test:histories` tries others. */
const { HISTORIES = '30', HISTORIES_SECONDS, HISTORIES_SEED = '31', HISTORIES_PATH } = process.env;
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

const overHistories = (direction: Direction, judge: (world: World) => void = () => {}) =>
  fc.assert(
    fc.asyncProperty(anyHistory(direction), async (history) => {
      judge(await playToRest(stage, history));
    }),
    settings,
  );

const timeout = 3_600_000;

describe('random histories keep the invariants of two-way contacts', () => {
  it('both ways, and through every change of direction', { timeout }, () => overHistories('both'));

  it('a create that comes through after it was taken for lost leaves no double', { timeout }, async () => {
    const faults = [{ at: 0, kind: 'frozen' as const }];
    const pass = { kind: 'pass' as const, full: false, pageSize: 100, lagsMin: [0], getLagMin: 0, faults };
    const world = await playToRest(stage, {
      ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
      ...{ skewSeconds: 0 },
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
