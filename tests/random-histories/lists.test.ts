/** Single histories of lists and memberships that once broke an invariant, or nearly did. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_FIELD_MAPPINGS } from '../../sync/default-mappings.ts';
import type { EffectiveDirection } from '../../sync/direction.ts';
import { groupsOf } from '../../sync/person.ts';
import type { History, ListStep, Pass, Step } from './history.ts';
import { STARRED } from './model-groups.ts';
import { calmPass } from './plan-steps.ts';
import { playToRest } from './play-to-rest.ts';
import { openStage, type Stage } from './stage.ts';
import { World } from './world.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

const pass: Pass = {
  ...{ kind: 'pass', full: false, pageSize: 100, lagsMin: [0], getLagMin: 0, faults: [] },
};

function history(lists: EffectiveDirection, steps: readonly Step[]): History {
  return {
    ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists },
    ...{ skewSeconds: 0, normalises: false, contacts: [], steps },
    persons: [{ names: [{ givenName: 'Ada' }] }],
  };
}

/** Each seen by a pass of its own. */
const onePassEach = (steps: readonly ListStep[]): Step[] => steps.flatMap((step) => [step, pass]);

it('to Google only: groups feed no list, and names and members that change there are set back', async () => {
  const world = await playToRest(
    stage,
    history('to_provider', [
      pass,
      ...onePassEach([
        { kind: 'group_create', name: 'Choir' },
        { kind: 'list_create', name: 'Crew' },
        { kind: 'list_member', at: 0, of: 1, isMember: true },
        { kind: 'group_member', at: 2, of: 1, isMember: false },
        { kind: 'group_member', at: 2, of: 0, isMember: true },
        { kind: 'group_rename', at: 1, name: 'Band' },
      ]),
    ]),
  );
  expect([...world.groups.live.values()].map(({ name }) => name)).toEqual(['Starred', 'Choir', 'Crew']);
  expect((await world.listNames()).sort()).toEqual(['Crew']);
});

it.each([
  ...(['harmony', 'provider'] as const).map((winner) => ({ lists: 'both' as const, policy: winner, winner })),
  { lists: 'from_provider' as const, policy: 'newest' as const, winner: 'provider' as const },
  { lists: 'to_provider' as const, policy: 'newest' as const, winner: 'harmony' as const },
])(
  '$lists, $policy: a name of a list that gives way is told, with the other one',
  async ({ winner, ...settings }) => {
    const made: ListStep =
      settings.lists === 'from_provider'
        ? { kind: 'group_create', name: 'Crew' }
        : { kind: 'list_create', name: 'Crew' };
    const world = await playToRest(stage, {
      ...history(settings.lists, [
        ...onePassEach([made]),
        { kind: 'list_rename', at: 0, name: 'Band' },
        { kind: 'group_rename', at: 0, name: 'Choir' },
        pass,
      ]),
      ...settings,
    });
    const name = winner === 'harmony' ? 'Band' : 'Choir';
    expect(await world.listNames()).toContain(name);
    expect([...world.groups.live.values()].map((group) => group.name)).toContain(name);
    expect(
      await stage.sql`
      select winner, local_value, remote_value, base_local, has_base, resolved_at, list_id is not null as told
      from contact_conflicts where kind = 'list_name'
        and integration_id = (select id from integrations order by created_at desc limit 1)`,
    ).toEqual([
      {
        ...{ winner, local_value: 'Band', remote_value: 'Choir', base_local: 'Crew', has_base: true },
        ...{ resolved_at: null, told: true },
      },
    ]);
  },
);

it('a list that was renamed and deleted, while its group was renamed: its name is told as it comes back', async () => {
  await playToRest(
    stage,
    history('both', [
      ...onePassEach([{ kind: 'list_create', name: 'Crew' }]),
      { kind: 'list_rename', at: 0, name: 'Band' },
      { kind: 'list_archive', at: 0 },
      { kind: 'group_rename', at: 0, name: 'Choir' },
    ]),
  );
  const told = await stage.sql`
    select local_value from contact_conflicts where kind = 'list_name'
      and integration_id = (select id from integrations order by created_at desc limit 1)`;
  expect(told).toEqual([{ local_value: 'Band' }]);
});

it('from Google only: nothing is written there, and lists go back to what it has', async () => {
  const world = await playToRest(
    stage,
    history('from_provider', [
      ...onePassEach([
        { kind: 'group_create', name: 'Choir' },
        { kind: 'list_rename', at: 0, name: 'Crew' },
        { kind: 'list_member', at: 1, of: 1, isMember: true },
        { kind: 'group_member', at: 1, of: 0, isMember: true },
      ]),
    ]),
  );
  expect(world.groups.writes).toEqual([]);
  expect((await world.listNames()).sort()).toEqual(['Choir', 'Starred']);
});

it('both ways: a group that a contact joined there counts here, too, where a write was the first to see it', async () => {
  await playToRest(
    stage,
    history('both', [
      pass,
      { kind: 'group_member', at: 0, of: 1, isMember: true },
      { kind: 'local_edit', field: 'website', value: 'https://a.io', at: 1 },
      { ...pass, lagsMin: [14] },
    ]),
  );
  expect(
    await stage.sql`
    select c.first_name from contact_list_members m join contacts c on c.id = m.contact_id
      join contact_lists l on l.id = m.list_id
    where l.name = 'Starred' and c.website = 'https://a.io'`,
  ).toEqual([{ first_name: 'Ada' }]);
});

