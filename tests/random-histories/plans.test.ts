/** Histories of plans and undone runs that each showed, or could show, a mistake; random ones find them again. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEFAULT_FIELD_MAPPINGS, type FieldMapping } from '../../sync/default-mappings.ts';
import type { Direction } from '../../sync/direction.ts';
import { elementsOf, groupsOf, type Person } from '../../sync/person.ts';
import type { History, Step } from './history.ts';
import { calmPass, type MatchAnswer, sayWho, twins } from './plan-steps.ts';
import { playToRest } from './play-to-rest.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

const history = (direction: Direction, steps: readonly Step[]): History => ({
  ...{ direction, mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
  ...{ skewSeconds: 0, normalises: false },
  ...{ persons: [], contacts: [], steps },
});
const choose = (direction: Direction): Step => ({ kind: 'choose_direction', direction });
const look: Step = { kind: 'make_plan' };
const decide = (how: 'apply' | 'reject', matches: MatchAnswer = 'later'): Step => ({
  ...{ kind: 'decide_plan', back: 0, how, matches, pass: calmPass },
});
const ada: Step = { kind: 'local_create', fields: { firstName: 'Ada' } };
const secondAda: Step = {
  kind: 'remote_create',
  person: { emailAddresses: [{ value: 'A@X.io' }], names: [{ givenName: 'Ada' }] },
};
/** How many candidates each open question of the last history has. */
const questions = async () => {
  const rows = await stage.sql<{ count: number }[]>`
    select cardinality(candidates) as count from contact_conflicts
    where kind = 'ambiguous_match' and resolved_at is null
      and integration_id = (select id from integrations order by created_at desc, id desc limit 1)
    order by 1`;
  return rows.map(({ count }) => count);
};
const namesOf = (persons: readonly Person[]) =>
  persons.map((person) => elementsOf(person, 'names')[0]?.givenName).sort();

it('a first two-way sync waits for its plan, and does what that showed', async () => {
  const first = [ada, calmPass, choose('both'), look];
  const waiting = await playToRest(stage, history('from_provider', [...first, calmPass]));
  expect(waiting.providerWrites).toEqual([]);
  const rejected = await playToRest(stage, history('from_provider', [...first, decide('reject')]));
  expect(rejected.providerWrites).toEqual([]);
  const moved = [ada, decide('apply')];
  const stale = await playToRest(stage, history('from_provider', [...first, ...moved]));
  expect(stale.providerWrites).toEqual([]);
  const applied = await playToRest(stage, history('from_provider', [...first, decide('apply')]));
  expect(namesOf(applied.google.live())).toEqual(['Ada', 'Anchor']);
});

it.each<[MatchAnswer, string[]]>([
  ['later', ['Ada', 'Anchor']],
  ['one_pair', ['Ada', 'Anchor', 'Bo']],
  ['pair_and_rest_apart', ['Ada', 'Anchor', 'Bo']],
  ['apart', ['Ada', 'Ada', 'Anchor', 'Bo']],
])('who could be two people is tied as a person says: %s', async (matches, names) => {
  const steps = [...twins, calmPass, choose('both'), look, decide('apply', matches)];
  const world = await playToRest(stage, history('from_provider', steps));
  expect(namesOf(world.google.live())).toEqual(names);
});

it('who has another name at Google by the run of the plan is tied as a person says', async () => {
  const renamed: Step = { kind: 'remote_rename', at: 1 };
  const steps = [...twins, calmPass, choose('both'), look, renamed, decide('apply', 'one_pair')];
  const world = await playToRest(stage, history('from_provider', steps));
  expect(namesOf(world.google.live())).toEqual(['Ada', 'Anchor', 'Bo']);
});

it.each([
  ['one of the contacts', 0],
  ['the remote contact', 2],
])(
  'once a person has said who %s is, nobody else waits: the other contact comes to Google',
  async (_who, at) => {
    const steps: Step[] = [...twins, calmPass, sayWho(at), calmPass];
    const world = await playToRest(stage, history('both', steps));
    expect(namesOf(world.google.live())).toEqual(['Ada', 'Anchor', 'Bo']);
    expect(await questions()).toEqual([]);
  },
);

