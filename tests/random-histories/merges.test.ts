/** Contacts that a person merges at Google, above all before Harmony knows that it made one of them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_FIELD_MAPPINGS } from '../../sync/default-mappings.ts';
import { elementsOf, type Person } from '../../sync/person.ts';
import type { History, Pass, Step } from './history.ts';
import { calmPass, sayWho, twins } from './plan-steps.ts';
import { playToRest } from './play-to-rest.ts';
import { openStage, type Stage } from './stage.ts';
import { World } from './world.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

const history: History = {
  ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
  ...{ skewSeconds: 0, normalises: false, steps: [] },
  ...{ persons: [{ names: [{ givenName: 'Zoe' }] }], contacts: [{ firstName: 'Bo', notes: 'n' }] },
};
/** In which the create of Bo (`people/c2`) goes out and is not answered; Zoe (`people/c1`) is tied already. */
const unanswered: Pass = { ...calmPass, faults: [{ at: 13, kind: 'lost_answer' }] };
const merge = (at: number, other: number, as: 'deletion' | 'former_name'): Step => ({
  ...{ kind: 'remote_merge', at, with: other, as },
});
const [zoe, bo] = [1, 2];
const creates = async () => (await stage.sql`select state from contact_writes where kind = 'create'`).at(-1);
const conflicts = ({ integrationId }: World) => stage.sql`
  select f.kind, f.candidates, c.first_name from contact_conflicts f join contacts c on c.id = f.contact_id
  where f.integration_id = ${integrationId} and f.kind <> 'value'`;
const contactsOf = ({ integrationId }: World) => stage.sql`
  select 1 from contacts where user_id = (select user_id from integrations where id = ${integrationId})`;

it.each([
  ['Bo keeps', bo, zoe, 'former_name', 'people/c2'],
  ['Zoe keeps', zoe, bo, 'former_name', 'people/c1'],
  ['Zoe keeps (the other one shows as deleted)', zoe, bo, 'deletion', 'people/c1'],
] as const)(
  '%s the name: a person decides whose the merged one is, and it is not made again',
  async (_, kept, gone, as, name) => {
    const world = await World.open(stage, history);
    await world.play([unanswered]);
    expect((await creates())?.state).not.toBe('acked');
    await world.play([merge(kept, gone, as), calmPass, calmPass]);
    expect((await conflicts(world)).at(-1)).toEqual({
      kind: 'maybe_merged',
      candidates: [name],
      first_name: 'Bo',
    });
    await world.rest();
    expect(world.providerWrites.filter(({ kind }) => kind === 'create')).toHaveLength(1);
    expect(world.google.live()).toHaveLength(2);
    await world.play([{ kind: 'remote_delete', at: 1 }]);
    await world.rest();
    const names = world.google.live().map((person) => elementsOf(person, 'names')[0]?.givenName);
    expect(names).toEqual(['Anchor', 'Bo']);
  },
);

