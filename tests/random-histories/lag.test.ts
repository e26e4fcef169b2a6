/** Listings and reads that lag behind, as Google's do for minutes after a write. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEFAULT_FIELD_MAPPINGS } from '../../sync/default-mappings.ts';
import type { Fault, FaultKind } from './gate.ts';
import type { History, Pass, Step } from './history.ts';
import { calmPass } from './plan-steps.ts';
import { playToRest } from './play-to-rest.ts';
import type { Race } from './races.ts';
import { openStage, type Stage } from './stage.ts';
import { World } from './world.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

/** For contacts at Google from that one on. */
const laggingFrom = (index: number): Pass => ({
  ...{ ...calmPass, full: true, getLagMin: 5 },
  lagsMin: [...Array<number>(index).fill(0), 14],
});
/** In which a create comes through after it was taken for lost, so that there are two. */
const frozen: Pass = { ...calmPass, faults: [{ at: 0, kind: 'frozen' }] };
const laggingReads: Pass = { ...calmPass, getLagMin: 5 };
/** A minute, as every step takes. */
const later: Step = { kind: 'days_pass', days: 0 };
const gone = async () =>
  (await stage.sql`select first_name from contacts where archived_at is not null`).map(
    (row) => row.first_name,
  );

it.each([
  ['one of its contacts', laggingFrom(1), ['Zoe']],
  ['the whole account', laggingFrom(0), []],
])(
  'from Google: %s that a listing and a read did not show yet is back as it was with the next listing',
  async (_, lagging, archived) => {
    const world = await World.open(stage, {
      ...{ direction: 'from_provider', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
      ...{ skewSeconds: 0, normalises: false, contacts: [], steps: [] },
      persons: [{ names: [{ givenName: 'Zoe' }] }],
    });
    await world.play([calmPass, lagging]);
    expect(await gone()).toEqual(archived);
    await world.play([calmPass]);
    expect(await gone()).toEqual([]);
    await world.rest();
  },
);

it('from Google: a contact that was taken for merged into another while it was not shown is as before once it is', async () => {
  const title: Step = {
    ...{ kind: 'settings', direction: 'from_provider' },
    mappings: [{ field: 'jobTitle', path: 'organizations.title', direction: 'both' }],
  };
  const world = await World.open(stage, {
    ...{ direction: 'from_provider', policy: 'newest', lists: 'none' },
    mappings: [{ field: 'email', path: 'emailAddresses.value', direction: 'both' }],
    ...{ skewSeconds: 0, normalises: false, contacts: [], steps: [] },
    persons: [
      { organizations: [{ title: 'CTO' }], emailAddresses: [{ value: 'a@x.io' }] },
      { emailAddresses: [{ value: 'A@x.io' }] },
    ],
  });
  const merged = async () =>
    (await stage.sql`select 1 from contact_conflicts where kind = 'maybe_merged'`).length;
  await world.play([calmPass, { ...calmPass, full: true, getLagMin: 5, lagsMin: [0, 14, 0] }]);
  expect(await merged()).toBe(1);
  await world.play([title]);
  await world.rest();
  expect(await merged()).toBe(0);
  expect(await stage.sql`select 1 from contacts where email = 'a@x.io' and job_title = 'CTO'`).toHaveLength(
    1,
  );
});

it('from Google: what a parked run took for gone is archived by a later one, and comes back with its listing', async () => {
  const world = await World.open(stage, {
    ...{ direction: 'from_provider', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
    ...{ skewSeconds: 0, normalises: false, contacts: [], steps: [] },
    persons: [{ names: [{ givenName: 'Zoe' }] }],
  });
  await world.play([calmPass, laggingFrom(0)]);
  expect(await gone()).toEqual([]);
  await world.play([{ ...calmPass, lagsMin: [14, 0] }]);
  expect(await gone()).toEqual(['Anchor']);
  await world.play([calmPass]);
  expect(await gone()).toEqual([]);
  await world.rest();
});

it('both ways: a new contact that a complete listing lacked is looked for again once that means something', async () => {
  const world = await World.open(stage, {
    ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
    ...{ skewSeconds: 0, normalises: false, contacts: [], steps: [] },
    persons: [{ names: [{ givenName: 'Mia' }] }],
  });
  await world.play([calmPass, { kind: 'remote_delete', at: 1 }, { kind: 'tokens_expire' }, calmPass]);
  expect(await gone()).not.toContain('Mia');
  await world.play([{ kind: 'days_pass', days: 1 }, calmPass]);
  expect(await gone()).toContain('Mia');
  await world.rest();
});

it.each(['both', 'to_provider'] as const)(
  '%s: a double that a read does not show yet goes once it does',
  async (direction) => {
    const world = await playToRest(stage, {
      ...{ direction, mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
      ...{ skewSeconds: 0, normalises: false, persons: [], contacts: [{ firstName: 'Bo' }] },
      steps: [frozen, laggingReads],
    });
    expect(world.providerWrites.map(({ kind }) => kind)).toEqual(['create', 'create', 'remove']);
    expect(world.google.live()).toHaveLength(2);
  },
);

it('a contact that is archived here goes there, too, though a read does not show it yet', async () => {
  const world = await playToRest(stage, {
    ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
    ...{ skewSeconds: 0, normalises: false, persons: [{ names: [{ givenName: 'Zoe' }] }], contacts: [] },
    steps: [calmPass, { kind: 'local_delete', at: 1 }, laggingReads],
  });
  expect(world.google.live().map(({ names }) => names)).toEqual([[{ givenName: 'Anchor' }]]);
});

it('the version that a write replaced is remembered, so that a listing that still shows it counts for nothing', async () => {
  const world = await World.open(stage, {
    ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
    ...{ skewSeconds: 0, normalises: false, persons: [{ names: [{ givenName: 'Zoe' }] }], contacts: [] },
    steps: [],
  });
  const links = () => stage.sql<{ remote_id: string; etag: string; superseded_etags: string[] | null }[]>`
    select remote_id, etag, superseded_etags from contact_links order by remote_id`;
  await world.play([calmPass]);
  const before = await links();
  await world.play([{ kind: 'local_edit', at: 1, field: 'jobTitle', value: 'CTO' }, calmPass]);
  const replaced = (await links()).filter(({ etag }, at) => etag !== before[at]?.etag);
  expect(replaced).toHaveLength(1);
  const former = before.find(({ remote_id }) => remote_id === replaced[0]?.remote_id);
  expect(replaced[0]?.superseded_etags).toContain(former?.etag);
  await world.rest();
});

it('a create that is refused as if it had a version is sent a few times, later each time, and then told', async () => {
  const world = await World.open(stage, {
    ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
    ...{ skewSeconds: 0, normalises: false, persons: [], contacts: [{ firstName: 'Bo' }], steps: [] },
  });
  const { refusing, refused } = world.refusals;
  const runs = () => stage.sql`
    select status, failed from runs where integration_id = ${world.integrationId} order by started_at`;
  refusing.set('create', 'stale_version');
  const begunAtMs = stage.time.nowMs;
  await world.play([calmPass]);
  expect(refused).toHaveLength(5);
  expect(stage.time.nowMs - begunAtMs).toBeGreaterThan(60_000 + 25_000);
  expect(await runs()).toEqual([{ status: 'succeeded', failed: 1 }]);
  await world.play([calmPass, calmPass]);
  expect(refused).toHaveLength(5);
  expect(
    await stage.sql`
    select c.kind, c.resolved_at is null as open, k.first_name from contact_conflicts c
      join contacts k on k.id = c.contact_id
    where c.integration_id = ${world.integrationId}`,
  ).toEqual([{ kind: 'refused', open: true, first_name: 'Bo' }]);
  refusing.clear();
  await world.play([{ kind: 'local_edit', at: 0, field: 'notes', value: 'Sings' }]);
  await world.play([{ kind: 'local_edit', at: 1, field: 'notes', value: 'Sings' }, calmPass]);
  expect(world.google.live()).toHaveLength(2);
  await world.rest();
});

it('a write whose version was refused time and again while reads lagged is tried again once they do not', async () => {
  const world = await World.open(stage, {
    ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
    ...{ skewSeconds: 0, normalises: false, persons: [], contacts: [], steps: [] },
  });
  const conflicts = () => stage.sql`
    select c.kind, c.resolved_at is null as open from contact_conflicts c join contacts k on k.id = c.contact_id
    where k.notes = 'race 1'`;
  await world.play([
    calmPass,
    { ...laggingReads, faults: [{ at: 0, kind: 'local_edit' }] },
    { kind: 'remote_edit', field: 'firstName', value: null, at: 0 },
    { ...calmPass, lagsMin: [2], faults: [{ at: 0, kind: 'remote_edit' }] },
  ]);
  expect(await conflicts()).toEqual([{ kind: 'stale_version', open: true }]);
  await world.rest();
  expect(world.google.live().map(({ biographies }) => biographies)).toEqual([[{ value: 'race 1' }]]);
  expect(await conflicts()).toEqual([{ kind: 'stale_version', open: false }]);
});

it('a double that a read does not show yet goes before the contact that is archived meanwhile', async () => {
  const world = await playToRest(stage, {
    ...{ direction: 'to_provider', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
    ...{ skewSeconds: 0, normalises: false, persons: [], contacts: [{ firstName: 'Bo' }] },
    steps: [frozen, laggingReads, { kind: 'local_delete', at: 0 }],
  });
  expect(world.google.live().map(({ names }) => names)).toEqual([[{ givenName: 'Anchor' }]]);
});

it.each<[string, Step[]]>([
  ['it was made a moment ago', [laggingReads, later, later, later, laggingReads]],
  ['it was made minutes ago', [later, later, later, laggingReads]],
  ['reads do not lag', [calmPass]],
])('a double goes before the contact that is archived at the same time: %s', async (_, passes) => {
  const world = await playToRest(stage, {
    ...{ direction: 'to_provider', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
    ...{ skewSeconds: 0, normalises: false, persons: [], contacts: [{ firstName: 'Bo' }] },
    steps: [frozen, { kind: 'local_delete', at: 0 }, ...passes],
  });
  expect(world.google.live().map(({ names }) => names)).toEqual([[{ givenName: 'Anchor' }]]);
});

it('a create that comes through after its contact was tied to another one is a double of that', async () => {
  const world = await playToRest(stage, {
    ...{ direction: 'to_provider', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
    ...{ skewSeconds: 0, normalises: false, persons: [], contacts: [{ email: 'a@x.io', notes: 'n' }] },
    steps: [
      { kind: 'remote_edit', field: 'email', value: 'a@x.io', at: 0 },
      { ...frozen, lagsMin: [14] },
    ],
  });
  expect(world.google.live()).toHaveLength(1);
});

/** Of the anchor, which stands first, or of Zoe. */
const deleteHere = (at: number): Step => ({ kind: 'local_delete', at });
const editThere = (at: number): Step => ({
  ...{ kind: 'remote_edit', at, field: 'website', value: 'https://b.io/x' },
});
const withZoe: History = {
  ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
  ...{ skewSeconds: 0, normalises: false, contacts: [], steps: [] },
  persons: [{ names: [{ givenName: 'Zoe' }] }],
};
const stateOf = (name: string, { integrationId }: World) => stage.sql`
  select website, archived_at is not null as archived from contacts c join contact_links l on l.contact_id = c.id
  where l.integration_id = ${integrationId} and first_name = ${name}`;

/** The anchor, which no history deletes, under another name. */
const eveAlone: History = {
  ...{ ...withZoe, persons: [] },
  mappings: DEFAULT_FIELD_MAPPINGS.filter(({ field }) => field === 'website'),
};
const nameEve: Step = { kind: 'local_edit', at: 0, field: 'firstName', value: 'Eve' };

it.each<[string, History, Step[], number, string]>([
  ['one of two contacts', withZoe, [], 1, 'Zoe'],
  ['the only contact', eveAlone, [nameEve, calmPass], 0, 'Eve'],
])(
  'a delete that comes through after an edit at Google restored %s here is made good: it is made there again',
  async (_, history, first, at, name) => {
    const world = await World.open(stage, history);
    // The read before the delete does not show the edit yet; two runs while the call is on its way do.
    const late: Pass = { ...frozen, lagsMin: [2], getLagMin: 5 };
    await world.play([calmPass, ...first, deleteHere(at), editThere(at), late]);
    expect(world.google.live()).toHaveLength(at);
    await world.play([calmPass]);
    await world.rest();
    expect(world.google.live().map(({ urls }) => urls)[at]).toEqual([{ value: 'https://b.io/x' }]);
    expect(await stateOf(name, world)).toEqual([{ website: 'https://b.io/x', archived: false }]);
  },
);

it('a delete that comes through after it was given up is made good also where its contact has another name by now', async () => {
  const world = await World.open(stage, withZoe);
  const lost: Fault = { at: 0, kind: 'lost_request', call: 'write' };
  const unable: Pass = { ...calmPass, faults: Array<Fault>(30).fill(lost) };
  await world.play([calmPass, deleteHere(1), unable, editThere(1), calmPass]);
  await world.play([{ kind: 'remote_rename', at: 1 }, calmPass, { kind: 'remote_delete', at: 1 }, calmPass]);
  await world.rest();
  expect(await stateOf('Zoe', world)).toEqual([{ website: 'https://b.io/x', archived: false }]);
});

const aDay: Step = { kind: 'days_pass', days: 1 };

it.each<[string, { first: FaultKind; after: FaultKind; mayComeThrough: boolean }, Step[]]>([
  [
    'a day after a delete of ours without an answer was given up',
    { first: 'lost_request', after: 'lost_request', mayComeThrough: true },
    [aDay],
  ],
  [
    'a day after one that was refused when it was tried again',
    { first: 'lost_request', after: 'rate_limited', mayComeThrough: true },
    [aDay],
  ],
  [
    'right after one that was refused each time',
    { first: 'rate_limited', after: 'rate_limited', mayComeThrough: false },
    [],
  ],
])(
  'what a person deletes at Google %s is archived here',
  async (_, { first, after, mayComeThrough }, waiting) => {
    const world = await World.open(stage, withZoe);
    const atWrite = (kind: FaultKind): Fault => ({ at: 0, kind, call: 'write' });
    // Until the run gives up.
    const unable: Pass = { ...calmPass, faults: [atWrite(first), ...Array<Fault>(30).fill(atWrite(after))] };
    await world.play([calmPass, deleteHere(1), unable, editThere(1), calmPass]);
    expect(
      await stage.sql`select state, sent_at is not null as sent from contact_writes
      where integration_id = ${world.integrationId}`,
    ).toEqual([{ state: 'dropped', sent: mayComeThrough }]);
    await world.play([...waiting, { kind: 'remote_delete', at: 1 }, calmPass]);
    await world.rest();
    expect(await stateOf('Zoe', world)).toEqual([{ website: 'https://b.io/x', archived: true }]);
  },
);

it('both ways: a delete that a listing shows after somebody took it back archives the contact until the next one', async () => {
  const lagging: Pass = { ...calmPass, pageSize: 2, lagsMin: [2] };
  const world = await World.open(stage, {
    ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'both' },
    ...{ skewSeconds: 0, normalises: false, contacts: [], steps: [] },
    persons: [{ names: [{ givenName: 'Quentin' }] }],
  });
  await world.play([{ kind: 'remote_delete', at: 7 }, lagging, { kind: 'remote_restore', at: 3 }, lagging]);
  expect(await gone()).toContain('Quentin');
  await world.rest();
  expect(await gone()).not.toContain('Quentin');
});

it.each<[string, Step[]]>([
  [
    'after another one showed that it was taken back, archives the contact for a day',
    [{ ...calmPass, lagsMin: [4] }, calmPass],
  ],
  [
    'and that is carried out half an hour later, is one',
    [{ ...calmPass, lagsMin: [4], faults: [{ at: 11, kind: 'held_up' }] }],
  ],
])('from Google: a delete that such a listing shows, %s', async (_what, lagging) => {
  const world = await World.open(stage, {
    ...{ direction: 'from_provider', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
    ...{ skewSeconds: 0, normalises: false, contacts: [], steps: [] },
    persons: [{ names: [{ givenName: 'Uma' }] }],
  });
  const there: Step[] = [calmPass, { kind: 'remote_delete', at: 1 }, later, later, calmPass];
  await world.play([...there, { kind: 'remote_restore', at: 1 }, calmPass, ...lagging]);
  const isGone = () => stage.sql`select archived_at is not null as gone from contacts
    where id = (select contact_id from contact_links where integration_id = ${world.integrationId} and remote_id = 'people/c1')`;
  expect(await isGone()).toEqual([{ gone: true }]);
  await world.rest();
  expect(await isGone()).toEqual([{ gone: false }]);
});

it('a delete there that was taken back, shown once more after one here, counts as a restored contact in the end', async () => {
  const world = await World.open(stage, {
    ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
    ...{ skewSeconds: 0, normalises: false, contacts: [], steps: [] },
    persons: [{ names: [{ givenName: 'Uma' }] }],
  });
  const there: Step[] = [calmPass, { kind: 'remote_delete', at: 1 }, later, later, calmPass];
  const back: Step[] = [{ kind: 'remote_restore', at: 1 }, calmPass];
  await world.play([...there, ...back, { kind: 'local_delete', at: 1 }, { ...calmPass, lagsMin: [4] }]);
  await world.rest();
  expect(world.google.live()).toHaveLength(2);
  expect(await gone()).not.toContain('Uma');
});

it('an edit there that no read before the delete could show goes with it, however long the run is held up afterwards', async () => {
  const sings: Race = { kind: 'remote_edit', at: 1, field: 'notes', value: 'Sings' };
  const edited: Fault = { at: 0, kind: 'remote_edit', deed: sings };
  const world = await playToRest(stage, {
    ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
    ...{ skewSeconds: 0, normalises: false, contacts: [], persons: [{ names: [{ givenName: 'Uma' }] }] },
    steps: [
      ...[calmPass, { kind: 'local_delete' as const, at: 0 }, { kind: 'local_delete' as const, at: 1 }],
      { ...calmPass, getLagMin: 5, faults: [edited, { at: 36, kind: 'held_up' }] },
    ],
  });
  expect(world.providerWrites).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        kind: 'remove',
        before: expect.objectContaining({ biographies: [{ value: 'Sings' }] }),
      }),
    ]),
  );
});
