/** Contacts that are made at Google anew, from what was there before, whatever becomes of the first try. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEFAULT_FIELD_MAPPINGS } from '../../sync/default-mappings.ts';
import type { Direction } from '../../sync/direction.ts';
import type { FaultKind } from './gate.ts';
import type { Pass, Step } from './history.ts';
import { calmPass } from './plan-steps.ts';
import { playToRest } from './play-to-rest.ts';
import { openStage, type Stage } from './stage.ts';
import { World } from './world.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

const zoe = {
  names: [{ givenName: 'Zoe', middleName: 'Augusta' }],
  nicknames: [{ value: 'Zo' }],
  phoneNumbers: [
    { value: '020 1', type: 'home' },
    { value: '020 2', type: 'work' },
  ],
  relations: [{ person: 'Byron', type: 'father' }],
  clientData: [{ key: 'crm', value: '7' }],
};

/** Whichever of the two Zoe is; the anchor stays. */
const both = (step: (at: number) => Step): Step[] => [step(0), step(1)];
const deleted = both((at) => ({ kind: 'local_delete', at }));
const restored = both((at) => ({ kind: 'local_restore', at }));
const edited = both((at) => ({ kind: 'local_edit', field: 'notes', value: 'Sings', at }));
const goneThere = both((at) => ({ kind: 'remote_delete', at }));
const failing = (kind: FaultKind): Pass => ({ ...calmPass, faults: [{ at: 0, kind, call: 'write' }] });
const comesBack = [calmPass, ...deleted, calmPass, ...restored];

it.each<[string, Step[]]>([
  ['restored in Harmony', [...comesBack, calmPass]],
  ['edited in Harmony while it was deleted there', [calmPass, ...goneThere, ...edited, calmPass]],
  ['edited again before it could be made', [...comesBack, failing('quota'), ...edited, calmPass]],
  [
    'deleted and restored once more before it could be made',
    [...comesBack, failing('quota'), ...deleted, calmPass, ...restored, calmPass],
  ],
  ['sent again, since the request was lost', [...comesBack, failing('lost_request')]],
  ['adopted, since the answer was lost', [...comesBack, failing('lost_answer')]],
])('a contact is there again with all that it had: %s', async (_, steps) => {
  const world = await playToRest(stage, {
    ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
    ...{ skewSeconds: 0, normalises: false, persons: [zoe], contacts: [], steps },
  });
  const others = world.google
    .live()
    .filter(({ names }) => JSON.stringify(names) !== '[{"givenName":"Anchor"}]');
  expect(others).toHaveLength(1);
  const [made] = others;
  const data = made?.clientData?.filter(({ key }) => key !== 'harmony-op');
  expect({ ...made, clientData: data }).toMatchObject(zoe);
});

it('who came back here and is not there again yet waits while the account has nobody in it, and gets there after that', async () => {
  const few = [0, 1, 2];
  const world = await playToRest(stage, {
    ...{ direction: 'both', policy: 'newest', lists: 'none', skewSeconds: 0, normalises: false },
    mappings: [{ field: 'email', path: 'emailAddresses.value', direction: 'both' }],
    ...{ persons: [{ emailAddresses: [{ value: 'c@x.io' }] }], contacts: [{ email: 'a@x.io' }] },
    steps: [
      ...[calmPass, ...few.map((at) => ({ kind: 'local_delete' as const, at })), calmPass],
      ...few.map((at) => ({ kind: 'local_restore' as const, at })),
      { ...calmPass, faults: [{ at: 0, kind: 'unavailable', call: 'write' }] },
      ...[3, 4].map((at) => ({ kind: 'remote_delete' as const, at })),
    ],
  });
  expect(world.google.live().flatMap(({ emailAddresses }) => emailAddresses ?? [])).toContainEqual({
    value: 'c@x.io',
  });
});
it('a contact that was restored at Google before its delete got here can be deleted in Harmony, the first time as well', async () => {
  const many = Array.from({ length: 12 }, (_, index) => ({ names: [{ givenName: `Zoe ${index}` }] }));
  const all = (step: (at: number) => Step): Step[] => many.map((_, index) => step(index + 1));
  const world = await playToRest(stage, {
    ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
    ...{ skewSeconds: 0, normalises: false, persons: many, contacts: [] },
    steps: [
      // So many at once have the run parked, so that nothing is archived meanwhile.
      ...[calmPass, ...all((at) => ({ kind: 'remote_delete', at })), calmPass],
      ...[...all((at) => ({ kind: 'remote_restore', at })), calmPass],
      ...[{ kind: 'local_delete' as const, at: 1 }, calmPass],
    ],
  });
  expect(world.google.live()).toHaveLength(many.length);
});

