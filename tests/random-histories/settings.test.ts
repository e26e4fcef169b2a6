/** Settings that change: between passes, and while one is under way. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEFAULT_FIELD_MAPPINGS, type FieldMapping } from '../../sync/default-mappings.ts';
import type { Direction } from '../../sync/direction.ts';
import { elementsOf, type Person } from '../../sync/person.ts';
import type { Step } from './history.ts';
import { calmPass } from './plan-steps.ts';
import { playToRest } from './play-to-rest.ts';
import { openStage, type Stage } from './stage.ts';
import { World } from './world.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

const address: FieldMapping = { field: 'address', path: 'addresses.formattedValue', direction: 'both' };

const play = async (
  before: { direction: Direction; mappings: FieldMapping[] },
  after: typeof before,
  { at, lists }: { at: number; lists: 'both' | 'none' } = { at: 6, lists: 'none' },
) => {
  const world = await World.open(stage, {
    ...{ ...before, policy: 'newest', lists, skewSeconds: 0, normalises: false },
    persons: [{ addresses: [{ formattedValue: '1 Mill St' }] }],
    ...{ contacts: [], steps: [] },
  });
  // While the provider answers with the first page.
  await world.play([
    { ...calmPass, faults: [{ at, kind: 'settings' }] },
    { kind: 'settings', ...after },
  ]);
  return world;
};
const withAddress = () => stage.sql`select 1 from contacts where address = '1 Mill St'`;

it('a page that was read by former mappings is read again by those that hold', async () => {
  const direction = 'from_provider';
  const world = await play({ direction, mappings: [] }, { direction, mappings: [address] });
  await world.rest();
  expect(await withAddress()).toHaveLength(1);
  await stage.sql`delete from contacts`;
});

it('a page that was read while values came from Google is not written once they only go there', async () => {
  const mappings = [address];
  const world = await play({ direction: 'from_provider', mappings }, { direction: 'to_provider', mappings });
  expect(await withAddress()).toEqual([]);
  await world.rest();
  expect(await withAddress()).toEqual([]);
});

it('groups that were read while they fed lists feed none once lists only go to Google', async () => {
  const after = { direction: 'to_provider', mappings: [] } as const;
  const world = await play(
    { direction: 'both', mappings: [] },
    { ...after, mappings: [] },
    { at: 0, lists: 'both' },
  );
  expect(await world.listNames()).toEqual([]);
  await world.rest();
});

it('nothing more of lists is written at Google once they only come from there', async () => {
  const before: { direction: Direction; mappings: FieldMapping[] } = {
    direction: 'both',
    mappings: [address],
  };
  const world = await World.open(stage, {
    ...{ ...before, policy: 'newest', lists: 'both', skewSeconds: 0, normalises: false },
    ...{ persons: [], contacts: [], steps: [] },
  });
  const isChanged = { ...calmPass, faults: [{ at: 0, kind: 'settings', call: 'write' }] } as const;
  await world.play([
    calmPass,
    { kind: 'list_create', name: 'Crew' },
    { kind: 'list_create', name: 'Band' },
    // While the first one is on its way.
    isChanged,
    { kind: 'settings', ...before, direction: 'from_provider' },
  ]);
  expect(world.groups.writes.map(({ kind }) => kind)).toEqual(['create']);
  await world.play([
    { kind: 'settings', ...before },
    calmPass,
    { kind: 'list_member', at: 1, of: 0, isMember: true },
    { kind: 'list_member', at: 2, of: 0, isMember: true },
    isChanged,
    { kind: 'settings', ...before, direction: 'from_provider' },
  ]);
  expect(world.groups.writes.map(({ kind }) => kind)).toEqual(['create', 'create', 'members']);
  await world.rest();
});

it('a field that only comes from Google from now on is read anew, from the number of one that is mapped no more, too', async () => {
  const mobile: FieldMapping = {
    ...{ field: 'custom.mobile', path: 'phoneNumbers[type=mobile].value', direction: 'both' },
  };
  const phone = (direction: Direction): FieldMapping => ({
    ...{ field: 'phone', path: 'phoneNumbers.value', direction },
  });
  const world = await World.open(stage, {
    ...{ direction: 'both', mappings: [mobile], policy: 'newest', lists: 'none', skewSeconds: 0 },
    ...{ normalises: false, persons: [{ phoneNumbers: [{ value: '+44201' }] }], contacts: [], steps: [] },
  });
  await world.play([
    calmPass,
    { kind: 'settings', direction: 'both', mappings: [phone('both'), mobile] },
    calmPass,
    { kind: 'settings', direction: 'from_provider', mappings: [phone('from_provider')] },
  ]);
  await world.rest();
  expect(await stage.sql`select 1 from contacts where phone = '+44201'`).toHaveLength(1);
});

it.each([
  ['Google', { kind: 'remote_edit', field: 'notes', at: 1, value: '' }],
  ['Harmony', { kind: 'local_edit', field: 'notes', at: 1, value: '' }],
] as const)(
  'what is blank in %s since nobody mapped it for a while wipes nothing once it is mapped again',
  async (_side, clear) => {
    const notes: FieldMapping = { field: 'notes', path: 'biographies.value', direction: 'both' };
    const world = await playToRest(stage, {
      ...{ direction: 'both', mappings: [notes], policy: 'newest', lists: 'none', skewSeconds: 0 },
      ...{ normalises: false, persons: [{ biographies: [{ value: 'Met in Oslo' }] }], contacts: [] },
      steps: [
        calmPass,
        { kind: 'settings', direction: 'both', mappings: [] },
        calmPass,
        clear,
        { kind: 'settings', direction: 'both', mappings: [notes] },
      ],
    });
    const there = world.google.live().flatMap((person) => elementsOf(person, 'biographies'));
    expect(there.map(({ value }) => value)).toEqual(['Met in Oslo']);
    expect(
      await stage.sql`
        select notes from contacts where notes <> ''
          and user_id = (select user_id from integrations where id = ${world.integrationId})`,
    ).toEqual([{ notes: 'Met in Oslo' }]);
  },
);

it('what was agreed on is read by the mappings of its time where the contact changes at Google while contacts are not mapped', async () => {
  const phone: FieldMapping = { field: 'phone', path: 'phoneNumbers[type=mobile].value', direction: 'both' };
  const email: FieldMapping = { field: 'email', path: 'emailAddresses.value', direction: 'to_provider' };
  const zoe = {
    emailAddresses: [{ value: 'zoe@x.io' }],
    phoneNumbers: [{ value: '+44201' }, { value: '+44202', type: 'mobile' }],
  };
  const world = await World.open(stage, {
    ...{ direction: 'both', mappings: [phone, email], policy: 'newest', lists: 'none', skewSeconds: 0 },
    ...{ normalises: false, persons: [zoe], contacts: [], steps: [] },
  });
  await world.play([
    calmPass,
    { kind: 'objects', own: false, lists: 'none' },
    { kind: 'remote_edit', field: 'firstName', at: 1, value: 'Zoe' },
    calmPass,
  ]);
  await world.rest();
  const edited = world.google.live().find((person) => elementsOf(person, 'names')[0]?.givenName === 'Zoe');
  expect(edited).toMatchObject(zoe);
});

it('what was not sent yet waits no more once contacts are not mapped, and goes out once they are again', async () => {
  const world = await World.open(stage, {
    ...{ direction: 'both', mappings: [address], policy: 'newest', lists: 'none', skewSeconds: 0 },
    ...{
      normalises: false,
      persons: [{ addresses: [{ formattedValue: '1 Mill St' }] }],
      contacts: [],
      steps: [],
    },
  });
  const waiting = () => stage.sql`
    select kind, state from contact_writes where integration_id = ${world.integrationId} and state = 'planned'`;
  await world.play([
    calmPass,
    { kind: 'remote_delete', at: 1 },
    { kind: 'local_edit', at: 1, field: 'address', value: '2 Mill St' },
    { kind: 'local_edit', at: 0, field: 'address', value: '2 Mill St' },
    // Google answers that it could not be found, and no listing has told yet that it is gone.
    { ...calmPass, lagsMin: [14] },
  ]);
  expect(await waiting()).toHaveLength(1);
  await world.play([{ kind: 'objects', own: false, lists: 'none' }, calmPass]);
  expect(await waiting()).toEqual([]);
  await world.rest();
  const addresses = world.google.live().map(({ addresses: all }) => all);
  expect(addresses).toContainEqual([{ formattedValue: '2 Mill St' }]);
});

it('a double of a create that was taken for lost is told to a person where contacts only come from Google by then', async () => {
  const world = await World.open(stage, {
    ...{ direction: 'both', mappings: [address], policy: 'newest', lists: 'none', skewSeconds: 0 },
    ...{ normalises: false, persons: [], contacts: [{ address: '1 Mill St' }], steps: [] },
  });
  await world.play([
    { ...calmPass, faults: [{ at: 0, kind: 'frozen' }] },
    { kind: 'settings', direction: 'from_provider', mappings: [] },
    calmPass,
  ]);
  await world.rest();
  expect(world.google.live()).toHaveLength(3);
  expect(await withAddress()).toHaveLength(1);
  expect(
    await stage.sql`
      select count(*)::int as contacts, (select json_agg(parked -> 'reason') from contact_links
        where integration_id = ${world.integrationId} and parked is not null) as parked
      from contacts where user_id = (select user_id from integrations order by created_at desc limit 1)`,
  ).toEqual([{ contacts: 2, parked: ['duplicate_marker'] }]);
});

it('a number that another field had does not slip into one that was blank beside it, once the other is not mapped', async () => {
  const mobile: FieldMapping = {
    field: 'custom.mobile',
    path: 'phoneNumbers[type=mobile].value',
    direction: 'both',
  };
  const direction = 'from_provider';
  await playToRest(stage, {
    ...{ direction, mappings: [...DEFAULT_FIELD_MAPPINGS, mobile], policy: 'newest', lists: 'none' },
    ...{ skewSeconds: 0, normalises: false, contacts: [] },
    persons: [{ phoneNumbers: [{ value: '020 2' }] }],
    steps: [calmPass, { kind: 'settings', direction, mappings: [mobile] }, calmPass],
  });
  expect(
    await stage.sql`select phone, custom_fields ->> 'mobile' as mobile from contacts
    where phone = '020 2'`,
  ).toEqual([{ phone: '020 2', mobile: null }]);
});

it('a field that is mapped beside another one of the same list overwrites no number that it never had', async () => {
  const email: FieldMapping = { field: 'email', path: 'emailAddresses.value', direction: 'both' };
  const mobile: FieldMapping = {
    ...{ field: 'custom.mobile', path: 'phoneNumbers[type=mobile].value', direction: 'both' },
  };
  const phone: FieldMapping = { field: 'phone', path: 'phoneNumbers.value', direction: 'both' };
  const phoneNumbers = [
    { value: '020 1', type: 'home' },
    { value: '020 2', type: 'mobile' },
    { value: '020 3', type: 'work' },
  ];
  const known = { email: 'ada@x.io', phone: '020 3', 'custom.mobile': '020 2' };
  const world = await playToRest(stage, {
    ...{ direction: 'both', mappings: [email, mobile], policy: 'newest', lists: 'none', skewSeconds: 0 },
    ...{ normalises: false, persons: [{ emailAddresses: [{ value: 'ada@x.io' }], phoneNumbers }] },
    contacts: [known],
    steps: [calmPass, { kind: 'settings', direction: 'both', mappings: [email, mobile, phone] }, calmPass],
  });
  expect(world.providerWrites).toEqual([]);
  expect(world.google.live()).toContainEqual(expect.objectContaining({ phoneNumbers }));
});

it('an employer that no field is mapped to stays at Google where the company only goes there from now on', async () => {
  const organizations = [{ name: 'Beta' }, { name: 'Acme' }];
  const outward = DEFAULT_FIELD_MAPPINGS.map((mapping): FieldMapping => {
    return mapping.field === 'company' ? { ...mapping, direction: 'to_provider' } : mapping;
  });
  const world = await playToRest(stage, {
    ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
    ...{ skewSeconds: 0, normalises: false },
    persons: [{ emailAddresses: [{ value: 'two@employers.io' }], organizations }],
    contacts: [{ email: 'two@employers.io', company: 'Acme' }],
    steps: [calmPass, { kind: 'settings', direction: 'both', mappings: outward }, calmPass],
  });
  expect(world.google.live()).toContainEqual(expect.objectContaining({ organizations }));
});

const name: FieldMapping = { field: 'firstName', path: 'names.givenName', direction: 'both' };
const phone = (path: string, direction: Direction = 'both'): FieldMapping => ({
  ...{ field: 'phone', path, direction },
});
const anyPhone = phone('phoneNumbers.value');
const workPhone = phone('phoneNumbers[type=work].value');
const ada = { names: [{ givenName: 'Ada' }], phoneNumbers: [{ value: '111', type: 'work' }] };
const opened = (direction: Direction, mappings: FieldMapping[], persons: Person[] = [ada]) =>
  World.open(stage, {
    ...{ direction, mappings, policy: 'newest', lists: 'none', skewSeconds: 0, normalises: false },
    ...{ persons, contacts: [], steps: [] },
  });
/** Of the contacts but for the anchor. */
const archivedOf = async ({ integrationId }: World) => {
  const rows = await stage.sql<{ archived: boolean }[]>`
    select archived_at is not null as archived from contacts c join integrations i on i.user_id = c.user_id
    where i.id = ${integrationId} and first_name <> 'Anchor'`;
  return rows.map(({ archived }) => archived);
};