const archiveBo: Step = { kind: 'local_delete', at: 2 };
const archiveZoe: Step = { kind: 'local_delete', at: 1 };
const deleteZoe: Step = { kind: 'remote_delete', at: zoe };
it.each<['deletion' | 'former_name', string, Step, boolean[]]>([
  ['deletion', 'its contact is archived here', archiveBo, [false, true]],
  ['deletion', 'the one that it may be merged into goes, too', deleteZoe, [true, true]],
  ['former_name', 'its contact is archived here', archiveBo, [false, true]],
  ['former_name', 'the one that it may be merged into goes, too', deleteZoe, [true, true]],
  [
    'deletion',
    'the contact of the one that it may be merged into is archived here',
    archiveZoe,
    [true, false],
  ],
  [
    'former_name',
    'the contact of the one that it may be merged into is archived here',
    archiveZoe,
    [true, false],
  ],
])('nobody is asked about one that may have been merged (%s) once %s', async (as, _what, step, archived) => {
  const person = (name: string) => ({
    ...{ names: [{ givenName: name }], emailAddresses: [{ value: `${name}@x.io` }] },
  });
  const world = await World.open(stage, { ...history, persons: ['Zoe', 'Bo'].map(person), contacts: [] });
  await world.play([calmPass, merge(1, 2, as), calmPass]);
  const asked = [{ kind: 'maybe_merged', candidates: ['people/c1'], first_name: 'Bo' }];
  expect(await conflicts(world)).toEqual(asked);
  await world.play([step, calmPass]);
  expect(await conflicts(world)).toEqual([]);
  await world.rest();
  const { integrationId } = world;
  expect(
    await stage.sql`
      select archived_at is not null as archived from contacts
      where user_id = (select user_id from integrations where id = ${integrationId}) and first_name in ('Zoe', 'Bo')
      order by first_name desc`,
  ).toEqual(archived.map((one) => ({ archived: one })));
  const names = world.google.live().map((person) => elementsOf(person, 'names')[0]?.givenName);
  const living = ['Zoe', 'Bo'].filter((_, index) => !archived[index]);
  expect(names).toEqual(['Anchor', ...living]);
});

it.each(['deletion', 'former_name'] as const)(
  'who was merged into another one (%s) stays, where a person deletes only that one here before the next sync',
  async (as) => {
    const person = (name: string) => ({
      ...{ names: [{ givenName: name }], emailAddresses: [{ value: `${name}@x.io` }] },
      phoneNumbers: [{ value: '111' }, { value: '222' }],
    });
    const world = await World.open(stage, { ...history, persons: ['Zoe', 'Bo'].map(person), contacts: [] });
    await world.play([calmPass, merge(1, 2, as), archiveZoe]);
    await world.rest();
    const [anchor, bo, ...others] = world.google.live();
    expect(elementsOf(anchor ?? {}, 'names')[0]?.givenName).toBe('Anchor');
    expect(elementsOf(bo ?? {}, 'names')[0]?.givenName).toBe('Bo');
    // Not the second one alone, which no field is mapped to.
    expect(elementsOf(bo ?? {}, 'phoneNumbers').map(({ value }) => value)).toEqual(['111', '222']);
    expect(others).toEqual([]);
  },
);

it.each([
  ['the double', 2, 'people/c1'],
  ['the one that the contact is tied to', 1, 'people/c2'],
] as const)(
  'a person who deletes %s of a contact that is at Google twice is asked no more, and the contact goes on with the other one',
  async (_which, gone, left) => {
    const world = await World.open(stage, { ...history, persons: [], contacts: [{ firstName: 'Bo' }] });
    const edit = (at: number): Step => ({ kind: 'remote_edit', at, field: 'notes', value: `${at}` });
    await world.play([{ ...calmPass, faults: [{ at: 0, kind: 'frozen' }] }, edit(1), edit(2), calmPass]);
    const open = () => stage.sql`
      select kind from contact_conflicts where integration_id = ${world.integrationId} and kind <> 'value'`;
    expect(await open()).toEqual([{ kind: 'duplicate_marker' }]);
    await world.play([{ kind: 'remote_delete', at: gone }, calmPass]);
    expect(await open()).toEqual([]);
    await world.rest();
    expect(
      await stage.sql`
        select l.remote_id, c.archived_at from contacts c join contact_links l on l.contact_id = c.id
        where l.integration_id = ${world.integrationId} and c.first_name = 'Bo'`,
    ).toEqual([{ remote_id: left, archived_at: null }]);
  },
);