it('both ways: the change feed tells of who is labelled at Google, and of whose label goes there', async () => {
  const world = await World.open(stage, history('both', [pass]));
  await world.play([{ kind: 'group_create', name: 'Choir' }, pass]);
  const told = async () =>
    (
      await stage.sql`
        select count(*)::int as times from changes where record_ids && array(
          select contact_id from contact_links where integration_id = ${world.integrationId} and remote_id = 'people/c1')`
    )[0]?.times;
  const label = (isMember: boolean): ListStep => ({ kind: 'group_member', at: 1, of: 1, isMember });
  const before = await told();
  await world.play([label(true), pass]);
  expect(await told()).toBe(before + 1);
  await world.play([label(false), pass]);
  expect(await told()).toBe(before + 2);
  await world.rest();
});

it('not mapped: neither side gets lists or members of the other', async () => {
  const world = await playToRest(
    stage,
    history('none', [
      ...onePassEach([
        { kind: 'group_create', name: 'Choir' },
        { kind: 'list_create', name: 'Crew' },
        { kind: 'group_member', at: 1, of: 0, isMember: true },
      ]),
    ]),
  );
  expect(world.groups.writes).toEqual([]);
  expect(await world.listNames()).toEqual(['Crew']);
});

it('both ways: a contact that is matched with one that is here joins the lists of its groups', async () => {
  const world = await playToRest(stage, {
    ...history('both', [
      { kind: 'group_create', name: 'Choir' },
      { kind: 'group_member', at: 1, of: 1, isMember: true },
    ]),
    contacts: [{ firstName: 'Ada', email: 'ada@example.com' }],
    persons: [{ names: [{ givenName: 'Ada' }], emailAddresses: [{ value: 'ada@example.com' }] }],
  });
  expect(await world.listNames()).toContain('Choir');
});

it('both ways: a contact that was deleted at Google and is made there again keeps its lists', async () => {
  const world = await playToRest(
    stage,
    history('both', [
      { kind: 'group_create', name: 'Choir' },
      { kind: 'group_member', at: 1, of: 1, isMember: true },
      pass,
      { kind: 'remote_delete', at: 1 },
      { kind: 'local_edit', at: 1, field: 'notes', value: 'Sings' },
      pass,
    ]),
  );
  const again = world.google.live().find(({ names }) => JSON.stringify(names).includes('Ada'));
  expect(again && groupsOf(again)).toHaveLength(1);
});

it.each<[string, Pass]>([
  ['made', calmPass],
  [
    'adopted, since the answer was lost',
    { ...calmPass, faults: [{ at: 0, kind: 'lost_answer', call: 'write' }] },
  ],
])(
  'both ways: who was just put on a list, and is deleted at Google and made there again before that is read back, stays on it: %s',
  async (_, made) => {
    const steps: Step[] = [
      ...[{ kind: 'group_create' as const, name: 'Choir' }, pass],
      ...[{ kind: 'list_member' as const, at: 0, of: 1, isMember: true }, pass],
      { kind: 'remote_delete', at: 1 },
      { kind: 'local_edit', at: 1, field: 'notes', value: 'Sings' },
      { kind: 'make_plan' },
      made,
    ];
    const { google } = await playToRest(stage, history('both', steps));
    const again = google.live().find(({ names }) => JSON.stringify(names).includes('Ada'));
    expect(again && groupsOf(again)).toHaveLength(1);
  },
);

it.each<[string, Step[]]>([
  ['restored', [{ kind: 'local_delete', at: 1 }, pass, { kind: 'local_restore', at: 1 }]],
  [
    'edited here while it was deleted there',
    [
      { kind: 'remote_delete', at: 1 },
      { kind: 'local_edit', at: 1, field: 'notes', value: 'Sings' },
    ],
  ],
])(
  'both ways: a contact that is made anew while its list is in the archive is still on it: %s',
  async (_, gone) => {
    const made: Step[] = [
      { kind: 'group_create', name: 'Choir' },
      { kind: 'group_member', at: 1, of: 1, isMember: true },
      pass,
      ...gone,
      { kind: 'list_archive', at: 0 },
    ];
    const members = ({ integrationId }: World) => stage.sql`
    select 1 from contact_list_members m join contact_lists l on l.id = m.list_id
      join contacts c on c.id = m.contact_id join integrations i on i.user_id = c.user_id
    where c.first_name = 'Ada' and i.id = ${integrationId}`;
    const comesBack: Step[][] = [
      // Its group is made anew.
      [pass, { kind: 'list_restore', at: 0 }],
      // Its group stays, as somebody renamed it.
      [{ kind: 'group_rename', at: 0, name: 'Band' }, pass],
    ];
    for (const steps of comesBack) {
      const world = await playToRest(stage, history('both', [...made, ...steps]));
      expect(await members(world)).toHaveLength(1);
    }
  },
);

it.each([[[]], [[{ kind: 'days_pass', days: 1 }]]] as Step[][][])(
  'both ways: whom a person puts on a list while lists are off is on it once they are on, though taken off it shortly before (%j)',
  async (later) => {
    const isMember = (on: boolean): Step => ({ kind: 'list_member', at: 0, of: 1, isMember: on });
    const flow = (lists: EffectiveDirection): Step => ({ kind: 'objects', own: true, lists });
    const world = await playToRest(
      stage,
      history('both', [
        { kind: 'group_create', name: 'Choir' },
        { kind: 'group_member', at: 1, of: 1, isMember: true },
        ...[pass, isMember(false), pass],
        ...[flow('none'), pass, isMember(true), pass, ...later],
        ...[flow('both'), pass],
      ]),
    );
    expect(world.google.live().flatMap(groupsOf)).toHaveLength(1);
  },
);

