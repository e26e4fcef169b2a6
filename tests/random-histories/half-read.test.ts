/**
 * A run of edits (trigger `edit`) reads nothing but what an earlier run left half-read: a page is missing, or the sweep that tells
 * renames, and by the half of a listing nobody is planned.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEFAULT_FIELD_MAPPINGS } from '../../sync/default-mappings.ts';
import type { Fault } from './gate.ts';
import type { History, Pass, Step } from './history.ts';
import { calmPass } from './plan-steps.ts';
import { openStage, type Stage } from './stage.ts';
import { World } from './world.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

const base: History = {
  ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
  ...{ skewSeconds: 0, normalises: false, persons: [], contacts: [], steps: [] },
};
const ann = { names: [{ givenName: 'Ann' }], emailAddresses: [{ value: 'ann@x.io' }] };
const bob = { names: [{ givenName: 'Bob' }], emailAddresses: [{ value: 'bob@x.io' }] };

const runOfEdits: Pass = { ...calmPass, isOfEdits: true };
/** Google answers 503 from that passage on, until the run fails. */
const breaksOff = (at: number, full: boolean): Pass => ({
  ...{ ...calmPass, full, pageSize: 1 },
  faults: Array.from({ length: 40 }, (): Fault => ({ at, kind: 'unavailable' })),
});
const cursor = async ({ integrationId }: World) =>
  (
    await stage.sql`
      select listing_id is not null as "isListing", listing_pages as pages, sweep_listing_id is not null as "isToSweep"
      from stream_cursors where integration_id = ${integrationId} and stream = 'contacts'`
  )[0];
const named = ({ integrationId }: World, name: string) => stage.sql`
  select c.archived_at is not null as archived from contacts c join integrations i on i.user_id = c.user_id
  where i.id = ${integrationId} and first_name = ${name}`;
const asked = async ({ integrationId }: World) =>
  (
    await stage.sql`select kind from contact_conflicts where integration_id = ${integrationId} and resolved_at is null`
  ).map(({ kind }) => kind);
const withAddress = (world: World, email: string) =>
  world.google.live().filter(({ emailAddresses }) => JSON.stringify(emailAddresses ?? []).includes(email));
/** Of the contacts as they stand by their ids: the anchor, then those of Google. */
const edit = (at: number): Step => ({ kind: 'local_edit', at, field: 'notes', value: 'x' });
const isThere = [{ archived: false }];

it.each([false, true])(
  'renamed at Google, and a complete listing broke off before its sweep: one contact (run of edits: %s)',
  async (isEdited) => {
    const world = await World.open(stage, { ...base, persons: [ann] });
    await world.play([calmPass, { kind: 'remote_rename', at: 1 }, breaksOff(18, true), edit(0)]);
    expect(await cursor(world)).toMatchObject({ isListing: false, isToSweep: true });
    if (isEdited) await world.play([runOfEdits]);
    await world.rest();
    expect(await named(world, 'Ann')).toEqual(isThere);
    expect(await asked(world)).toEqual([]);
  },
);

/** Ann was merged into Bob, and of the two a listing had shown her alone as it broke off. */
const mergedMeanwhile = async (edited: Step, isEdited: boolean): Promise<World> => {
  const world = await World.open(stage, { ...base, persons: [ann, bob] });
  const merge: Step = { kind: 'remote_merge', at: 2, with: 1, as: 'deletion' };
  await world.play([calmPass, merge, edited, breaksOff(12, false)]);
  expect(await cursor(world)).toMatchObject({ isListing: true, pages: 1 });
  if (isEdited) await world.play([runOfEdits]);
  await world.rest();
  return world;
};

it.each([false, true])(
  'merged at Google, of which a listing had shown the half that went: a person is asked (run of edits: %s)',
  async (isEdited) => {
    const world = await mergedMeanwhile(edit(0), isEdited);
    expect(await named(world, 'Ann')).toEqual(isThere);
    expect(await asked(world)).toEqual(['maybe_merged']);
  },
);

it.each([false, true])(
  'merged like that while the one that went is edited here: not made at Google a second time (run of edits: %s)',
  async (isEdited) => {
    const world = await mergedMeanwhile(edit(1), isEdited);
    expect(withAddress(world, 'ann@x.io')).toHaveLength(1);
    expect(await asked(world)).toEqual(['maybe_merged']);
  },
);

it.each([false, true])(
  'new on both sides, and its page was not read any more: one contact on either side (run of edits: %s)',
  async (isEdited) => {
    const world = await World.open(stage, { ...base, persons: [ann] });
    await world.play([calmPass, { kind: 'remote_edit', at: 1, field: 'notes', value: 'y' }]);
    await world.play([{ kind: 'remote_create', person: bob }, breaksOff(12, false)]);
    expect(await cursor(world)).toMatchObject({ isListing: true, pages: 1 });
    await world.play([{ kind: 'local_create', fields: { firstName: 'Bob', email: 'bob@x.io' } }]);
    if (isEdited) await world.play([runOfEdits]);
    await world.rest();
    expect(withAddress(world, 'bob@x.io')).toHaveLength(1);
    expect(await named(world, 'Bob')).toEqual(isThere);
  },
);