it('who waits to be made at Google, and could be one of two there by now, is not made beside them', async () => {
  const blocked: Step = { ...calmPass, faults: [{ at: 0, kind: 'forbidden', call: 'write' }] };
  const one: Step = { kind: 'local_create', fields: { firstName: 'Ada', email: 'a@x.io' } };
  const steps: Step[] = [calmPass, one, blocked, secondAda, secondAda, calmPass];
  const world = await playToRest(stage, history('both', steps));
  expect(world.providerWrites).toEqual([]);
  expect(await questions()).toEqual([1, 1, 2]);
  await world.play([sayWho(0)]);
  await world.rest();
  expect(namesOf(world.google.live())).toEqual(['Ada', 'Ada', 'Anchor']);
  expect(await questions()).toEqual([]);
});

it('to Google alone: who is archived by the time a person says who they are takes nobody there along', async () => {
  const steps: Step[] = [...twins, calmPass, { kind: 'local_delete', at: 0 }, sayWho(0)];
  const world = await playToRest(stage, history('to_provider', steps));
  expect(world.providerWrites.map(({ kind }) => kind)).not.toContain('remove');
});

it.each([0, 1, 2, 3])(
  'of two and two, the other two are each other once a person has said who one is: %i',
  async (at) => {
    const steps: Step[] = [...twins, secondAda, calmPass, sayWho(at)];
    const world = await playToRest(stage, history('both', steps));
    expect(world.google.live()).toHaveLength(3);
    expect(await questions()).toEqual([]);
  },
);

it.each([
  ['a person says which one the contact is', sayWho(0)],
  ['one of them goes', { kind: 'remote_delete', at: 1 } as const],
])('from Google alone: once %s, nobody who could be the same contact waits', async (_what, step) => {
  const one: Step = { kind: 'local_create', fields: { email: 'a@x.io' } };
  const same = (value: string): Step => ({ kind: 'remote_create', person: { emailAddresses: [{ value }] } });
  const steps = [one, same('a@x.io'), same('A@x.io'), calmPass, step];
  await playToRest(stage, history('from_provider', steps));
  expect(await questions()).toEqual([]);
});

it('from Google alone: whom a plan asked about is not left waiting when a person says twice who the other one is', async () => {
  const steps = [calmPass, ...twins, look, decide('apply'), calmPass, sayWho(2), sayWho(2)];
  await playToRest(stage, history('from_provider', steps));
  expect(await questions()).toEqual([]);
});

it('to Google alone: who is made there while others of the same address are not shown yet is no candidate for these', async () => {
  // They are listed between the plan of the create and its call, or with it. The judge looks at what is asked at rest.
  const held = { ...calmPass, lagsMin: [14], faults: [{ at: 21, kind: 'held_up' as const }] };
  const persons = ['a@x.io', 'a@x.io'].map((value) => ({ emailAddresses: [{ value }] }));
  await playToRest(stage, { ...history('to_provider', [held]), persons, contacts: [{ email: 'A@x.io' }] });
});

it('of three and two, the others are asked about anew, with those that are left', async () => {
  const cleo: Step = { kind: 'local_create', fields: { firstName: 'Cleo', email: 'a@x.io' } };
  const before: Step[] = [...twins, cleo, secondAda, calmPass];
  await playToRest(stage, history('both', before));
  expect(await questions()).toEqual([2, 2, 2, 3, 3]);
  const said = sayWho(0);
  await playToRest(stage, history('both', [...before, said]));
  expect(await questions()).toEqual([1, 1, 2]);
  await playToRest(stage, history('both', [...before, said, calmPass, said]));
  expect(await questions()).toEqual([]);
});

it('who is no longer like the others leaves nobody waiting', async () => {
  const other: Step = { kind: 'remote_edit', at: 1, field: 'email', value: 'other@x.io' };
  const world = await playToRest(stage, history('both', [...twins, calmPass, other]));
  expect(namesOf(world.google.live())).toEqual(['Ada', 'Ada', 'Anchor', 'Bo']);
  expect(await questions()).toEqual([]);
});