it('both ways: a list and the group of its name that is written in another way end with one name', async () => {
  const world = await playToRest(
    stage,
    history(
      'both',
      onePassEach([
        { kind: 'group_create', name: 'crew' },
        { kind: 'list_create', name: 'Crew' },
      ]),
    ),
  );
  expect(world.groups.live.size).toBe(2);
});

it('to Google only: a group that was renamed there stays, untied, when its list is archived', async () => {
  const world = await playToRest(stage, {
    ...history('both', [
      { kind: 'list_create', name: 'Crew' },
      pass,
      { kind: 'group_rename', at: 0, name: 'Band' },
      { kind: 'list_archive', at: 0 },
    ]),
    direction: 'to_provider',
  });
  expect([...world.groups.live.values()].map(({ name }) => name)).toEqual(['Starred', 'Band']);
  expect(await world.listNames()).toEqual([]);
});

it('to Google only: a list that a group fed before stays, though another one of its name is made here', async () => {
  const onlyThere: Step = {
    kind: 'settings',
    direction: 'to_provider',
    mappings: [...DEFAULT_FIELD_MAPPINGS],
  };
  const steps: Step[] = [{ kind: 'group_create', name: 'Crew' }, pass, onlyThere, pass];
  const world = await playToRest(stage, history('both', [...steps, { kind: 'list_create', name: 'Crew' }]));
  expect((await world.listNames()).sort()).toEqual(['Crew', 'Crew', 'Starred']);
});

it('to Google only: a list that is given the name of another group is told to a person until one of both has another', async () => {
  const taken: Step[] = [
    { kind: 'list_create', name: 'Crew' },
    pass,
    { kind: 'group_create', name: 'band' },
    { kind: 'list_rename', at: 0, name: 'Band' },
  ];
  const play = async (steps: Step[]) => {
    const world = await playToRest(stage, { ...history('both', steps), direction: 'to_provider' });
    return [...world.groups.live.values()].map(({ name }) => name);
  };
  expect(await play(taken)).toEqual(['Starred', 'Crew', 'band']);
  expect(await play([...taken, pass, { kind: 'group_rename', at: 1, name: 'Choir' }])).toEqual([
    'Starred',
    'Band',
    'Choir',
  ]);
});

it('a name at Google that was to give way, and did not, as another group has the new one, is not told to have', async () => {
  const world = await World.open(stage, { ...history('both', []), policy: 'harmony' });
  const told = () => stage.sql`
    select kind, remote_value, resolved_at is null as open from contact_conflicts
    where integration_id = ${world.integrationId} order by kind`;
  await world.play([
    ...onePassEach([{ kind: 'list_create', name: 'Crew' }]),
    { kind: 'group_create', name: 'band' },
    { kind: 'list_rename', at: 0, name: 'Band' },
    { kind: 'group_rename', at: 0, name: 'Choir' },
    pass,
  ]);
  expect(await told()).toEqual([{ kind: 'list_name_taken', remote_value: 'Choir', open: true }]);
  await world.play([{ kind: 'group_rename', at: 1, name: 'Duo' }, { kind: 'days_pass', days: 1 }, pass]);
  expect(await told()).toEqual([
    { kind: 'list_name', remote_value: 'Choir', open: true },
    { kind: 'list_name_taken', remote_value: 'Choir', open: false },
  ]);
});

it('a name that Google takes in no form is told to a person until the list has another', async () => {
  const world = await World.open(stage, history('both', []));
  const told = () => stage.sql`
    select kind, local_value, resolved_at is null as open from contact_conflicts
    where integration_id = ${world.integrationId}`;
  world.groups.refusingNames.add('Crew');
  await world.play([{ kind: 'list_create', name: 'Crew' }, pass, pass]);
  expect(await told()).toEqual([{ kind: 'list_refused', local_value: 'Crew', open: true }]);
  await world.play([{ kind: 'list_rename', at: 0, name: 'Band' }, pass]);
  expect(await told()).toEqual([{ kind: 'list_refused', local_value: 'Crew', open: false }]);
  expect([...world.groups.live.values()].map(({ name }) => name)).toEqual(['Starred', 'Band']);
  await world.rest();
});

it('a name that another group has is asked about no more while lists are off, and again once they are on', async () => {
  const world = await World.open(stage, { ...history('both', []), direction: 'to_provider' });
  const flow = (lists: EffectiveDirection): Step => ({ kind: 'objects', own: true, lists });
  const isOpen = async () =>
    (
      await stage.sql`
        select resolved_at is null as open from contact_conflicts
        where integration_id = ${world.integrationId} and kind = 'list_name_taken'`
    ).map(({ open }) => open);
  await world.play([
    { kind: 'list_create', name: 'Crew' },
    pass,
    { kind: 'group_create', name: 'band' },
    { kind: 'list_rename', at: 0, name: 'Band' },
    ...[pass, flow('none'), pass],
  ]);
  expect(await isOpen()).toEqual([false]);
  await world.play([flow('both'), pass]);
  expect(await isOpen()).toEqual([true]);
});

/** Bo is put on a list and goes before that is carried over, so that the edit outlives the link that it was noted under. */
const goesWithAnEdit = (...gone: Step[]): Step[] => [
  { kind: 'list_create', name: 'Crew' },
  { kind: 'local_create', fields: { firstName: 'Bo' } },
  pass,
  { kind: 'list_member', at: 0, of: 0, isMember: true },
  ...gone,
  pass,
];

