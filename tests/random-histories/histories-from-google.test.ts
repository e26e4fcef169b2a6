import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEFAULT_FIELD_MAPPINGS } from '../../sync/default-mappings.ts';
import { calmPass } from './plan-steps.ts';
import { playMany, timeout } from './play-many.ts';
import { playToRest } from './play-to-rest.ts';
import { openStage, type Stage } from './stage.ts';
import { World } from './world.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

it('one way from Google: nothing is ever written there', { timeout }, () =>
  playMany(stage, {
    ...{ direction: 'from_provider', count: 500 },
    judge: ({ providerWrites }) => expect(providerWrites).toEqual([]),
  }),
);

it('a contact of which only what is not mapped changes at Google keeps its version, so that an edit under way is not refused', async () => {
  const world = await playToRest(stage, {
    ...{ direction: 'from_provider', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
    ...{ skewSeconds: 0, normalises: false, contacts: [] },
    persons: [{ names: [{ givenName: 'Zoe' }] }, { names: [{ givenName: 'Bo' }] }],
    steps: [
      calmPass,
      { kind: 'remote_sibling', at: 1, what: 'relation' },
      { kind: 'remote_edit', at: 2, field: 'notes', value: 'n' },
      calmPass,
    ],
  });
  const versions = await stage.sql`
    select first_name, version from contacts c join contact_links l on l.contact_id = c.id
    where l.integration_id = ${world.integrationId} and first_name in ('Zoe', 'Bo') order by first_name desc`;
  expect(versions).toEqual([
    { first_name: 'Zoe', version: 1 },
    { first_name: 'Bo', version: 2 },
  ]);
});

it('a contact that is labelled at Google has a new version, and the feed tells of it, since its lists are part of it', async () => {
  const world = await World.open(stage, {
    ...{ direction: 'from_provider', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'both' },
    ...{ skewSeconds: 0, normalises: false, contacts: [], steps: [] },
    persons: [{ names: [{ givenName: 'Zoe' }] }],
  });
  const crew = world.groups.create('Crew') ?? '';
  await world.play([calmPass]);
  const versions = () => stage.sql`
    select c.version, (select count(*)::int from changes where record_ids @> array[c.id]) as told,
      array(select o.name from contact_list_members m join contact_lists o on o.id = m.list_id
        where m.contact_id = c.id) as lists
    from contacts c join contact_links l on l.contact_id = c.id
    where l.integration_id = ${world.integrationId} and first_name = 'Zoe'`;
  expect(await versions()).toEqual([{ version: 1, told: 1, lists: [] }]);
  world.groups.setMember(crew, 'people/c1', true);
  await world.play([calmPass]);
  expect(await versions()).toEqual([{ version: 2, told: 2, lists: ['Crew'] }]);
  await world.rest();
});