it('a double that was merged into another contact before it was seen is told to a person, once, and nothing stops', async () => {
  const frozen: Pass = { ...calmPass, faults: [{ at: 13, kind: 'frozen' }] };
  const world = await World.open(stage, history);
  await world.play([frozen]);
  const made = world.google.live().map(({ resourceName }) => resourceName);
  expect(made).toHaveLength(4);
  await world.play([merge(zoe, made.length - 1, 'deletion'), calmPass]);
  expect(await conflicts(world)).toEqual([{ kind: 'double_merged', candidates: null, first_name: 'Bo' }]);
  await world.play([{ kind: 'remote_edit', at: zoe, field: 'notes', value: 'seen' }]);
  await world.rest();
  expect(await conflicts(world)).toHaveLength(1);
  expect(await stage.sql`select 1 from contacts where first_name = 'Zoe' and notes = 'seen'`).toHaveLength(1);
  await world.play([{ kind: 'remote_rename', at: zoe }]);
  await world.rest();
  expect(await conflicts(world)).toHaveLength(1);
});

/** Bo is made twice, and the second one is still to go. */
const doubled: Pass[] = [
  { ...calmPass, faults: [{ at: 0, kind: 'frozen' }] },
  { ...calmPass, faults: [{ at: 0, kind: 'forbidden', call: 'write' }] },
];

it('a double that was merged into its keeper before it went takes nobody along', async () => {
  const world = await World.open(stage, { ...history, persons: [], contacts: [{ firstName: 'Bo' }] });
  // Which no listing shows before the double was to go.
  await world.play([...doubled, merge(1, 2, 'former_name'), { ...calmPass, lagsMin: [5] }]);
  await world.rest();
  expect(world.google.live().map(({ resourceName }) => resourceName)).toEqual(['people/anchor', 'people/c1']);
  const { integrationId } = world;
  const bo = await stage.sql`
    select l.remote_id, c.archived_at from contacts c join contact_links l on l.contact_id = c.id
    where l.integration_id = ${integrationId} and c.first_name = 'Bo'`;
  expect(bo).toEqual([{ remote_id: 'people/c1', archived_at: null }]);
  expect(await conflicts(world)).toEqual([]);
});

it('a double that has another name before it goes is known by its marker, and goes', async () => {
  const world = await World.open(stage, { ...history, persons: [], contacts: [{ firstName: 'Bo' }] });
  await world.play([...doubled, { kind: 'remote_rename', at: 2 }, { ...calmPass, lagsMin: [5] }]);
  await world.rest();
  expect(world.google.live().map(({ resourceName }) => resourceName)).toEqual(['people/anchor', 'people/c1']);
});

it('a double goes though its keeper is deleted between the read and the delete, which no version guards', async () => {
  const world = await World.open(stage, { ...history, persons: [] });
  await world.play([{ ...calmPass, faults: [{ at: 0, kind: 'frozen' }] }]);
  const [, keeper] = world.google.live();
  await world.play([
    {
      ...calmPass,
      faults: [
        { at: 0, kind: 'remote_edit' },
        { at: 0, kind: 'remote_delete' },
      ],
    },
  ]);
  expect(world.google.get(keeper?.resourceName ?? '')).toBeNull();
  await world.rest();
});

it.each([
  ['at once', []],
  ['by a complete listing alone', [{ kind: 'tokens_expire' }, calmPass]],
] as const)(
  'of two contacts that were merged under a third name, which shows %s, one goes on with it and the other is left to a person',
  async (_when, steps) => {
    const world = await World.open(stage, {
      ...{ ...history, contacts: [] },
      persons: [{ names: [{ givenName: 'Zoe' }] }, { biographies: [{ value: 'n' }] }],
    });
    const renamed: Step[] = [merge(zoe, bo, 'former_name'), { kind: 'remote_rename', at: zoe }];
    await world.play([calmPass, ...renamed, ...(steps.length === 0 ? [calmPass] : steps)]);
    const links = () => stage.sql`
      select remote_id, parked ->> 'reason' as reason, tombstoned_at is not null as gone from contact_links
      where integration_id = ${world.integrationId} and remote_id <> 'people/anchor' order by 1`;
    const settled = [
      { remote_id: 'people/c1r', reason: null, gone: false },
      { remote_id: 'people/c2', reason: 'maybe_merged', gone: true },
    ];
    expect(await links()).toEqual(settled);
    await world.rest();
    expect(await links()).toEqual(settled);
    expect(await contactsOf(world)).toHaveLength(3);
  },
);