it.each<[string, Step[]]>([
  ['deleted at Google, and made there again', [{ kind: 'remote_delete', at: 1 }]],
  [
    'archived in Harmony, and restored',
    [{ kind: 'local_delete', at: 0 }, pass, { kind: 'local_restore', at: 0 }],
  ],
])('a membership waits for a contact that went before it was carried over: %s', async (_, gone) => {
  const world = await playToRest(stage, {
    ...history('to_provider', goesWithAnEdit(...gone)),
    direction: 'to_provider',
    persons: [],
  });
  const bo = world.google.live().find(({ names }) => JSON.stringify(names).includes('Bo'));
  expect(world.google.names()).toHaveLength(3);
  expect(bo && groupsOf(bo)).toHaveLength(1);
});

it('to Google only: a list whose group was deleted takes another one of its name, and nobody is told that the name is taken', async () => {
  const steps: Step[] = [
    { kind: 'list_create', name: 'Crew' },
    pass,
    { kind: 'group_delete', at: 0 },
    pass,
    { kind: 'group_create', name: 'Crew' },
  ];
  const world = await playToRest(stage, { ...history('both', steps), direction: 'to_provider', persons: [] });
  const links = await stage.sql`
    select tombstoned_at is not null as gone from list_links
    where integration_id = ${world.integrationId} and list_id is not null`;
  expect(links).toEqual([{ gone: false }]);
});

it('both ways: whom a person took off a list leaves its group, though another list took up that group and list before', async () => {
  const world = await playToRest(
    stage,
    history('both', [
      { kind: 'group_create', name: 'Crew' },
      { kind: 'group_member', at: 1, of: 1, isMember: true },
      pass,
      // The one that Google's group feeds comes first.
      { kind: 'list_member', at: 0, of: 1, isMember: false },
      { kind: 'list_create', name: 'Crew' },
      pass,
    ]),
  );
  const ada = world.google.live().find(({ names }) => JSON.stringify(names).includes('Ada'));
  expect(ada && groupsOf(ada)).toEqual([]);
  expect((await world.listNames()).sort()).toEqual(['Crew', 'Starred']);
});

it('both ways: lists whose groups go one after the other, each found by a complete listing, are archived', async () => {
  const gone = (at: number): Step[] => [{ kind: 'group_delete', at }, { kind: 'days_pass', days: 8 }, pass];
  const made: Step[] = [{ kind: 'list_create', name: 'Crew' }, { kind: 'list_create', name: 'Band' }, pass];
  const world = await playToRest(stage, history('both', [pass, ...made, ...gone(0), ...gone(0)]));
  expect(await world.listNames()).toEqual(['Starred']);
});

it.each<[string, Step[]]>([
  ['that was read before', [pass, { kind: 'list_create', name: 'Crew' }, pass]],
  ['that is read after it was made', [{ kind: 'list_create', name: 'Crew' }, pass]],
])(
  'contacts and lists to Google only: a list takes up a group %s, with somebody in it who is not in Harmony',
  async (_, made) => {
    const steps: Step[] = [
      { kind: 'group_create', name: 'Crew' },
      { kind: 'group_member', at: 1, of: 1, isMember: true },
      ...made,
    ];
    const world = await playToRest(stage, { ...history('to_provider', steps), direction: 'to_provider' });
    expect(await world.listNames()).toEqual(['Crew']);
    expect([...world.groups.live.values()].map(({ name }) => name)).toEqual(['Starred', 'Crew']);
    expect(world.google.live().filter((person) => groupsOf(person).length > 0)).toHaveLength(1);
  },
);

it('to Google only: who is in a group that a list takes up, and not on the list, leaves it, as the plan shows', async () => {
  const slow: Pass = { ...calmPass, pageSize: 2, lagsMin: [1] };
  const hidden: Pass = { ...calmPass, pageSize: 2, faults: [{ at: 0, kind: 'hidden' }] };
  const world = await playToRest(stage, {
    ...history('to_provider', [
      { kind: 'list_create', name: 'Crew' },
      slow,
      hidden,
      { kind: 'group_member', at: 3, of: 0, isMember: true },
      { kind: 'sign_in_again' },
      { kind: 'connect_again', readsFirst: true, pass: calmPass },
      slow,
    ]),
    ...{ mappings: [], persons: [] },
  });
  const [crew] = [...world.groups.live].find(([, { name }]) => name === 'Crew') ?? [];
  expect(world.google.live().flatMap(groupsOf)).not.toContain(crew);
});

it.each<[EffectiveDirection, Step[], string[]]>([
  ['both', [{ kind: 'local_delete', at: 1 }, pass, { kind: 'local_restore', at: 1 }], ['Starred']],
  [
    'both',
    [
      { kind: 'remote_delete', at: 1 },
      { kind: 'local_edit', at: 1, field: 'notes', value: 'Sings' },
    ],
    ['Starred'],
  ],
  [
    'to_provider',
    [{ kind: 'local_delete', at: 1 }, pass, { kind: 'local_restore', at: 1 }],
    ['Friends', 'Starred'],
  ],
])(
  '%s: a contact that is made anew is not asked into a group that takes no members, and joins its other ones',
  async (lists, gone, left) => {
    const turn: Step = {
      ...{ kind: 'settings', direction: 'to_provider' },
      mappings: [...DEFAULT_FIELD_MAPPINGS],
    };
    const world = await playToRest(stage, {
      ...history('both', [
        { kind: 'group_member', at: 0, of: 1, isMember: true },
        { kind: 'group_member', at: 1, of: 1, isMember: true },
        pass,
        ...(lists === 'both' ? [] : [turn]),
        ...gone,
        pass,
      ]),
      hasFriends: true,
    });
    expect(world.groups.refused).toEqual([]);
    const again = world.google.live().find(({ names }) => JSON.stringify(names).includes('Ada'));
    expect(again && groupsOf(again)).toEqual([STARRED]);
    const on = await stage.sql`
      select l.name from contact_list_members m join contact_lists l on l.id = m.list_id
        join contacts c on c.id = m.contact_id
      where c.first_name = 'Ada' and c.user_id = (select user_id from integrations where id = ${world.integrationId})
      order by l.name`;
    expect(on.map(({ name }) => name)).toEqual(left);
  },
);

