/** What the histories found in which access ends, or an account is deleted and connected anew. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEFAULT_FIELD_MAPPINGS } from '../../sync/default-mappings.ts';
import type { History, Step } from './history.ts';
import { calmPass } from './plan-steps.ts';
import { playToRest } from './play-to-rest.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

const play = (history: Partial<History> & { steps: readonly Step[] }) =>
  playToRest(stage, {
    ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'both' },
    ...{ skewSeconds: 0, normalises: false, persons: [], contacts: [], ...history },
  });

it.each([true, false])(
  'lists that a deleted account left behind are the ones of its groups once it is connected anew (reading first: %s)',
  async (readsFirst) => {
    const world = await play({
      persons: [{ names: [{ givenName: 'Zoe' }], emailAddresses: [{ value: 'zoe@x.io' }] }],
      steps: [
        { kind: 'group_create', name: 'Crew' },
        { kind: 'group_member', at: 0, of: 1, isMember: true },
        calmPass,
        { kind: 'delete', records: 'keep' },
        { kind: 'connect_again', readsFirst, pass: calmPass },
      ],
    });
    expect((await world.listNames()).sort()).toEqual(['Crew', 'Starred']);
  },
);

it.each([11, 12, 13])(
  'whoever comes after a worker that died as it refreshed a token that Google no longer takes waits for its lease to end (it died at passage %i)',
  async (at) => {
    const faults = [
      { at: 8, kind: 'revoked' as const },
      { at, kind: 'crash_after' as const },
    ];
    const world = await play({ steps: [{ ...calmPass, faults }] });
    expect(world.google.live()).toHaveLength(1);
  },
);

it.each([true, false])(
  'a list that a deleted account left behind stays in Harmony where its group is called something else (reading first: %s)',
  async (readsFirst) => {
    const world = await play({
      steps: [
        { kind: 'group_create', name: 'Crew' },
        calmPass,
        { kind: 'delete', records: 'keep' },
        { kind: 'group_rename', at: 0, name: 'Band' },
        { kind: 'connect_again', readsFirst, pass: calmPass },
      ],
    });
    expect((await world.listNames()).sort()).toEqual(['Band', 'Crew', 'Starred']);
    expect([...world.groups.live.values()].map(({ name }) => name).sort()).toEqual(['Band', 'Starred']);
  },
);

it.each([31, 32, 33])(
  'a double of what the first sync of a new connection made goes, where its create came through late (held up at passage %i)',
  async (at) => {
    const faults = [
      { at, kind: 'held_up' as const },
      { at: 0, kind: 'frozen' as const },
    ];
    const world = await play({
      ...{ lists: 'none', contacts: [{ firstName: 'Ada' }] },
      steps: [
        { kind: 'delete', records: 'keep' },
        { kind: 'connect_again', readsFirst: false, pass: { ...calmPass, faults } },
      ],
    });
    expect(world.providerWrites.map(({ kind }) => kind)).toEqual(['create', 'create', 'remove']);
    expect(world.google.live()).toHaveLength(2);
  },
);