it('who was merged into another one, taken out of it again, and had that one merged into them is there as before', async () => {
  const world = await World.open(stage, {
    ...{ ...history, contacts: [] },
    persons: ['Zoe', 'Bo'].map((name) => ({
      ...{ names: [{ givenName: name }], emailAddresses: [{ value: `${name}@x.io` }] },
    })),
  });
  await world.play([calmPass, merge(zoe, bo, 'deletion'), calmPass]);
  expect(await conflicts(world)).toMatchObject([{ candidates: ['people/c1'], first_name: 'Bo' }]);
  await world.play([{ kind: 'remote_restore', at: bo }, merge(bo, zoe, 'former_name'), calmPass]);
  await world.rest();
  expect(await conflicts(world)).toMatchObject([{ candidates: ['people/c2'], first_name: 'Zoe' }]);
  expect(
    await stage.sql`
      select remote_id from contact_links l join contacts c on c.id = l.contact_id
      where integration_id = ${world.integrationId} and first_name = 'Bo'`,
  ).toEqual([{ remote_id: 'people/c2' }]);
});

it('a new contact does not get the name of one that was merged into another', async () => {
  const world = await World.open(stage, {
    ...{ ...history, contacts: [] },
    persons: [{ names: [{ givenName: 'Zoe' }] }, { biographies: [{ value: 'n' }] }],
  });
  const created: Step = { kind: 'remote_create', person: { names: [{ givenName: 'Cy' }] } };
  await world.play([calmPass, merge(zoe, bo, 'former_name'), created, calmPass]);
  await world.rest();
  expect(world.google.names()).not.toContain('people/c2');
});

it('two contacts that were merged and then taken apart again are both there, each tied to its own', async () => {
  const world = await World.open(stage, history);
  await world.play([calmPass, merge(zoe, bo, 'deletion'), { kind: 'remote_restore', at: bo }]);
  await world.rest();
  expect(
    await stage.sql`
      select remote_id, first_name from contact_links l join contacts c on c.id = l.contact_id
      where integration_id = ${world.integrationId} order by 1`,
  ).toEqual([
    { remote_id: 'people/anchor', first_name: 'Anchor' },
    { remote_id: 'people/c1', first_name: 'Zoe' },
    { remote_id: 'people/c2', first_name: 'Bo' },
  ]);
});

it.each(['both', 'to_provider'] as const)(
  '%s: one that shows up with the address of one that went is that one, whoever else has the address, and both are there',
  async (direction) => {
    const world = await World.open(stage, {
      ...{ ...history, direction, contacts: [{ firstName: 'Ada', email: 'a@x.io' }] },
      persons: [{ emailAddresses: [{ value: 'A@x.io' }] }],
    });
    await world.play([
      calmPass,
      { kind: 'local_create', fields: { firstName: 'Bo', email: 'a@x.io' } },
      { kind: 'remote_create', person: { emailAddresses: [{ value: 'a@x.io' }] } },
      { kind: 'remote_delete', at: 1 },
      calmPass,
    ]);
    await world.rest();
    const names = world.google.live().map((person) => elementsOf(person, 'names')[0]?.givenName);
    expect(names).toEqual(['Anchor', 'Ada', 'Bo']);
  },
);