it.each<[string, FieldMapping[], FieldMapping[]]>([
  ['a field is mapped', [name], [name, anyPhone]],
  ['a field is mapped to another place', [name, anyPhone], [name, workPhone]],
])('one way from Google: who was deleted in Harmony stays deleted as %s', async (_, before, mappings) => {
  const world = await opened('from_provider', before);
  await world.play([calmPass, { kind: 'local_delete', at: 1 }, calmPass]);
  await world.play([{ kind: 'settings', direction: 'from_provider', mappings }, calmPass]);
  expect(await archivedOf(world)).toEqual([true]);
  // An edit there still brings them back.
  await world.play([{ kind: 'remote_edit', at: 1, field: 'firstName', value: 'Bo' }, calmPass]);
  expect(await archivedOf(world)).toEqual([false]);
});

it.each([
  ['before that is carried over', 1, [name, phone('phoneNumbers.value', 'from_provider')]],
  ['while a run is parked for as many', 15, [name]],
] as const)(
  'both ways: who was deleted in Harmony is not brought back by a field that is mapped %s',
  async (_, count, before) => {
    const persons = Array.from({ length: count }, (__, at) => ({
      ...{ names: [{ givenName: `P${at}` }], phoneNumbers: [{ value: `${at}`, type: 'work' }] },
    }));
    const world = await opened('both', [...before], persons);
    const all = Array.from({ length: count + 1 }, (__, at): Step => ({ kind: 'local_delete', at }));
    const mappings = [name, phone('phoneNumbers[type=work].value', 'from_provider')];
    await world.play([calmPass, ...all, ...(count > 1 ? [calmPass] : [])]);
    // It holds at once, since nothing more is sent.
    await world.play([{ kind: 'settings', direction: 'both', mappings }, calmPass]);
    expect((await archivedOf(world)).filter((isArchived) => isArchived)).toHaveLength(count);
  },
);

it('who has a value that Google can not hold, in place of which it has one, can be deleted in Harmony', async () => {
  const mappings: FieldMapping[] = [
    name,
    { field: 'email', path: 'emailAddresses.value', direction: 'both' },
    { field: 'custom.since', path: 'events.date', direction: 'both' },
  ];
  const held = { names: [{ givenName: 'Ada' }], emailAddresses: [{ value: 'ada@x.io' }] };
  const world = await World.open(stage, {
    ...{ direction: 'both', mappings, policy: 'harmony', lists: 'none', skewSeconds: 0, normalises: false },
    persons: [{ ...held, events: [{ date: { year: 2020, month: 1, day: 1 } }] }],
    ...{ contacts: [{ firstName: 'Ada', email: 'ada@x.io', 'custom.since': 'summer' }], steps: [] },
  });
  await world.play([calmPass, ...[0, 1].map((at): Step => ({ kind: 'local_delete', at })), calmPass]);
  expect(await archivedOf(world)).toEqual([true]);
  await world.rest();
});