it('who a person says it is joins the lists of both sides', async () => {
  const starred: Step = { kind: 'group_member', at: 0, of: 1, isMember: true };
  const steps: Step[] = [...twins, starred, calmPass, sayWho(0)];
  await playToRest(stage, { ...history('both', steps), lists: 'both' });
});

it('who is taken for merged into one that could have been others leaves these in no doubt', async () => {
  const world = await playToRest(stage, {
    ...history('both', [
      { kind: 'local_create', fields: { firstName: 'Zoe' } },
      calmPass,
      { kind: 'local_edit', at: 1, field: 'email', value: 'a@x.io' },
      ...twins,
      calmPass,
      ...[2, 3].map((at): Step => ({ kind: 'local_edit', at, field: 'phone', value: '1' })),
      { kind: 'remote_delete', at: 1 },
    ]),
    mappings: DEFAULT_FIELD_MAPPINGS.filter(({ field }) => field !== 'email'),
  });
  expect(await questions()).toEqual([]);
  expect(world.google.live()).toHaveLength(4);
});

it('who was deleted at Google leaves nobody waiting who could have been the same', async () => {
  const steps: Step[] = [...twins, calmPass, { kind: 'remote_delete', at: 1 }];
  const world = await playToRest(stage, history('both', steps));
  expect(namesOf(world.google.live())).toEqual(['Ada', 'Anchor', 'Bo']);
  expect(await questions()).toEqual([]);
});

it('from Google alone from now on: what was there and left alone comes at once', async () => {
  const person: Step = { kind: 'remote_create', person: { names: [{ givenName: 'Zoe' }] } };
  await playToRest(stage, history('to_provider', [person, calmPass, choose('from_provider')]));
});

it('what a contact brings to Harmony that is made at Google anew, from what was there before, is in the plan that makes it', async () => {
  const phone = (direction: Direction): FieldMapping => ({
    ...{ field: 'phone', path: 'phoneNumbers.value', direction },
  });
  const mobile: FieldMapping = {
    ...{ field: 'custom.mobile', path: 'phoneNumbers[type=mobile].value', direction: 'both' },
  };
  const world = await playToRest(stage, {
    ...history('both', [
      calmPass,
      { kind: 'remote_delete', at: 1 },
      { kind: 'local_edit', at: 1, field: 'website', value: 'https://x.io' },
      // Nothing of it goes to Google, so that nothing ties it to one that is gone.
      calmPass,
      { kind: 'choose_mappings', mappings: [phone('both'), mobile] },
      ...[look, decide('apply')],
    ]),
    ...{ mappings: [phone('from_provider')], lists: 'none' },
    persons: [{ phoneNumbers: [{ value: '+44201', type: 'Mobile' }] }],
  });
  expect(world.providerWrites.map(({ kind }) => kind)).toEqual(['create']);
  const [plan] = await stage.sql`
    select summary -> 'harmony' ->> 'updated' as updated from contact_plans order by created_at desc, id desc limit 1`;
  expect(plan).toEqual({ updated: '1' });
});

/** What the newest plan of the last history shows of contacts. */
const shownOfContacts = async () => {
  const [row] = await stage.sql<{ harmony: unknown; linked: number; parked: number }[]>`
    select summary -> 'harmony' as harmony, (summary ->> 'linked')::int as linked, (summary ->> 'parked')::int as parked
    from contact_plans order by created_at desc, id desc limit 1`;
  return row;
};
const people = (count: number): Person[] =>
  Array.from({ length: count }, (_, at) => ({
    ...{ names: [{ givenName: `P${at}` }], emailAddresses: [{ value: `p${at}@x.io` }] },
  }));

it('who may have been merged and waits for a person is shown as waiting, not as deleted', async () => {
  const merge: Step = { kind: 'remote_merge', at: 1, with: 2, as: 'deletion' };
  await playToRest(stage, { ...history('both', [calmPass, merge, calmPass, look]), persons: people(2) });
  expect(await shownOfContacts()).toEqual({
    ...{ harmony: { created: 0, updated: 0, deleted: 0 }, linked: 0, parked: 1 },
  });
});

