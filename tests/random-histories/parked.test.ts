/** Histories of runs that are parked, and of a person who decides on what they would delete; random ones meet more of them. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPlan } from '../../api/routes/integrations/plans/create-plan.ts';
import { rejectPlan } from '../../api/routes/integrations/plans/reject-plan.ts';
import { DEFAULT_FIELD_MAPPINGS } from '../../sync/default-mappings.ts';
import type { Person } from '../../sync/person.ts';
import type { Api } from './api.ts';
import type { Fault } from './gate.ts';
import type { History, Step } from './history.ts';
import type { Passes } from './passes.ts';
import { calmPass } from './plan-steps.ts';
import { playToRest } from './play-to-rest.ts';
import { openStage, type Stage } from './stage.ts';
import { World } from './world.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

const crowd = { kind: 'crowd', size: 12, where: 'google' } as const;
const gone: Step = { kind: 'many_gone', count: 12, where: 'by_turns' };
const decide = (how: 'apply' | 'reject'): Step => ({
  ...{ kind: 'decide_plan', back: 0, how, matches: 'later', pass: calmPass },
});
const history: History = {
  ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
  ...{ skewSeconds: 0, normalises: false, persons: [], contacts: [], steps: [] },
};
const play = (steps: readonly Step[], more: Partial<History> = {}) =>
  playToRest(stage, { ...history, steps, ...more });
/** Whose names begin so: living in Harmony, and at Google. */
const left = async ({ google, integrationId }: Awaited<ReturnType<typeof play>>, name = 'Crowd') => {
  const [row] = await stage.sql<{ count: number }[]>`
    select count(*)::int as count from contacts where first_name like ${`${name}%`} and archived_at is null
      and user_id = (select user_id from integrations where id = ${integrationId})`;
  const there = google.live().filter(({ names }) => JSON.stringify(names).includes(name));
  return [row?.count, there.length];
};

it.each([
  ['apply', 0, 0],
  ['reject', 12, 6],
] as const)(
  'half of a crowd is deleted on either side, and a person answers: %s',
  async (how, here, there) => {
    const world = await play([crowd, calmPass, gone, calmPass, { kind: 'make_plan' }, decide(how), calmPass]);
    expect(await left(world)).toEqual([here, there]);
  },
);

it('a plan of deletes that is no longer true is refused, and nobody goes before somebody has decided', async () => {
  const one: Step = { kind: 'many_back', count: 1, where: 'harmony' };
  const steps = [crowd, calmPass, gone, calmPass, { kind: 'make_plan' } as const, one, decide('apply')];
  expect(await left(await play(steps, { atLast: 'reject' }))).toEqual([12, 6]);
});

it('whom a person kept is the same contact once everybody is back at Google', async () => {
  const back: Step = { kind: 'many_back', count: 15, where: 'google' };
  const there: Step[] = [{ kind: 'make_plan' }, decide('reject'), calmPass, back, calmPass];
  const emptied: Step[] = [crowd, calmPass, { kind: 'emptied' }, calmPass];
  expect(await left(await play([...emptied, ...there]))).toEqual([12, 12]);
  expect(await left(await play([...emptied, back, calmPass]))).toEqual([12, 12]);
});

it('who may have been merged into one that the run deletes goes on, and is made at Google again', async () => {
  const bo: Person = { names: [{ givenName: 'Bo' }], emailAddresses: [{ value: 'b@x.io' }] };
  const zoe: Person = { names: [{ givenName: 'Zoe' }] };
  // The first Bo and ten of the crowd there, in the order of their names; Zoe and the second Bo here.
  const there: Step = { kind: 'many_gone', count: 11, where: 'google' };
  const here: Step = { kind: 'many_gone', count: 2, where: 'harmony' };
  const steps: Step[] = [{ ...crowd, size: 16 }, calmPass, there, calmPass, here];
  const world = await play([...steps, { kind: 'make_plan' }, decide('apply'), calmPass], {
    persons: [bo, zoe, bo],
  });
  expect((await left(world, 'Bo'))[1]).toBe(1);
});

it.each(['quota', 'lost_request'] as const)(
  'a delete that an earlier run could not carry over (%s) comes back with those that a person turns down',
  async (kind) => {
    const here: Step = { kind: 'many_gone', count: 2, where: 'harmony' };
    const there: Step = { kind: 'many_gone', count: 12, where: 'google' };
    // Until the run gives up.
    const unable: Step = {
      ...calmPass,
      faults: Array<Fault>(30).fill({ at: 0, kind, call: 'write' }),
    };
    const steps = [{ ...crowd, size: 15 }, calmPass, here, unable, there, calmPass];
    const world = await play([...steps, { kind: 'make_plan' }, decide('reject'), calmPass]);
    expect(await left(world)).toEqual([15, 3]);
  },
);

