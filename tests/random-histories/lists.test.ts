/** Single histories of lists and memberships that once broke an invariant, or nearly did. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEFAULT_FIELD_MAPPINGS } from '../../sync/default-mappings.ts';
import type { EffectiveDirection } from '../../sync/direction.ts';
import { groupsOf } from '../../sync/person.ts';
import type { History, ListStep, Pass, Step } from './history.ts';
import { playToRest } from './play-to-rest.ts';
import { openStage, type Stage } from './stage.ts';

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