it('many contacts that are merged at Google are no deletes that a run is parked for', async () => {
  const merges = Array.from({ length: 12 }, (_, pair): Step => {
    return { kind: 'remote_merge', at: 2 * pair + 1, with: 2 * pair + 2, as: 'deletion' };
  });
  const steps = [calmPass, ...merges, calmPass];
  const world = await playToRest(stage, { ...history('both', steps), persons: people(24) });
  const { integrationId } = world;
  expect(await stage.sql`select 1 from contact_plans where integration_id = ${integrationId}`).toEqual([]);
  const asked = await stage.sql`
    select kind, count(*)::int from contact_conflicts where integration_id = ${integrationId} group by 1`;
  expect(asked).toEqual([{ kind: 'maybe_merged', count: 12 }]);
});

it('whoever lives on as another remote contact is shown as tied to that, beside those that are gone', async () => {
  const gone = Array.from({ length: 12 }, (_, at): Step => ({ kind: 'remote_delete', at: at + 1 }));
  const again: Step = {
    kind: 'remote_create',
    person: { phoneNumbers: [{ value: '+44201' }], emailAddresses: [{ value: 'p0@x.io' }] },
  };
  await playToRest(stage, {
    ...history('both', [calmPass, ...gone, again, calmPass, look, decide('apply')]),
    persons: people(12),
  });
  expect(await shownOfContacts()).toEqual({
    ...{ harmony: { created: 0, updated: 1, deleted: 11 }, linked: 1, parked: 0 },
  });
});

it('who was asked about a remote contact that somebody else lives on as is shown as made at Google', async () => {
  const email = 'p0@x.io';
  const another: Step = { kind: 'remote_create', person: { emailAddresses: [{ value: email }] } };
  const here = ['Ada', 'Bo'].map(
    (firstName): Step => ({ kind: 'local_create', fields: { firstName, email } }),
  );
  // In the order of their names: the other one is the fifth after the anchor.
  const gone = [1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13].map((at): Step => ({ kind: 'remote_delete', at }));
  await playToRest(stage, {
    ...history('both', [calmPass, another, ...here, calmPass, ...gone, calmPass, look, decide('apply')]),
    persons: people(12),
  });
  const [plan] = await stage.sql<{ created: number; parked: number }[]>`
    select (summary -> 'provider' -> 'created')::int as created, (summary -> 'parked')::int as parked
    from contact_plans order by created_at desc, id desc limit 1`;
  expect(plan).toEqual({ created: 2, parked: 0 });
});

it('a list and a membership that were left alone while lists did not flow that way are carried over with the plan', async () => {
  const lists: Pick<History, 'lists' | 'persons'> = {
    lists: 'both',
    persons: [{ names: [{ givenName: 'Zoe' }] }],
  };
  const crew: Step = { kind: 'list_create', name: 'Crew' };
  const steps = [calmPass, crew, calmPass, choose('both'), look, decide('apply')];
  const sent = await playToRest(stage, { ...history('from_provider', steps), ...lists });
  expect([...sent.groups.live.values()].map(({ name }) => name)).toContain('Crew');
  // Starred at Google alone, which nobody asks about while lists only flow there.
  const starred: Step = { kind: 'group_member', at: 0, of: 1, isMember: true };
  const turn = [choose('both'), look, decide('apply')];
  await playToRest(stage, {
    ...history('from_provider', [
      calmPass,
      choose('to_provider'),
      ...turn.slice(1),
      starred,
      calmPass,
      ...turn,
    ]),
    ...{ ...lists, lists: 'from_provider' },
  });
});

/** What the newest plan of the last history shows of lists. */
const shownOfLists = async () => {
  const [row] = await stage.sql<{ lists: unknown }[]>`
    select summary -> 'lists' as lists from contact_plans order by created_at desc, id desc limit 1`;
  return row?.lists;
};