it('one way to Google, who was edited there since the delete, and would only be untied, comes back with those that a person turns down', async () => {
  const here: Step = { kind: 'many_gone', count: 13, where: 'harmony' };
  const edited: Step = { kind: 'remote_edit', field: 'firstName', value: 'Crowded', at: 1 };
  const made: Step[] = [{ ...crowd, size: 13, where: 'harmony' }, calmPass, here, calmPass];
  const steps: Step[] = [...made, edited, calmPass, { kind: 'make_plan' }, decide('reject'), calmPass];
  expect(await left(await play(steps, { direction: 'to_provider' }))).toEqual([13, 13]);
});

it('a plan is turned down although another look at it came to nothing, and the integration syncs on', async () => {
  const world = await World.open(stage, history);
  await world.play([crowd, calmPass, { kind: 'many_gone', count: 12, where: 'google' }, calmPass]);
  await world.play([{ kind: 'make_plan' }]);
  const { passes, plans } = world as unknown as { passes: Passes; plans: { api: Api } };
  const [plan] = await stage.sql<{ id: string }[]>`
    select id from contact_plans where integration_id = ${world.integrationId} order by created_at desc, id desc limit 1`;
  passes.computePlan = () => Promise.reject(new Error('the workflow engine does not answer'));
  await expect(plans.api.call(createPlan, { body: {} })).rejects.toThrow('does not answer');
  await plans.api.call(rejectPlan, { params: { planId: plan?.id ?? '' } });
  expect(await stage.sql`select phase from integrations where id = ${world.integrationId}`).toEqual([
    { phase: 'active' },
  ]);
});

it('what was approved, and was parked once more and turned down then, approves no later deletes', async () => {
  const world = await World.open(stage, history);
  const away = (count: number): Step => ({ kind: 'many_gone', count, where: 'google' });
  await world.play([{ ...crowd, size: 40 }, calmPass, away(12), calmPass, { kind: 'make_plan' }]);
  // Two more went since Google was read, so that the plan is still true, and its run is parked.
  await world.play([away(2), decide('apply'), { kind: 'make_plan' }, decide('reject')]);
  expect(await left(world)).toEqual([40, 26]);
  await world.play([away(12), calmPass]);
  expect(await left(world)).toEqual([40, 14]);
});

it('a plan that is turned down brings nobody back from the archive whose remote contact somebody else goes on with', async () => {
  const bo: Person = { names: [{ givenName: 'Bo' }], emailAddresses: [{ value: 'b@x.io' }] };
  const world = await World.open(stage, { ...history, persons: [bo] });
  const away: Step = { kind: 'many_gone', count: 12, where: 'google' };
  await world.play([
    { ...crowd, size: 16 },
    calmPass,
    { kind: 'local_delete', at: 0 },
    { kind: 'local_delete', at: 1 },
  ]);
  await world.play([
    { kind: 'local_create', fields: { firstName: 'Bo', email: 'b@x.io' } },
    { kind: 'remote_edit', field: 'notes', value: 'new', at: 1 },
    ...([away, calmPass, { kind: 'make_plan' }, decide('reject'), calmPass] as const),
  ]);
  expect(await left(world, 'Bo')).toEqual([1, 1]);
});

it.each([
  ['apply', 1, 1],
  ['reject', 15, 3],
] as const)(
  'of deletes that could not be sent before, the plan of the run itself tells, too: %s',
  async (how, here, there) => {
    const unable = { ...calmPass, faults: Array<Fault>(30).fill({ at: 0, kind: 'quota', call: 'write' }) };
    const gone = (count: number, where: 'google' | 'harmony'): Step => ({ kind: 'many_gone', count, where });
    const world = await World.open(stage, history);
    await world.play([{ ...crowd, size: 15 }, calmPass, gone(2, 'harmony'), unable, gone(12, 'google')]);
    await world.play([calmPass, { kind: 'find_plan' }, decide(how)]);
    expect(await stage.sql`select phase from integrations where id = ${world.integrationId}`).toEqual([
      { phase: 'active' },
    ]);
    await world.play([calmPass]);
    expect(await left(world)).toEqual([here, there]);
  },
);
