/** What a person does in Harmony after a write whose answer was lost: what that one brought to Google is nobody's edit there. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEFAULT_FIELD_MAPPINGS, type FieldMapping } from '../../sync/default-mappings.ts';
import { elementsOf } from '../../sync/person.ts';
import type { ConflictPolicy } from '../../sync/plan-field.ts';
import type { History, Pass, Step } from './history.ts';
import { calmPass } from './plan-steps.ts';
import { playToRest } from './play-to-rest.ts';
import { openStage, type Stage } from './stage.ts';
import { World } from './world.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

const history: Omit<History, 'policy' | 'steps'> = {
  ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, lists: 'none' },
  ...{ skewSeconds: 0, normalises: false, persons: [], contacts: [] },
};
const unanswered: Pass = { ...calmPass, faults: [{ at: 0, kind: 'lost_answer', call: 'write' }] };
const notes = (at: number, value: string | null): Step => ({ kind: 'local_edit', at, field: 'notes', value });
const notesThere = (world: World) =>
  world.google.live().flatMap((person) => {
    const isBo = elementsOf(person, 'names')[0]?.givenName === 'Bo';
    return isBo ? [elementsOf(person, 'biographies').map(({ value }) => value)] : [];
  });
const conflicts = ({ integrationId }: World) =>
  stage.sql`select field, winner from contact_conflicts where integration_id = ${integrationId}`;
const bo = ({ integrationId }: World) => stage.sql`
  select notes, archived_at is not null as gone from contacts c join integrations i on i.user_id = c.user_id
  where i.id = ${integrationId} and first_name = 'Bo'`;

it.each<[string, ConflictPolicy, string | null]>([
  ['cleared', 'newest', null],
  ['cleared, where Google wins', 'provider', null],
  ['edited, where Google wins', 'provider', 'new'],
])('a value that was %s before it is known that the contact was made stays so', async (_, policy, value) => {
  const world = await playToRest(stage, {
    ...{ ...history, policy, contacts: [{ firstName: 'Bo', notes: 'old' }] },
    // Whichever of the two Bo is.
    steps: [unanswered, notes(0, value), notes(1, value), calmPass],
  });
  expect(await bo(world)).toEqual([{ notes: value, gone: false }]);
  expect(notesThere(world)).toEqual([value === null ? [] : [value]]);
  expect(await conflicts(world)).toEqual([]);
});

it('a contact that was deleted before it is known that it was made stays deleted, and goes at Google', async () => {
  const world = await playToRest(stage, {
    ...{ ...history, policy: 'newest', contacts: [{ firstName: 'Bo', notes: 'old' }] },
    steps: [unanswered, { kind: 'local_delete', at: 0 }, { kind: 'local_delete', at: 1 }, calmPass],
  });
  expect(await bo(world)).toEqual([{ notes: 'old', gone: true }]);
  expect(notesThere(world)).toEqual([]);
});

it('a value that somebody changed at Google before it is known that the contact was made there comes here', async () => {
  const steps: Step[] = [unanswered, { kind: 'remote_edit', at: 1, field: 'notes', value: 'new' }, calmPass];
  const world = await playToRest(stage, {
    ...{ ...history, policy: 'harmony', contacts: [{ firstName: 'Bo', notes: 'old' }], steps },
  });
  expect(await bo(world)).toEqual([{ notes: 'new', gone: false }]);
  expect(notesThere(world)).toEqual([['new']]);
});

it('a value whose field nobody mapped for a while, before it was known that the contact was made with it, is wiped nowhere', async () => {
  const withoutNotes = DEFAULT_FIELD_MAPPINGS.filter(({ field }) => field !== 'notes');
  const map = (mappings: FieldMapping[]): Step => ({ kind: 'settings', direction: 'both', mappings });
  const world = await playToRest(stage, {
    ...{ ...history, policy: 'newest', contacts: [{ firstName: 'Bo', notes: 'old' }] },
    steps: [
      ...[unanswered, map(withoutNotes), notes(0, null), notes(1, null)],
      ...[map([...DEFAULT_FIELD_MAPPINGS]), calmPass],
    ],
  });
  expect(await bo(world)).toEqual([{ notes: 'old', gone: false }]);
  expect(notesThere(world)).toEqual([['old']]);
});

it('a value that is edited once more before it is known that the former one arrived stays, also where Google wins', async () => {
  const lost: Pass = { ...calmPass, faults: [...unanswered.faults, { at: 30, kind: 'local_edit' }] };
  const world = await playToRest(stage, {
    ...{ ...history, policy: 'provider', persons: [{ names: [{ givenName: 'Bo' }] }] },
    steps: [calmPass, notes(1, 'one'), calmPass, notes(1, 'two'), lost],
  });
  expect(await bo(world)).toEqual([{ notes: 'race 3', gone: false }]);
  expect(notesThere(world)).toEqual([['race 3']]);
  expect(await conflicts(world)).toEqual([]);
});

it('a value that is cleared before it is known that it arrived stays so, also where the contact was gone at Google for a while', async () => {
  const unavailable: Pass['faults'] = Array.from({ length: 30 }, () => ({ at: 30, kind: 'unavailable' }));
  const lost: Pass = { ...calmPass, faults: [...unanswered.faults, ...unavailable] };
  const world = await World.open(stage, {
    ...{ ...history, policy: 'newest', persons: [{ names: [{ givenName: 'Bo' }] }], steps: [] },
  });
  await world.play([calmPass, notes(1, 'old'), lost]);
  expect(notesThere(world)).toEqual([['old']]);
  expect(
    await stage.sql`select state from contact_writes where integration_id = ${world.integrationId}`,
  ).toEqual([{ state: 'unknown' }]);
  // No listing shows it yet.
  await world.play([
    { kind: 'remote_delete', at: 1 },
    { ...calmPass, lagsMin: [5] },
  ]);
  await world.play([{ kind: 'remote_restore', at: 1 }, notes(1, null), calmPass]);
  await world.rest();
  expect(await bo(world)).toEqual([{ notes: null, gone: false }]);
  expect(notesThere(world)).toEqual([[]]);
});

it('a value that is cleared before it is known that it arrived stays so, also where no read showed that and the next try was refused', async () => {
  const refused: Pass['faults'] = [{ at: 0, kind: 'forbidden', call: 'write' }];
  const lost: Pass = { ...calmPass, getLagMin: 5, faults: [...unanswered.faults, ...refused] };
  const world = await playToRest(stage, {
    ...{ ...history, policy: 'newest', persons: [{ names: [{ givenName: 'Bo' }] }] },
    steps: [calmPass, { kind: 'days_pass', days: 1 }, notes(1, 'old'), lost, notes(1, null), calmPass],
  });
  expect(world.providerWrites.map(({ kind }) => kind)).toEqual(['update', 'update']);
  expect(await bo(world)).toEqual([{ notes: null, gone: false }]);
  expect(notesThere(world)).toEqual([[]]);
});

const undo: Step = { kind: 'undo_run', at: 0, pass: calmPass };
const neverAnswered: Pass = {
  ...calmPass,
  faults: [
    ...unanswered.faults,
    ...Array.from({ length: 30 }, () => ({ at: 30, kind: 'unavailable' as const })),
  ],
};

it.each([
  ['in the same run', unanswered, []],
  ['in the next run', neverAnswered, [calmPass]],
] as const)('a run is taken back with what is known to have arrived only %s', async (_, lost, then) => {
  const world = await World.open(stage, {
    ...{ ...history, policy: 'newest', persons: [{ names: [{ givenName: 'Bo' }] }], steps: [] },
  });
  await world.play([calmPass, { kind: 'days_pass', days: 1 }, notes(1, 'one'), calmPass, notes(1, 'two')]);
  await world.play([lost, ...then, undo]);
  expect(await bo(world)).toEqual([{ notes: 'one', gone: false }]);
  expect(notesThere(world)).toEqual([['one']]);
  await world.play([{ kind: 'local_delete', at: 1 }, lost, ...then]);
  expect(await bo(world)).toEqual([{ notes: 'one', gone: true }]);
  await world.play([undo]);
  await world.rest();
  expect(await bo(world)).toEqual([{ notes: 'one', gone: false }]);
  expect(notesThere(world)).toEqual([['one']]);
});