describe('a run that is taken back', () => {
  const undo: Step = { kind: 'undo_run', at: 0, pass };
  /** Who is on which list, of those that are not archived. */
  const members = async ({ integrationId }: World) =>
    (
      await stage.sql`
        select c.first_name || ' in ' || l.name as place from contact_list_members m
          join contact_lists l on l.id = m.list_id join contacts c on c.id = m.contact_id
          join integrations i on i.user_id = l.user_id
        where i.id = ${integrationId} and l.archived_at is null order by place`
    ).map(({ place }) => place);
  const groups = ({ groups }: World) => [...groups.live.values()].map(({ name }) => name).sort();
  const lists = async (world: World) => (await world.listNames()).sort();
  /** Ada is on Choir and Crew on both sides, in this order. */
  const made: readonly Step[] = [
    { kind: 'group_create', name: 'Choir' },
    { kind: 'group_create', name: 'Crew' },
    { kind: 'group_member', at: 1, of: 1, isMember: true },
    { kind: 'group_member', at: 2, of: 1, isMember: true },
    pass,
  ];
  const changedThere: readonly Step[] = [
    { kind: 'group_rename', at: 0, name: 'Band' },
    { kind: 'group_member', at: 1, of: 1, isMember: false },
    { kind: 'group_member', at: 0, of: 1, isMember: true },
    { kind: 'group_delete', at: 1 },
    pass,
  ];

  it('both ways: names, lists that went, and who is on them are as before, on both sides', async () => {
    const world = await playToRest(stage, history('both', [...made, ...changedThere, undo]));
    expect(await lists(world)).toEqual(['Choir', 'Crew', 'Starred']);
    expect(groups(world)).toEqual(['Choir', 'Crew', 'Starred']);
    expect(await members(world)).toEqual(['Ada in Choir', 'Ada in Crew']);
  });

  it('both ways: what it carried to Google goes back on both sides, as a value does', async () => {
    const world = await playToRest(
      stage,
      history('both', [
        ...made,
        { kind: 'list_rename', at: 0, name: 'Band' },
        { kind: 'list_member', at: 0, of: 1, isMember: false },
        { kind: 'list_archive', at: 1 },
        pass,
        undo,
      ]),
    );
    expect(await lists(world)).toEqual(['Choir', 'Crew', 'Starred']);
    expect(groups(world)).toEqual(['Choir', 'Crew', 'Starred']);
    expect(await members(world)).toEqual(['Ada in Choir', 'Ada in Crew']);
  });

  it('both ways: what was changed since stays', async () => {
    const world = await playToRest(
      stage,
      history('both', [
        ...made,
        { kind: 'group_rename', at: 0, name: 'Band' },
        { kind: 'group_member', at: 2, of: 1, isMember: false },
        pass,
        { kind: 'list_rename', at: 0, name: 'Brass' },
        { kind: 'list_member', at: 1, of: 1, isMember: true },
        undo,
      ]),
    );
    expect(groups(world)).toEqual(['Brass', 'Crew', 'Starred']);
    expect(await members(world)).toEqual(['Ada in Brass', 'Ada in Crew']);
  });

  it('both ways: a list and its members that were made at Google stay there, and here', async () => {
    const world = await playToRest(
      stage,
      history('both', [
        pass,
        { kind: 'list_create', name: 'Choir' },
        { kind: 'list_member', at: 1, of: 1, isMember: true },
        pass,
        undo,
      ]),
    );
    expect(groups(world)).toEqual(['Choir', 'Starred']);
    expect(await lists(world)).toEqual(['Choir', 'Starred']);
    expect(await members(world)).toEqual(['Ada in Choir']);
  });

  it('both ways: a list that came from Google stays, and keeps whom it came with', async () => {
    const world = await playToRest(
      stage,
      history('both', [
        pass,
        { kind: 'group_create', name: 'Choir' },
        { kind: 'group_member', at: 1, of: 1, isMember: true },
        pass,
        undo,
      ]),
    );
    expect(groups(world)).toEqual(['Choir', 'Starred']);
    expect(await members(world)).toEqual(['Ada in Choir']);
  });

  it('both ways: whom it took off a list is on the one that took up that list and its group since', async () => {
    const steps: Step[] = [
      ...made,
      { kind: 'group_member', at: 1, of: 1, isMember: false },
      pass,
      { kind: 'list_create', name: 'Choir' },
      pass,
      { ...undo, at: 1 },
    ];
    const world = await playToRest(stage, history('both', steps));
    expect(await members(world)).toEqual(['Ada in Choir', 'Ada in Crew']);
  });

  it('both ways: whom it put on a list stays on the one that took that up, where a person had put them on it, too', async () => {
    const world = await playToRest(
      stage,
      history('both', [
        ...made.slice(0, 1),
        pass,
        { kind: 'group_member', at: 1, of: 1, isMember: true },
        pass,
        { kind: 'list_create', name: 'Choir' },
        { kind: 'list_member', at: 2, of: 1, isMember: true },
        pass,
        { ...undo, at: 1 },
      ]),
    );
    expect(await members(world)).toEqual(['Ada in Choir']);
  });

  it('to Google only: whom it took off a group that a list took up is back on both sides', async () => {
    const takenUp: Step[] = [
      { kind: 'group_create', name: 'Crew' },
      { kind: 'group_member', at: 1, of: 1, isMember: true },
      pass,
      { kind: 'list_create', name: 'Crew' },
      pass,
    ];
    const inGroups = ({ google }: World) => google.live().flatMap(groupsOf);
    const taken = await playToRest(stage, history('to_provider', takenUp));
    expect([inGroups(taken), await members(taken)]).toEqual([[], []]);
    const back = await playToRest(stage, history('to_provider', [...takenUp, undo]));
    expect([inGroups(back).length, await members(back)]).toEqual([1, ['Ada in Crew']]);
  });

  it.each<[string, Step]>([
    ['archived it', { kind: 'group_delete', at: 1 }],
    ['deleted its group', { kind: 'list_archive', at: 1 }],
  ])('both ways: a list that was restored since it %s, and deleted again, stays deleted', async (_, gone) => {
    const again: Step[] = [{ kind: 'list_restore', at: 0 }, pass, { kind: 'list_archive', at: 1 }, pass];
    const play = async (steps: Step[]) =>
      lists(await playToRest(stage, history('both', [...made, pass, gone, pass, ...steps])));
    expect(await play([undo])).toEqual(['Choir', 'Crew', 'Starred']);
    expect(await play([...again, { ...undo, at: 2 }])).toEqual(['Choir', 'Starred']);
  });

  it('from Google only: what Google decides stays, and what it has no more comes back here', async () => {
    const world = await playToRest(stage, history('from_provider', [...made, ...changedThere, undo]));
    expect(world.groups.writes).toEqual([]);
    expect(await lists(world)).toEqual(['Band', 'Crew', 'Starred']);
    expect(await members(world)).toEqual(['Ada in Crew', 'Ada in Starred']);
  });
});