it.each<[Direction, Step[], string | null]>([
  ['both', [...goneThere, ...edited, failing('forbidden')], 'Sings'],
  ['from_provider', [...goneThere, ...edited, calmPass], null],
])(
  '%s: one that was deleted at Google, edited in Harmony and restored at Google is the same contact as before',
  async (direction, steps, notes) => {
    const back: Step = { kind: 'remote_restore', at: 1 };
    const world = await playToRest(stage, {
      ...{ direction, mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
      ...{ skewSeconds: 0, normalises: false, contacts: [], persons: [{ names: [{ givenName: 'Zoe' }] }] },
      steps: [calmPass, ...steps, back, calmPass],
    });
    expect(world.google.live()).toHaveLength(2);
    const zoes = await stage.sql`
      select notes from contacts c join integrations i on i.user_id = c.user_id
      where i.id = ${world.integrationId} and first_name = 'Zoe'`;
    expect(zoes).toEqual([{ notes }]);
  },
);

it.each(['keep', 'delete'] as const)(
  'one that Google refused to make anew is made once that is mended, also of a former connection (%s its records)',
  async (records) => {
    const edit = (value: string) =>
      [0, 1, 2].map((at): Step => ({ kind: 'local_edit', field: 'notes', value, at }));
    const world = await World.open(stage, {
      ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
      ...{ skewSeconds: 0, normalises: false, contacts: [], steps: [] },
      persons: [{ names: [{ givenName: 'Zoe' }], emailAddresses: [{ value: 'zoe@x.io' }] }],
    });
    const again: Step = { kind: 'connect_again', readsFirst: false, pass: calmPass };
    await world.play([calmPass, { kind: 'delete', records }, again, ...goneThere, ...edit('Sings')]);
    world.refusals.refusing.set('create', 'invalid_request');
    await world.play([calmPass]);
    world.refusals.refusing.clear();
    await world.play([...edit('Dances'), calmPass]);
    expect(JSON.stringify(world.google.live())).toContain('zoe@x.io');
    await world.rest();
  },
);

it('one that is restored at Google while it is looked for whether it was made there anew is not made a second time', async () => {
  const wait: Step[] = Array.from({ length: 12 }, () => ({ kind: 'tokens_expire' }));
  const world = await playToRest(stage, {
    ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
    ...{ skewSeconds: 0, normalises: false, contacts: [], persons: [{ names: [{ givenName: 'Zoe' }] }] },
    steps: [
      ...[calmPass, goneThere[1] as Step, edited[1] as Step, failing('lost_request'), ...wait],
      // Seen a minute before the create counts as lost, and tied once no listing lags behind that.
      ...[{ kind: 'remote_restore' as const, at: 1 }, calmPass, { kind: 'tokens_expire' as const }, calmPass],
    ],
  });
  const names = world.google.live().map(({ resourceName }) => resourceName);
  expect(names).toEqual(['people/anchor', 'people/c1']);
  const zoes = await stage.sql`
    select notes from contacts c join integrations i on i.user_id = c.user_id
    where i.id = ${world.integrationId} and first_name = 'Zoe'`;
  expect(zoes).toEqual([{ notes: 'Sings' }]);
});

const restoring = (at: number): Step => ({ kind: 'local_restore', at });
const listsLag: Pass = { ...calmPass, lagsMin: [5] };
it.each<[string, Step[], string]>([
  [
    'while the delete was on its way to Google, is made there anew',
    [{ ...calmPass, faults: [{ at: 0, kind: 'local_restore', call: 'write' }] }],
    'people/c2',
  ],
  [
    'while it was read whether the contact is still there, which no read showed yet, is not deleted there',
    [{ ...calmPass, getLagMin: 5, faults: [{ at: 0, kind: 'local_restore' }] }],
    'people/c1',
  ],
  [
    'before a listing showed that the one that was deleted had another name by then, is made there anew',
    [{ kind: 'remote_rename', at: 1 }, listsLag, restoring(1), listsLag],
    'people/c2',
  ],
])('who was deleted in Harmony, and restored %s', async (_, steps, name) => {
  const world = await playToRest(stage, {
    ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
    ...{ skewSeconds: 0, normalises: false, persons: [zoe], contacts: [] },
    steps: [calmPass, deleted[1] as Step, ...steps],
  });
  expect(world.google.live()).toEqual([
    expect.objectContaining({ resourceName: 'people/anchor' }),
    expect.objectContaining({ resourceName: name, nicknames: [{ value: 'Zo' }] }),
  ]);
  expect(
    await stage.sql`
      select l.remote_id, c.archived_at from contacts c join contact_links l on l.contact_id = c.id
      where l.integration_id = ${world.integrationId} and c.first_name = 'Zoe'`,
  ).toEqual([{ remote_id: name, archived_at: null }]);
});

it('to Google: who was left there since somebody had edited them before their delete got there is the same contact once it is restored', async () => {
  const world = await playToRest(stage, {
    ...{ direction: 'to_provider', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
    ...{ skewSeconds: 0, normalises: false, persons: [], contacts: [{ firstName: 'Cy', notes: 'Sings' }] },
    steps: [
      ...[calmPass, { kind: 'remote_edit' as const, at: 1, field: 'firstName' as const, value: 'Cyd' }],
      ...[...deleted, calmPass, ...restored, restoring(2), calmPass],
    ],
  });
  const [, ...others] = world.google.live();
  expect(others).toMatchObject([{ resourceName: 'people/c1', names: [{ givenName: 'Cy' }] }]);
  expect(others).toHaveLength(1);
  expect(
    await stage.sql`
      select field, remote_value, winner from contact_conflicts where integration_id = ${world.integrationId}`,
  ).toEqual([{ field: 'firstName', remote_value: 'Cyd', winner: 'harmony' }]);
});

it.each<[Direction, string]>([
  ['both', 'came in on its own'],
  ['to_provider', 'stayed at Google on its own'],
])(
  '%s: who is restored beside a double that %s while they lay in the archive is there beside it',
  async (direction) => {
    const world = await playToRest(stage, {
      ...{ direction, mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
      ...{ skewSeconds: 0, normalises: false, persons: [], contacts: [{ firstName: 'Ada' }] },
      steps: [
        ...[
          failing('frozen'),
          { kind: 'remote_sibling' as const, at: 2, what: 'relation' as const },
          calmPass,
        ],
        ...[...deleted, calmPass, ...restored, restoring(2), calmPass],
      ],
    });
    const [, ...others] = world.google.live();
    expect(others).toMatchObject([
      { names: [{ givenName: 'Ada' }], relations: expect.anything() },
      { names: [{ givenName: 'Ada' }] },
    ]);
  },
);

it.each<[string, Step[], Step[]]>([
  ['restored in Harmony', [...deleted, calmPass], restored],
  ['edited in Harmony while it was deleted there', goneThere, edited],
])(
  'whoever is made anew while Google takes nobody in keeps what only Google had: %s',
  async (_, gone, back) => {
    const world = await World.open(stage, {
      ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
      ...{ skewSeconds: 0, normalises: false, persons: [zoe], contacts: [], steps: [] },
    });
    await world.play([calmPass, ...gone]);
    world.refusals.refusing.set('create', 'invalid_request');
    await world.play([...back, calmPass]);
    expect(world.refusals.refused).toEqual(['create', 'create']);
    world.refusals.refusing.clear();
    await world.play([
      ...both((at) => ({ kind: 'local_edit', field: 'notes', value: 'Dances', at })),
      calmPass,
    ]);
    await world.rest();
    const { clientData: _data, ...kept } = zoe;
    expect(world.google.live().filter(({ names }) => JSON.stringify(names).includes('Zoe'))).toMatchObject([
      kept,
    ]);
  },
);

it('whoever could not be made anew, and is restored at Google then, is the same contact as before', async () => {
  const world = await World.open(stage, {
    ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
    ...{ skewSeconds: 0, normalises: false, persons: [{ names: [{ givenName: 'Zoe' }] }], contacts: [] },
    steps: [],
  });
  await world.play([calmPass, ...goneThere, ...edited]);
  world.refusals.refusing.set('create', 'invalid_request');
  await world.play([calmPass]);
  world.refusals.refusing.clear();
  await world.play([{ kind: 'remote_restore', at: 1 }, calmPass]);
  await world.rest();
  const zoes = await stage.sql`
    select notes from contacts c join integrations i on i.user_id = c.user_id
    where i.id = ${world.integrationId} and first_name = 'Zoe'`;
  expect(zoes).toEqual([{ notes: 'Sings' }]);
});