it('a contact with a value that Google cannot hold is left to a person once it is merged into another, who is asked about that alone', async () => {
  const world = await World.open(stage, {
    ...{ ...history, contacts: [{ email: 'a@x.io', birthday: 'not a date' }] },
    persons: [{ biographies: [{ value: 'n' }] }, { emailAddresses: [{ value: 'a@x.io' }] }],
  });
  const parked = () => stage.sql`
    select remote_id, parked ->> 'reason' as reason from contact_links
    where integration_id = ${world.integrationId} and parked is not null`;
  const asked = () => stage.sql`
    select kind from contact_conflicts where integration_id = ${world.integrationId} and resolved_at is null`;
  await world.play([calmPass]);
  expect(await parked()).toEqual([{ remote_id: 'people/c2', reason: 'unstorable_value' }]);
  expect(await asked()).toEqual([{ kind: 'unstorable_value' }]);
  await world.play([merge(1, 2, 'former_name'), calmPass]);
  expect(await parked()).toEqual([{ remote_id: 'people/c2', reason: 'maybe_merged' }]);
  expect(await asked()).toEqual([{ kind: 'maybe_merged' }]);
  await world.rest();
});

it('what moves up at Google where a value is cleared is no value of the contact: a person merged it in, and it stays', async () => {
  const world = await World.open(stage, {
    ...{ ...history, direction: 'to_provider', contacts: [{ firstName: 'Bo' }] },
    persons: [{ organizations: [{ name: 'Acme' }] }, { organizations: [{ department: 'Looms' }] }],
  });
  const edit: Step = { kind: 'local_edit', at: 0, field: 'notes', value: 'n' };
  await world.play([merge(1, 2, 'deletion'), calmPass, edit, calmPass, merge(1, 3, 'former_name'), calmPass]);
  await world.rest();
  const organizations = world.google.live().map((person) => elementsOf(person, 'organizations'));
  expect(organizations).toEqual([[], [{ department: 'Looms' }]]);
});

it('what a person is asked about a contact names it as it is called by now, and nobody is asked who one is that is settled', async () => {
  const world = await World.open(stage, { ...history, persons: [], contacts: [] });
  const asked = async () => {
    const rows = await stage.sql<{ remote_id: string | null }[]>`
      select remote_id from contact_conflicts where integration_id = ${world.integrationId} and resolved_at is null`;
    return rows.flatMap(({ remote_id }) => remote_id ?? []);
  };
  await world.play([...twins, calmPass]);
  expect(await asked()).toEqual(['people/c1']);
  await world.play([{ kind: 'remote_rename', at: 1 }, sayWho(0), calmPass]);
  expect(await asked()).toEqual([]);
  await world.rest();
  const names = world.google.live().map((person) => elementsOf(person, 'names')[0]?.givenName);
  expect(names.sort()).toEqual(['Ada', 'Anchor', 'Bo']);
});

it('what a person may choose is named as it is called by now', async () => {
  const persons = ['a@x.io', 'b@x.io'].map((value) => ({ emailAddresses: [{ value }] }));
  const world = await World.open(stage, { ...history, persons, contacts: [] });
  const candidates = () => stage.sql`
    select kind, candidates from contact_conflicts where integration_id = ${world.integrationId} and kind <> 'value'`;
  const takeOver: Step = { kind: 'remote_edit', at: 1, field: 'email', value: 'b@x.io' };
  await world.play([calmPass, takeOver, { kind: 'remote_delete', at: 2 }, calmPass]);
  expect(await candidates()).toEqual([{ kind: 'maybe_merged', candidates: ['people/c1'] }]);
  await world.play([{ kind: 'remote_rename', at: 1 }, calmPass]);
  expect(await candidates()).toEqual([{ kind: 'maybe_merged', candidates: ['people/c1r'] }]);
  await world.rest();
});

it('whom a contact may have been merged into is the one into which that was merged since', async () => {
  const persons = ['Zoe', 'Bo', 'Cy'].map((givenName) => ({ names: [{ givenName }] }));
  const world = await World.open(stage, { ...history, persons, contacts: [] });
  const asked = () => stage.sql`
    select f.candidates, c.first_name, c.archived_at from contact_conflicts f join contacts c on c.id = f.contact_id
    where f.integration_id = ${world.integrationId} and f.kind <> 'value' order by c.first_name`;
  await world.play([calmPass, merge(1, 2, 'former_name'), calmPass]);
  expect(await asked()).toMatchObject([{ candidates: ['people/c1'], first_name: 'Bo' }]);
  await world.play([merge(2, 1, 'former_name'), calmPass]);
  await world.rest();
  expect(await asked()).toEqual([
    { candidates: ['people/c3'], first_name: 'Bo', archived_at: null },
    { candidates: ['people/c3'], first_name: 'Zoe', archived_at: null },
  ]);
});

