/** Histories in which a person decides a conflict; random ones do so, too. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_FIELD_MAPPINGS } from '../../sync/default-mappings.ts';
import { elementsOf } from '../../sync/person.ts';
import type { Fault } from './gate.ts';
import type { History, ResolveStep, Step } from './history.ts';
import { calmPass } from './plan-steps.ts';
import { playToRest } from './play-to-rest.ts';
import { openStage, type Stage } from './stage.ts';
import { World } from './world.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

const history = (policy: History['policy'], steps: readonly Step[]): History => ({
  ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy, lists: 'none' },
  ...{ skewSeconds: 0, normalises: false },
  ...{ persons: [], contacts: [{ firstName: 'Ada', notes: 'Old' }], steps },
});
/** Ada's conflict and the anchor's, whichever comes first. */
const decide = (choose: ResolveStep['choose'], always = false): Step[] => {
  const step = { kind: 'resolve_conflict', of: 'value', at: 0, choose, isFit: true, candidate: 0 } as const;
  return [
    { ...step, always },
    { ...step, always: false },
  ];
};
/** The notes of both contacts on either side, in one interval. */
const disagree = (local: string, remote: string): Step[] => [
  ...[0, 1].map((at): Step => ({ kind: 'local_edit', at, field: 'notes', value: local })),
  ...[0, 1].map((at): Step => ({ kind: 'remote_edit', at, field: 'notes', value: remote })),
  calmPass,
];
const notesAtGoogle = async (policy: History['policy'], steps: readonly Step[]) => {
  const world = await playToRest(stage, history(policy, [calmPass, ...steps]));
  const ada = world.google.live().find((person) => elementsOf(person, 'names')[0]?.givenName === 'Ada');
  return elementsOf(ada ?? {}, 'biographies').map(({ value }) => value);
};

it.each([
  ['harmony', 'harmony', 'Ours'],
  ['harmony', 'provider', 'Theirs'],
  ['harmony', 'dismiss', 'Ours'],
  ['provider', 'harmony', 'Ours'],
  ['provider', 'provider', 'Theirs'],
  ['provider', 'dismiss', 'Theirs'],
] as const)(
  'where the policy took the value of %s, and a person chooses %s, both sides end with "%s"',
  async (policy, choose, notes) => {
    expect(await notesAtGoogle(policy, [...disagree('Ours', 'Theirs'), ...decide(choose)])).toEqual([notes]);
  },
);

it.each([
  ['harmony', 'Ours again'],
  ['provider', 'Theirs again'],
] as const)('what a person always chooses, %s, decides the next conflict, too', async (choose, notes) => {
  const policy = choose === 'harmony' ? 'provider' : 'harmony';
  const next = disagree('Ours again', 'Theirs again');
  const steps = [...disagree('Ours', 'Theirs'), ...decide(choose, true), calmPass, ...next];
  expect(await notesAtGoogle(policy, steps)).toEqual([notes]);
});

it('that a name of a list is taken is told once, and stays so where a person leaves it', async () => {
  const choir: Step = { kind: 'list_create', name: 'Choir' };
  const leave: Step = {
    ...{ kind: 'resolve_conflict', of: 'list_name_taken', at: 0, choose: 'dismiss' },
    ...{ isFit: true, candidate: 0, always: false },
  };
  const steps = [choir, choir, calmPass, leave];
  await playToRest(stage, { ...history('newest', steps), direction: 'to_provider', lists: 'both' });
});

it('a choice that is refused, since the field only flows from Google, keeps nobody whose remote contact is gone', async () => {
  const pass = { ...calmPass, pageSize: 2 };
  const steps: Step[] = [
    { ...pass, lagsMin: [14, 0] },
    { kind: 'local_edit', field: 'address', value: null, at: 7 },
    { kind: 'remote_delete', at: 3 },
    { kind: 'tokens_expire' },
    calmPass,
    { kind: 'local_edit', field: 'company', value: 'Acme', at: 2 },
    { kind: 'remote_edit', field: 'company', at: 0, value: null },
    pass,
    ...decide('harmony').slice(0, 1),
  ];
  const world = await playToRest(stage, {
    ...history('newest', steps),
    ...{ lists: 'both', contacts: [{}, { phone: '+44 20 1' }] },
    mappings: [
      { field: 'company', path: 'organizations.name', direction: 'from_provider' },
      { field: 'phone', path: 'phoneNumbers.value', direction: 'both' },
    ],
  });
  expect(world.google.live().map(({ resourceName }) => resourceName)).toEqual(['people/anchor']);
});

it('a value that gives way to Google once more, after a person has decided that, is told once more', async () => {
  const world = await World.open(stage, {
    ...history('newest', []),
    direction: 'from_provider',
    contacts: [],
  });
  const open = () => stage.sql`
    select local_value, run_id from contact_conflicts
    where integration_id = ${world.integrationId} and resolved_at is null`;
  const edit: Step[] = [{ kind: 'local_edit', at: 0, field: 'firstName', value: 'Ours' }, calmPass];
  await world.play([calmPass, ...edit]);
  const [first, ...others] = await open();
  expect([first?.local_value, others]).toEqual(['Ours', []]);
  await world.play([...decide('dismiss').slice(0, 1), calmPass]);
  expect(await open()).toEqual([]);
  await world.play(edit);
  const again = await open();
  expect(again).toMatchObject([{ local_value: 'Ours' }]);
  expect(again[0]?.run_id).not.toBe(first?.run_id);
  await world.rest();
});

