/** Random histories against the real engine, on a real Postgres, with time that moves only when they say so. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEFAULT_FIELD_MAPPINGS } from '../../sync/default-mappings.ts';
import { calmPass } from './plan-steps.ts';
import { playMany, timeout } from './play-many.ts';
import { playToRest } from './play-to-rest.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

it(
  'both ways, and through every change of direction: every invariant of two-way contacts holds',
  {
    timeout,
  },
  () => playMany(stage, { direction: 'both', count: 1000 }),
);

it('a create that comes through after it was taken for lost leaves no double', async () => {
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

it.each([0, 1, 2, 3, 4, 6, 9])(
  'a create is made once where its attempt was taken for dead right before it, and goes on after %i passages of the next one',
  async (passages) => {
    const faults = [
      { at: 0, kind: 'stalled_before' as const, call: 'write' as const, turns: [passages, 1, 1, 1] },
    ];
    const pass = { kind: 'pass' as const, full: false, pageSize: 100, lagsMin: [0], getLagMin: 0, faults };
    const world = await playToRest(stage, {
      ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
      ...{ skewSeconds: 0, normalises: false, persons: [], contacts: [{ firstName: 'Ada' }], steps: [pass] },
    });
    expect(world.providerWrites.map(({ kind }) => kind)).toEqual(['create']);
  },
);

it.each(['relation', 'phone_label'] as const)(
  'a double of a create in which somebody has edited a %s is left to a person',
  async (what) => {
    const faults = [{ at: 0, kind: 'frozen' as const }];
    const pass = { kind: 'pass' as const, full: false, pageSize: 100, lagsMin: [0], getLagMin: 0, faults };
    const world = await playToRest(stage, {
      ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
      ...{ skewSeconds: 0, normalises: false, persons: [], contacts: [{ firstName: 'Ada', phone: '030 1' }] },
      // The double came last.
      steps: [pass, { kind: 'remote_sibling', at: 2, what }],
    });
    expect(world.providerWrites.map(({ kind }) => kind)).toEqual(['create', 'create']);
  },
);

it('a contact goes though its double, which somebody has edited, is left to a person', async () => {
  const frozen = { ...calmPass, faults: [{ at: 0, kind: 'frozen' as const }] };
  const world = await playToRest(stage, {
    ...{ direction: 'to_provider', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
    ...{ skewSeconds: 0, normalises: false, persons: [], contacts: [{ firstName: 'Ada' }] },
    steps: [
      frozen,
      ...[1, 2].map((at) => ({ kind: 'remote_sibling' as const, at, what: 'relation' as const })),
      ...[calmPass, { kind: 'local_delete' as const, at: 0 }, calmPass],
    ],
  });
  expect(world.providerWrites.map(({ kind }) => kind)).toEqual(['create', 'create', 'remove']);
});

it('a contact that is matched, and deleted at Google before what only Harmony knows of it got there, is made there again', async () => {
  const faults = [{ at: 0, kind: 'remote_delete' as const }];
  const pass = { kind: 'pass' as const, full: false, pageSize: 100, lagsMin: [0], getLagMin: 0, faults };
  const world = await playToRest(stage, {
    ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
    ...{ skewSeconds: 0, normalises: false, steps: [pass] },
    persons: [{ emailAddresses: [{ value: 'zoe@x.io' }] }],
    contacts: [{ firstName: 'Zoe', email: 'zoe@x.io' }],
  });
  expect(world.providerWrites.map(({ kind }) => kind)).toEqual(['create']);
  expect(world.google.live().map(({ names }) => names)).toEqual([
    [{ givenName: 'Anchor' }],
    [{ givenName: 'Zoe' }],
  ]);
});

it('who is matched by a second address keeps both, and is not written to', async () => {
  const emailAddresses = [
    { value: 'ada@home.io', type: 'home' },
    { value: 'ada@work.io', type: 'work' },
  ];
  const world = await playToRest(stage, {
    ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
    ...{ skewSeconds: 0, normalises: false, persons: [{ emailAddresses }] },
    ...{ contacts: [{ email: 'ada@work.io' }], steps: [calmPass] },
  });
  expect(world.providerWrites).toEqual([]);
  expect(world.google.live()).toContainEqual(expect.objectContaining({ emailAddresses }));
  expect(await stage.sql`select email from contacts where email like 'ada%'`).toEqual([
    { email: 'ada@work.io' },
  ]);
});