it.each<[string, Step, string, string[]]>([
  ['renamed', { kind: 'remote_rename', at: 1 }, 'people/c1r', []],
  ['merged into another one', merge(2, 1, 'former_name'), 'people/c2', ['Zoe']],
])(
  'whose a contact is that a create was merged into is asked once, also after that was %s',
  async (_what, step, name, others) => {
    const persons = ['Zoe', 'Cy'].map((givenName) => ({ names: [{ givenName }] }));
    const world = await World.open(stage, { ...history, persons });
    const lost: Pass = { ...calmPass, faults: [{ at: 0, kind: 'lost_answer', call: 'write' }] };
    await world.play([lost, merge(1, 3, 'former_name'), calmPass]);
    const question = (candidate: string, of = 'Bo') => {
      return { kind: 'maybe_merged', candidates: [candidate], first_name: of };
    };
    expect(await conflicts(world)).toEqual([question('people/c1')]);
    await world.play([step, calmPass]);
    await world.rest();
    const asked = await conflicts(world);
    expect(asked).toHaveLength(1 + others.length);
    expect(asked).toEqual(expect.arrayContaining(['Bo', ...others].map((of) => question(name, of))));
  },
);

it('nobody is asked who one is that a person has to sort out after a merge', async () => {
  const decideFirst: Step = {
    ...{ kind: 'resolve_conflict', at: 0, choose: 'harmony', candidate: 0 },
    ...{ isFit: true, always: false },
  };
  const apply: Step = { kind: 'decide_plan', back: 0, how: 'apply', matches: 'later', pass: calmPass };
  const world = await World.open(stage, {
    ...{ ...history, direction: 'from_provider', keepsDirection: true, contacts: [] },
    persons: [{ emailAddresses: [{ value: 'A@x.io' }] }],
  });
  await world.play([...twins, { kind: 'make_plan', direction: 'both' }, calmPass]);
  await world.play([
    { kind: 'local_create', fields: {} },
    apply,
    decideFirst,
    { kind: 'remote_create', person: {} },
  ]);
  await world.play([merge(7, 5, 'deletion'), { kind: 'days_pass', days: 1 }]);
  await world.rest();
});