describe('a group that takes no change of its members', () => {
  const putOn = (at: number): Step => ({ kind: 'list_member', at, of: 1, isMember: true });
  const told = (world: World) => stage.sql`
    select kind, local_value, remote_value, resolved_at is null as open, contact_id is not null as of_contact
    from contact_conflicts where integration_id = ${world.integrationId}`;
  const failed = (world: World) => stage.sql`
    select status, failed from runs where integration_id = ${world.integrationId} and failed > 0`;
  /** With the lists Starred, Crew and Band, which are in this order on both sides; Ada is on none of them. */
  const open = async (direction: History['direction']) => {
    const world = await World.open(stage, { ...history('both', []), direction: 'both' });
    await world.play([
      pass,
      { kind: 'list_create', name: 'Crew' },
      pass,
      { kind: 'list_create', name: 'Band' },
      pass,
      { kind: 'settings', direction, mappings: [...DEFAULT_FIELD_MAPPINGS] },
      pass,
    ]);
    const [, crew = '', band = ''] = world.groups.live.keys();
    return { world, crew, band };
  };
  const adasGroups = (world: World) =>
    groupsOf(world.google.live().find(({ names }) => JSON.stringify(names).includes('Ada')) ?? {}).sort();
  const adasLists = async (world: World) =>
    (
      await stage.sql`
        select l.name from contact_list_members m join contact_lists l on l.id = m.list_id
          join contacts c on c.id = m.contact_id join integrations i on i.user_id = c.user_id
        where c.first_name = 'Ada' and i.id = ${world.integrationId} order by l.name`
    ).map(({ name }) => name);
  const refusal = { kind: 'refused', local_value: 'Crew', remote_value: null, of_contact: true };

  it.each([
    ['both', 1, ['Band', 'Starred']],
    // Asked for once more, with the listing in which the contact has changed.
    ['to_provider', 2, ['Band', 'Crew', 'Starred']],
  ] as const)(
    '%s: is told to a person once, and holds up neither the other groups nor the run',
    async (direction, times, left) => {
      const { world, crew, band } = await open(direction);
      world.groups.refusing.set(crew, 'invalid_request');
      await world.play([putOn(0), putOn(1), putOn(2), pass, pass, pass]);
      expect(world.groups.refused).toEqual(Array(times).fill(crew));
      expect(adasGroups(world)).toEqual([band, STARRED].sort());
      expect(await adasLists(world)).toEqual(left);
      expect(await told(world)).toEqual([{ ...refusal, open: true }]);
      expect(await failed(world)).toEqual(Array(times).fill({ status: 'succeeded', failed: 1 }));
    },
  );

  it('since it takes none is not asked, whoever noted that before that was known', async () => {
    const world = await World.open(stage, { ...history('both', [pass]), hasFriends: true });
    await world.play([pass]);
    await stage.sql`
      with ada as (select c.id, i.id as integration_id, l.list_id from contacts c
        join integrations i on i.user_id = c.user_id
        join list_links l on l.integration_id = i.id and not l.takes_members
        where c.first_name = 'Ada' and i.id = ${world.integrationId}),
      put as (insert into contact_list_members (list_id, contact_id) select list_id, id from ada)
      insert into contact_work (integration_id, kind, key)
      select integration_id, 'member', id || '/' || list_id from ada`;
    await world.play([pass]);
    expect(world.groups.refused).toEqual([]);
    expect(await told(world)).toEqual([{ ...refusal, local_value: 'Friends', open: true }]);
    expect(await adasLists(world)).toEqual([]);
    await world.rest();
  });

  it('is told again where a person asks for it again, and no more once it was taken', async () => {
    const { world, crew } = await open('both');
    world.groups.refusing.set(crew, 'invalid_request');
    await world.play([putOn(1), pass]);
    const leave: Step = {
      ...{ kind: 'resolve_conflict', of: 'refused', at: 0, choose: 'dismiss' },
      ...{ isFit: true, candidate: 0, always: false },
    };
    await world.play([leave, pass]);
    expect(await told(world)).toEqual([{ ...refusal, open: false }]);
    await world.play([putOn(1), pass]);
    expect(await told(world)).toEqual([{ ...refusal, open: true }]);
    const [asked] =
      await stage.sql`select id from contact_conflicts where integration_id = ${world.integrationId}`;
    // Two ids of records beside one of an integration are longer than the API takes.
    expect(asked?.id).toMatch(/^cfl_[0-9a-f]{32}$/);
    world.groups.refusing.clear();
    await world.play([putOn(1), pass]);
    expect(await told(world)).toEqual([{ ...refusal, open: false }]);
    await world.rest();
    expect(await adasLists(world)).toEqual(['Crew']);
  });

  it.each<[string, History['direction'], Step[]]>([
    ['the person takes it back', 'to_provider', [{ kind: 'list_member', at: 1, of: 1, isMember: false }]],
    ['the list goes', 'both', [{ kind: 'list_archive', at: 0 }]],
    // Whichever of the two Ada is, who is put on the list.
    [
      'the contact goes',
      'both',
      [
        { kind: 'local_delete', at: 0 },
        { kind: 'local_delete', at: 1 },
      ],
    ],
    ['the contact goes at the provider', 'both', [{ kind: 'remote_delete', at: 1 }]],
  ])('is told no more once that is over: %s', async (_, direction, over) => {
    const { world, crew } = await open(direction);
    world.groups.refusing.set(crew, 'invalid_request');
    await world.play([putOn(1), pass]);
    expect(await told(world)).toEqual([{ ...refusal, open: true }]);
    await world.play([...over, pass]);
    expect(await told(world)).toEqual([{ ...refusal, open: false }]);
    await world.rest();
  });

  it('is told no more once its list has gone into another one, unless that is refused, too', async () => {
    const world = await World.open(stage, history('both', [pass]));
    await world.play([{ kind: 'group_create', name: 'Crew' }, pass]);
    const crew = [...world.groups.live.keys()][1] ?? '';
    world.groups.refusing.set(crew, 'invalid_request');
    await world.play([putOn(0), pass, { kind: 'list_create', name: 'Crew' }, pass]);
    expect(await told(world)).toEqual([{ ...refusal, open: false }]);
    await world.play([putOn(1), pass]);
    expect((await told(world)).map((one) => one.open)).toEqual([false, true]);
  });

  it('since it is said to be gone is asked again a few times, later each time, before a person is told', async () => {
    const { world, crew } = await open('both');
    world.groups.refusing.set(crew, 'not_found');
    await world.play([putOn(1), pass, pass, pass]);
    expect(world.groups.refused).toEqual([crew]);
    expect(await told(world)).toEqual([]);
    const later: Step = { kind: 'days_pass', days: 1 };
    await world.play(Array.from({ length: 8 }, () => [later, pass]).flat());
    expect(world.groups.refused).toHaveLength(5);
    expect(await told(world)).toEqual([{ ...refusal, open: true }]);
    await world.rest();
    expect(await adasLists(world)).toEqual([]);
  });
});

