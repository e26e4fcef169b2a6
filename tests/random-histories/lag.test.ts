/** Listings and reads that lag behind, as Google's do for minutes after a write. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEFAULT_FIELD_MAPPINGS } from '../../sync/default-mappings.ts';
import type { Pass } from './history.ts';
import { calmPass } from './plan-steps.ts';
import { openStage, type Stage } from './stage.ts';
import { World } from './world.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

/** For contacts at Google from that one on. */
const laggingFrom = (index: number): Pass => ({
  ...{ ...calmPass, full: true, getLagMin: 5 },
  lagsMin: [...Array<number>(index).fill(0), 14],
});
const gone = async () =>
  (await stage.sql`select first_name from contacts where archived_at is not null`).map(
    (row) => row.first_name,
  );

it.each([
  ['one of its contacts', laggingFrom(1), ['Zoe']],
  ['the whole account', laggingFrom(0), []],
])(
  'from Google: %s that a listing and a read did not show yet is back as it was with the next listing',
  async (_, lagging, archived) => {
    const world = await World.open(stage, {
      ...{ direction: 'from_provider', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
      ...{ skewSeconds: 0, normalises: false, contacts: [], steps: [] },
      persons: [{ names: [{ givenName: 'Zoe' }] }],
    });
    await world.play([calmPass, lagging]);
    expect(await gone()).toEqual(archived);
    await world.play([calmPass]);
    expect(await gone()).toEqual([]);
    await world.rest();
  },
);