it.each([
  ['', true],
  [' where contacts themselves are not mapped', false],
])(
  'a plan shows what becomes of lists, groups and who is on them, on each side, and its run does that%s',
  async (_where, own) => {
    const put = (kind: 'list_member' | 'group_member', at: number, of: number): Step => ({
      ...{ kind, at, of, isMember: true },
    });
    const steps: Step[] = [
      // Beside Starred; the contacts are the anchor, Zoe and Bo.
      ...['Band', 'Choir'].map((name): Step => ({ kind: 'group_create', name })),
      ...[put('group_member', 1, 1), put('group_member', 2, 2), calmPass],
      // Beside the lists of these three.
      ...['choir', 'Crew'].map((name): Step => ({ kind: 'list_create', name })),
      ...[put('list_member', 3, 0), put('list_member', 4, 1), put('list_member', 4, 2), calmPass],
    ];
    const lists: Pick<History, 'lists' | 'persons'> = {
      lists: 'both',
      persons: ['Zoe', 'Bo'].map((givenName) => ({ names: [{ givenName }] })),
    };
    const both: Step[] = [{ kind: 'objects', own, lists: 'both' }, choose('both'), look, decide('apply')];
    const none = { created: 0, updated: 0, deleted: 0, membersAdded: 0, membersRemoved: 0 };
    const quiet = { tied: 0, parked: 0, conflicts: 0 };
    await playToRest(stage, { ...history('from_provider', [...steps, ...both]), ...lists });
    expect(await shownOfLists()).toEqual({
      harmony: { ...none, updated: 1 },
      provider: { ...none, created: 1, membersAdded: 3 },
      ...{ ...quiet, tied: 1 },
      samples: [
        { side: 'none', action: 'tie', name: 'choir' },
        { side: 'harmony', action: 'rename', name: 'choir', newName: 'Choir' },
        { side: 'provider', action: 'create', name: 'Crew' },
        { side: 'provider', action: 'add_members', name: 'Crew', members: 2 },
        { side: 'provider', action: 'add_members', name: 'Choir', members: 1 },
      ],
    });
    // Left alone while lists only flow to Google: a group that came there, and who is in it.
    const toGoogle = [choose('to_provider'), look, decide('apply')];
    const there: Step[] = [{ kind: 'group_create', name: 'Guests' }, put('group_member', 1, 2)];
    const turned = [calmPass, ...toGoogle, ...there, calmPass, ...both];
    await playToRest(stage, { ...history('from_provider', turned), ...lists });
    expect(await shownOfLists()).toEqual({
      harmony: { ...none, created: 1, membersAdded: 1 },
      provider: none,
      ...quiet,
      samples: [
        { side: 'harmony', action: 'create', name: 'Guests' },
        { side: 'harmony', action: 'add_members', name: 'Guests', members: 1 },
      ],
    });
  },
);

it('a list that takes up a group of another spelling with a plan has its name at once, where nothing else is sent', async () => {
  const steps: Step[] = [
    ...[{ kind: 'group_create', name: 'Choir' } as const, calmPass],
    ...[{ kind: 'list_create', name: 'choir' } as const, calmPass],
    ...[choose('both'), look, decide('apply')],
  ];
  const world = await playToRest(stage, { ...history('from_provider', steps), lists: 'both' });
  expect(await shownOfLists()).toMatchObject({ harmony: { updated: 1 }, tied: 1 });
  expect((await world.listNames()).sort()).toEqual(['Choir', 'Starred']);
});

it('whom a person took off a list that goes into another one is shown as leaving the group', async () => {
  const steps: Step[] = [
    { kind: 'group_create', name: 'Crew' },
    { kind: 'group_member', at: 1, of: 0, isMember: true },
    calmPass,
    { kind: 'list_member', at: 0, of: 0, isMember: false },
    { kind: 'list_create', name: 'Crew' },
    ...[choose('both'), look, decide('apply')],
  ];
  const world = await playToRest(stage, { ...history('from_provider', steps), lists: 'both' });
  expect(await shownOfLists()).toMatchObject({ provider: { membersRemoved: 1 }, tied: 1 });
  expect(world.google.live().flatMap(groupsOf)).toEqual([]);
});

it('who is put on a list again is shown, though listings may still show how they were taken off', async () => {
  const isMember = (on: boolean): Step => ({ kind: 'list_member', at: 0, of: 1, isMember: on });
  const world = await playToRest(stage, {
    ...history('both', [
      { kind: 'group_create', name: 'Crew' },
      { kind: 'group_member', at: 1, of: 1, isMember: true },
      ...[calmPass, isMember(false), calmPass, calmPass, isMember(true)],
      ...[choose('to_provider'), look, decide('apply')],
    ]),
    ...{ persons: [{ names: [{ givenName: 'Ada' }] }], lists: 'both' },
  });
  expect(await shownOfLists()).toMatchObject({ provider: { membersAdded: 1 } });
  expect(world.google.live().flatMap(groupsOf)).toHaveLength(1);
});