it.each([
  [8, 0, 3],
  [10, 1, 1, 1],
  [11, 3, 3],
  [12, 12],
])(
  'a list whose group another attempt has made meanwhile, taken for dead, is not told to be taken (turns %s, %s)',
  async (...turns) => {
    const world = await playToRest(stage, {
      ...{ direction: 'to_provider', mappings: [], policy: 'newest', lists: 'both' },
      ...{ skewSeconds: 0, normalises: false, persons: [], contacts: [] },
      steps: [
        { kind: 'list_create', name: 'Crew' },
        { ...pass, faults: [{ at: 0, kind: 'stalled_after', call: 'write', turns }] },
      ],
    });
    const told = await stage.sql`select 1 from contact_conflicts
      where integration_id = ${world.integrationId} and kind = 'list_name_taken' and resolved_at is null`;
    expect(told).toEqual([]);
  },
);

describe('a group that a complete listing and a read lack for a while', () => {
  const later: Step = { kind: 'days_pass', days: 1 };
  const members = async ({ integrationId }: World) =>
    (
      await stage.sql`
        select c.first_name as name from contact_list_members m
          join contact_lists l on l.id = m.list_id join contacts c on c.id = m.contact_id
          join integrations i on i.user_id = l.user_id
        where i.id = ${integrationId} and l.name = 'Choir' and l.archived_at is null order by name`
    ).map(({ name }) => name);
  /** Ada is in Choir, and Bo is not. */
  const open = async (lists: EffectiveDirection) => {
    const persons = ['Ada', 'Bo'].map((givenName) => ({ names: [{ givenName }] }));
    const world = await World.open(stage, { ...history(lists, []), persons });
    await world.play([
      { kind: 'group_create', name: 'Choir' },
      { kind: 'group_member', at: 1, of: 1, isMember: true },
      ...[pass, later],
    ]);
    const [, choir = ''] = world.groups.live.keys();
    return { world, choir };
  };
  /** Between a pass that no listing shows the group in and one that shows it again. */
  const hide = async ({ world, choir }: { world: World; choir: string }, meanwhile: () => unknown) => {
    const group = world.groups.live.get(choir);
    world.groups.live.delete(choir);
    world.groups.expireTokens();
    await world.play([pass]);
    expect(await world.listNames()).toEqual(['Starred']);
    meanwhile();
    await world.play([pass]);
    if (group !== undefined) world.groups.live.set(choir, group);
    await world.play([pass]);
  };

  it.each(['both', 'from_provider'] as const)(
    '%s: whoever joined and left it there meanwhile is on its list, or no more, once it is back',
    async (lists) => {
      const { world, choir } = await open(lists);
      const [, ada = '', bo = ''] = world.google.live().map(({ resourceName }) => resourceName);
      await hide({ world, choir }, () => {
        world.groups.setMember(choir, ada, false);
        world.groups.setMember(choir, bo, true);
      });
      expect(await members(world)).toEqual(['Bo']);
      await world.rest();
    },
  );

  it('both: whom a person put on its list, and took off it, right before that joins and leaves it once it is back', async () => {
    const { world, choir } = await open('both');
    await world.play([
      { kind: 'list_member', at: 0, of: 1, isMember: false },
      { kind: 'list_member', at: 0, of: 2, isMember: true },
    ]);
    await hide({ world, choir }, () => {});
    expect(await members(world)).toEqual(['Bo']);
    await world.rest();
    expect(await members(world)).toEqual(['Bo']);
  });
});