describe('a question that nobody has to answer any more goes', () => {
  const asked = ({ integrationId }: World) => stage.sql`
    select kind, candidates from contact_conflicts
    where integration_id = ${integrationId} and kind <> 'value' and resolved_at is null`;
  const twice: Pass = { ...calmPass, faults: [{ at: 0, kind: 'frozen' }] };
  const edit = (at: number): Step => ({ kind: 'remote_edit', at, field: 'notes', value: 'seen' });
  const gone = (at: number): Step => ({ kind: 'remote_delete', at });
  const [first, second] = [1, 2];

  it.each<[string, Step, number]>([
    ['the second one is deleted', gone(second), first],
    ['the first one is deleted', gone(first), second],
    ['the second one is merged into the first', merge(first, second, 'former_name'), first],
    ['the first one is merged into the second', merge(second, first, 'former_name'), second],
  ])('who was made twice, once %s', async (_, step, left) => {
    const world = await World.open(stage, { ...history, persons: [] });
    await world.play([twice, edit(first), edit(second), calmPass]);
    expect(await asked(world)).toEqual([{ kind: 'duplicate_marker', candidates: ['people/c1'] }]);
    await world.play([step, calmPass]);
    await world.rest();
    expect(await asked(world)).toEqual([]);
    expect(
      await stage.sql`
        select remote_id, archived_at from contact_links l join contacts c on c.id = l.contact_id
        where integration_id = ${world.integrationId} and first_name = 'Bo'`,
    ).toEqual([{ remote_id: `people/c${left}`, archived_at: null }]);
  });

  it('whose a merged contact is, once the one whose create it was is made anew', async () => {
    const world = await World.open(stage, history);
    await world.play([unanswered, merge(zoe, bo, 'former_name'), calmPass]);
    expect(await asked(world)).toEqual([{ kind: 'maybe_merged', candidates: ['people/c1'] }]);
    await world.play([gone(1)]);
    await world.rest();
    expect(await asked(world)).toEqual([]);
  });

  it('whose a merged contact is, once the one whose create it was is archived here, until it is back', async () => {
    const world = await World.open(stage, history);
    const question = { kind: 'maybe_merged', candidates: ['people/c1'] };
    await world.play([unanswered, merge(zoe, bo, 'former_name'), calmPass]);
    expect(await asked(world)).toEqual([question]);
    await world.play([{ kind: 'local_delete', at: 2 }, calmPass]);
    expect(
      await stage.sql`
        select first_name from contacts where archived_at is not null
          and user_id = (select user_id from integrations where id = ${world.integrationId})`,
    ).toEqual([{ first_name: 'Bo' }]);
    expect(await asked(world)).toEqual([]);
    await world.play([{ kind: 'local_restore', at: 2 }, calmPass]);
    expect(await asked(world)).toEqual([question]);
    await world.rest();
  });
});

it('a merge is asked about once, also where something of the contact waited to be written', async () => {
  const persons = ['Zoe', 'Ida'].map((givenName) => ({ names: [{ givenName }] }));
  const edit = (at: number): Step => ({ kind: 'local_edit', at, field: 'notes', value: 'n' });
  const refused: Pass = { ...calmPass, faults: [{ at: 0, kind: 'forbidden', call: 'write' }] };
  const world = await World.open(stage, { ...history, persons, contacts: [] });
  await world.play([calmPass, edit(1), edit(2), refused, merge(1, 2, 'former_name'), calmPass]);
  await world.rest();
  expect(
    await stage.sql`select kind from contact_conflicts where integration_id = ${world.integrationId}`,
  ).toEqual([{ kind: 'maybe_merged' }]);
});

it('a double goes before the contact that is archived meanwhile, also where that has another name by now', async () => {
  const world = await World.open(stage, { ...history, persons: [] });
  await world.play([
    { ...calmPass, faults: [{ at: 0, kind: 'frozen' }] },
    { ...calmPass, getLagMin: 5 },
  ]);
  const deletes = [0, 1].map((at): Step => ({ kind: 'local_delete', at }));
  await world.play([{ kind: 'remote_rename', at: 1 }, ...deletes, calmPass]);
  await world.rest();
  expect(world.google.live().map(({ resourceName }) => resourceName)).toEqual(['people/anchor']);
});

it('who is at Google twice goes on as the one that is left, where the other one was merged into another contact', async () => {
  const world = await World.open(stage, history);
  const frozen: Pass = { ...calmPass, faults: [{ at: 0, kind: 'frozen' }] };
  await world.play([frozen, merge(zoe, bo, 'former_name'), calmPass]);
  await world.rest();
  expect(world.providerWrites.map(({ kind }) => kind)).toEqual(['create', 'create']);
  expect(await conflicts(world)).toEqual([]);
  const ties = await stage.sql`
    select l.remote_id, c.first_name from contact_links l join contacts c on c.id = l.contact_id
    where l.integration_id = ${world.integrationId} and l.tombstoned_at is null order by 1`;
  expect(ties).toEqual([
    { remote_id: 'people/anchor', first_name: 'Anchor' },
    { remote_id: 'people/c1', first_name: 'Zoe' },
    { remote_id: 'people/c3', first_name: 'Bo' },
  ]);
});