describe('a question about one contact', () => {
  const open = async (): Promise<World> => {
    const world = await World.open(stage, history('newest', []));
    await world.play([calmPass]);
    return world;
  };
  /** Of Ada and the anchor, whichever comes first. */
  const edit = (field: 'notes' | 'birthday', value: string): Step[] => [
    ...[0, 1].map((at): Step => ({ kind: 'local_edit', at, field, value })),
    calmPass,
  ];
  const dismiss = (of: string): Step[] =>
    [0, 1].map(
      (): Step => ({
        ...{ kind: 'resolve_conflict', of, at: 0, choose: 'dismiss', isFit: true, candidate: 0 },
        always: false,
      }),
    );
  const asked = async (world: World) =>
    (
      await stage.sql`
        select c.kind, c.local_value, c.resolved_at is null as open from contact_conflicts c
          join contacts k on k.id = c.contact_id
        where c.integration_id = ${world.integrationId} and k.first_name = 'Ada'`
    ).map(({ kind, local_value, open: isOpen }) => [kind, local_value, isOpen]);

  it('that is refused is asked once, again where it is refused again, and is over once it was taken', async () => {
    const world = await open();
    const { refusing } = world.refusals;
    refusing.set('update', 'invalid_request');
    await world.play(edit('notes', 'One'));
    expect(await asked(world)).toEqual([['refused', null, true]]);
    await world.play(edit('notes', 'Two'));
    expect(await asked(world)).toEqual([['refused', null, true]]);
    await world.play(dismiss('refused'));
    expect(await asked(world)).toEqual([['refused', null, false]]);
    await world.play(edit('notes', 'Three'));
    expect(await asked(world)).toEqual([['refused', null, true]]);
    refusing.clear();
    await world.play(edit('notes', 'Four'));
    expect(await asked(world)).toEqual([['refused', null, false]]);
    await world.rest();
  });

  it('is over while contacts are not mapped, and asked again once they are, of one that is still there', async () => {
    const objects = (own: boolean): Step[] => [{ kind: 'objects', own, lists: 'none' }, calmPass];
    const world = await open();
    await world.play(edit('birthday', 'soon'));
    await world.play(objects(false));
    expect(await asked(world)).toEqual([['unstorable_value', 'soon', false]]);
    await world.play(objects(true));
    expect(await asked(world)).toEqual([['unstorable_value', 'soon', true]]);
    const gone: Step[] = [0, 1].map((at) => ({ kind: 'local_delete', at }));
    await world.play([...objects(false), ...gone, calmPass, ...objects(true)]);
    expect(await asked(world)).toEqual([['unstorable_value', 'soon', false]]);
    await world.rest();
  });

  it('of which Google can not hold a value is asked again where it gets another one like that', async () => {
    const world = await open();
    await world.play(edit('birthday', 'soon'));
    expect(await asked(world)).toEqual([['unstorable_value', 'soon', true]]);
    await world.play([...edit('notes', 'Sings'), calmPass]);
    expect(await asked(world)).toEqual([['unstorable_value', 'soon', true]]);
    await world.play([...dismiss('unstorable_value'), ...edit('notes', 'Sings on')]);
    expect(await asked(world)).toEqual([['unstorable_value', 'soon', false]]);
    await world.play(edit('birthday', 'later'));
    expect(await asked(world)).toEqual([['unstorable_value', 'later', true]]);
    await world.play(edit('birthday', '2001-02-03'));
    expect(await asked(world)).toEqual([['unstorable_value', 'later', false]]);
    await world.rest();
  });
});

it('a contact that a person says is another one, while nobody knows whether it was made, is tied to that one alone', async () => {
  const lost: Fault = { at: 0, kind: 'lost_answer', call: 'write' };
  const email = 'a@x.io';
  const world = await World.open(stage, {
    ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
    ...{ skewSeconds: 0, normalises: false, persons: [], steps: [] },
    contacts: ['Cy', 'Di'].map((firstName) => ({ firstName, email })),
  });
  const link: Step = {
    kind: 'resolve_conflict',
    at: 0,
    choose: 'link',
    isFit: true,
    candidate: 0,
    always: false,
  };
  await world.play([
    { ...calmPass, faults: [lost, lost] },
    { kind: 'remote_create', person: { emailAddresses: [{ value: email }] } },
    // Shows that one, and not yet what was made.
    { ...calmPass, lagsMin: [0, 14, 14, 0] },
    ...[link, calmPass],
  ]);
  await world.rest();
  expect(
    await stage.sql`
      select first_name, remote_id from contact_links l join contacts c on c.id = l.contact_id
      where l.integration_id = ${world.integrationId} and email = ${email} order by 1`,
  ).toEqual([
    { first_name: 'Cy', remote_id: 'people/c3' },
    { first_name: 'Di', remote_id: 'people/c2' },
  ]);
  expect(world.google.live().map(({ resourceName }) => resourceName)).toEqual([
    ...['people/anchor', 'people/c2', 'people/c3'],
  ]);
});
