/** Histories in which a person decides a conflict; random ones do so, too. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEFAULT_FIELD_MAPPINGS } from '../../sync/default-mappings.ts';
import { elementsOf } from '../../sync/person.ts';
import type { History, ResolveStep, Step } from './history.ts';
import { calmPass } from './plan-steps.ts';
import { playToRest } from './play-to-rest.ts';
import { openStage, type Stage } from './stage.ts';

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