describe('a listing that lags', () => {
  /** Crew, as it is at Google before and after what is done to it in Harmony. */
  const play = async (lists: EffectiveDirection, done: Step) => {
    const world = await World.open(stage, history(lists, []));
    await world.play([{ kind: 'list_create', name: 'Crew' }, pass, pass]);
    const [, crew = ''] = world.groups.live.keys();
    const before = world.groups.live.get(crew);
    await world.play([done, pass]);
    const after = world.groups.live.get(crew);
    const writes = world.groups.writes.length;
    if (before !== undefined) world.groups.live.set(crew, before);
    world.groups.expireTokens();
    await world.play([pass]);
    if (after === undefined) world.groups.live.delete(crew);
    else world.groups.live.set(crew, after);
    return { world, written: world.groups.writes.length - writes };
  };

  it.each(['both', 'to_provider'] as const)(
    '%s: does not take back the name that a list was given here',
    async (lists) => {
      const { world, written } = await play(lists, { kind: 'list_rename', at: 0, name: 'Band' });
      expect([await world.listNames(), written]).toEqual([expect.arrayContaining(['Band']), 0]);
    },
  );

  it('does not bring back a list that was deleted here', async () => {
    const { world } = await play('both', { kind: 'list_archive', at: 0 });
    expect(await world.listNames()).toEqual(['Starred']);
    await world.rest();
  });

  it('does not bring back a list whose group was deleted there', async () => {
    const { world } = await play('both', { kind: 'group_delete', at: 0 });
    expect(await world.listNames()).toEqual(['Starred']);
    await world.rest();
  });
});

it('both ways: a list that was just made at Google stays, though a complete listing and a read lack it for a moment', async () => {
  const world = await World.open(stage, history('both', [pass]));
  await world.play([pass, { kind: 'list_create', name: 'Crew' }, pass]);
  const [, crew = ''] = world.groups.live.keys();
  world.groups.live.delete(crew);
  world.groups.expireTokens();
  await world.play([pass]);
  expect((await world.listNames()).sort()).toEqual(['Crew', 'Starred']);
  // Gone indeed: the complete listing that is due then tells.
  await world.rest();
  expect(await world.listNames()).toEqual(['Starred']);
});

it('a group that was renamed before its list is there comes in under its former name where the listing lags, and goes by its own then', async () => {
  const world = await World.open(stage, history('both', []));
  const lagging: Pass = { ...pass, pageSize: 2, lagsMin: [0, 2, 0] };
  await world.play([
    { kind: 'group_create', name: 'Choir' },
    { kind: 'group_rename', at: 0, name: 'Crew' },
    lagging,
  ]);
  expect(await world.listNames()).toContain('Choir');
  await world.rest();
  expect(await world.listNames()).toContain('Crew');
});

it('both ways: who was kept on their last list by Google, and is deleted there later, goes here as well', async () => {
  const world = await World.open(stage, history('both', []));
  await world.play([pass, { kind: 'list_create', name: 'Crew' }, pass]);
  await world.play([{ kind: 'list_member', at: 1, of: 1, isMember: true }, pass]);
  const [, crew = ''] = world.groups.live.keys();
  world.groups.keeping.add(crew);
  await world.play([{ kind: 'list_member', at: 1, of: 1, isMember: false }, pass]);
  await world.play([{ kind: 'days_pass', days: 1 }, pass, { kind: 'remote_delete', at: 1 }, pass]);
  await world.rest();
  const adas = await stage.sql`
    select archived_at is not null as archived from contacts c join integrations i on i.user_id = c.user_id
    where c.first_name = 'Ada' and i.id = ${world.integrationId}`;
  expect(adas).toEqual([{ archived: true }]);
});