it('one way to Google, who goes on there as another one that has gone as well is made anew from that', async () => {
  const [email, address] = ['a@x.io', '1 Mill St'];
  const there: Person = {
    ...{ names: [{ givenName: 'Bo', middleName: 'kept' }], emailAddresses: [{ value: email }] },
    addresses: [{ formattedValue: address, city: 'kept' }],
  };
  const another: Step = { kind: 'remote_create', person: { emailAddresses: [{ value: email }] } };
  const here = ['Ada', 'Cleo'].map(
    (firstName): Step => ({ kind: 'local_create', fields: { firstName, email } }),
  );
  const gone = [1, 2].map((at): Step => ({ kind: 'remote_delete', at }));
  // That the first one went is seen at once; that the other one did, as an update of it is about to be sent.
  for (const at of [9, 10, 11, 12, 13]) {
    const first: Pass = {
      ...calmPass,
      pageSize: 2,
      lagsMin: [27, 0],
      getLagMin: 5,
      faults: [{ at, kind: 'frozen' }],
    };
    await playToRest(stage, {
      ...{ direction: 'to_provider', policy: 'newest', lists: 'none', skewSeconds: 0, normalises: false },
      mappings: [{ field: 'address', path: 'addresses.formattedValue', direction: 'both' }],
      ...{ persons: [there], contacts: [{ email, address }] },
      steps: [calmPass, another, ...here, calmPass, ...gone, first],
    });
  }
});

it.each<[string, Pass]>([
  ['a listing shows it first', calmPass],
  ['a run of edits reads it first', { ...calmPass, isOfEdits: true }],
  ['the listing lags', { ...calmPass, lagsMin: [9] }],
])(
  'whoever is merged into one that somebody has just restored at Google is asked about, and not made there again: %s',
  async (_, next) => {
    const persons = ['Ann', 'Bob'].map((givenName) => ({ names: [{ givenName }] }));
    const world = await World.open(stage, { ...history, persons, contacts: [] });
    await world.play([calmPass, { kind: 'local_delete', at: 2 }, calmPass, { kind: 'days_pass', days: 1 }]);
    await world.play([{ kind: 'remote_restore', at: 2 }, merge(2, 1, 'former_name')]);
    const edits = [0, 1].map((at): Step => ({ kind: 'local_edit', at, field: 'notes', value: 'Sings' }));
    await world.play([...edits, next]);
    await world.rest();
    expect(world.google.live().map(({ resourceName }) => resourceName)).toEqual([
      'people/anchor',
      'people/c2',
    ]);
    expect((await conflicts(world)).map(({ kind }) => kind)).toEqual(['maybe_merged']);
  },
);

it('of two contacts whose creates had no answer, and were merged there, one has what is left, and a person is asked of the other', async () => {
  const contacts = ['Bo', 'Cy'].map((firstName) => ({ firstName, notes: firstName }));
  const world = await World.open(stage, { ...history, persons: [], contacts });
  const lost = { kind: 'lost_answer', call: 'write' } as const;
  await world.play([{ ...calmPass, faults: [0, 1].map((at) => ({ at, ...lost })) }]);
  const creates = await stage.sql`
    select state from contact_writes where kind = 'create' and integration_id = ${world.integrationId}`;
  expect(creates.map(({ state }) => state)).toEqual(['unknown', 'unknown']);
  await world.play([merge(2, 1, 'former_name')]);
  await world.rest();
  expect(await conflicts(world)).toMatchObject([{ kind: 'maybe_merged', candidates: ['people/c2'] }]);
  const there = world.google.live().map(({ resourceName }) => resourceName);
  expect(there).toEqual(['people/anchor', 'people/c2']);
  const here = await stage.sql`
    select first_name from contacts c join integrations i on i.user_id = c.user_id
    where i.id = ${world.integrationId} and notes is not null order by 1`;
  expect(here.map((row) => row.first_name)).toEqual(['Bo', 'Cy']);
});