it('a run of a one-way integration is not taken back where the next one would do it again', async () => {
  const edit: Step = { kind: 'local_edit', at: 0, field: 'notes', value: 'mine' };
  const undo: Step = { kind: 'undo_run', at: 0, pass: calmPass };
  await playToRest(stage, history('from_provider', [calmPass, edit, calmPass, undo]));
});

it('a run is taken back, and stays so', async () => {
  const edit: Step = { kind: 'remote_edit', at: 0, field: 'notes', value: 'a mistake' };
  const undo: Step = { kind: 'undo_run', at: 0, pass: null };
  const world = await playToRest(stage, history('both', [calmPass, edit, calmPass, undo]));
  expect(world.google.live().flatMap((person) => elementsOf(person, 'biographies'))).toEqual([]);
});

it('who takes the first run back keeps on both sides what only one of them had', async () => {
  const ada = { names: [{ givenName: 'Ada' }], emailAddresses: [{ value: 'ada@x.io' }] };
  const world = await playToRest(stage, {
    ...history('both', [calmPass, { kind: 'undo_run', at: 0, pass: calmPass }]),
    persons: [{ ...ada, phoneNumbers: [{ value: '111' }] }],
    contacts: [{ firstName: 'Ada', email: 'ada@x.io', notes: 'mine' }],
  });
  const there = world.google.live().at(-1) ?? {};
  expect(elementsOf(there, 'phoneNumbers')).toMatchObject([{ value: '111' }]);
  expect(elementsOf(there, 'biographies')).toMatchObject([{ value: 'mine' }]);
  const here =
    await stage.sql`select phone, notes from contacts where email = 'ada@x.io' order by created_at desc`;
  expect(here.at(0)).toEqual({ phone: '111', notes: 'mine' });
});

it('who was restored since a run archived them, and deleted again, stays in the archive as that run is taken back', async () => {
  const gone: Step[] = [{ kind: 'remote_delete', at: 1 }, calmPass];
  const again: Step[] = [
    { kind: 'local_restore', at: 0 },
    calmPass,
    { kind: 'local_delete', at: 0 },
    calmPass,
  ];
  const undo: Step = { kind: 'undo_run', at: 1, pass: null };
  const bo: Person = { names: [{ givenName: 'Bo' }] };
  const play = async (steps: Step[]) => {
    const world = await playToRest(stage, {
      ...history('both', [calmPass, ...gone, ...steps]),
      persons: [bo],
    });
    return namesOf(world.google.live());
  };
  expect(await play([{ ...undo, at: 0 }])).toEqual(['Anchor', 'Bo']);
  expect(await play([...again, undo])).toEqual(['Anchor']);
});

it('who was restored since a run deleted them at Google, and deleted again, stays deleted as that run is taken back', async () => {
  const gone: Step[] = [{ kind: 'local_delete', at: 1 }, calmPass];
  const undo = (at: number): Step => ({ kind: 'undo_run', at, pass: null });
  const play = async (steps: Step[]) => {
    const world = await playToRest(stage, {
      ...history('both', [calmPass, ...gone, ...steps]),
      contacts: [{ firstName: 'Bo' }],
    });
    return namesOf(world.google.live());
  };
  expect(await play([undo(0)])).toEqual(['Anchor', 'Bo']);
  expect(await play([{ kind: 'local_restore', at: 1 }, calmPass, ...gone, undo(2)])).toEqual(['Anchor']);
});

it('who turns down a plan that a parked run made stale has the direction that was approved', async () => {
  const empty: Step = { ...calmPass, full: true, lagsMin: [15], getLagMin: 5 };
  const world = await playToRest(
    stage,
    history('from_provider', [calmPass, choose('both'), look, empty, decide('reject')]),
  );
  const [row] = await stage.sql`select sync_direction from integrations where id = ${world.integrationId}`;
  expect(row).toEqual({ sync_direction: 'from_provider' });
});
