/** Lists and memberships that a person changes, or that a worker was held up with, between the read and the call. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { carryList } from '../../activities/contacts/carry-list.ts';
import { carryMembers } from '../../activities/contacts/carry-members.ts';
import type { Carrying } from '../../activities/contacts/carrying.ts';
import { turnLists } from '../../activities/contacts/turn-lists.ts';
import type { ActivityDeps } from '../../activities/deps.ts';
import { newId } from '../../db/ids.ts';
import { insertContactList, setMembership, updateContactList } from '../../db/queries/contact-list-edits.ts';
import { readMemberships } from '../../db/queries/contact-list-members.ts';
import { noteGroupsGone } from '../../db/queries/contact-list-mirror.ts';
import { type DueList, dropListWork, dueLists } from '../../db/queries/contact-list-work.ts';
import { lockContactSettings } from '../../db/queries/contact-sync-settings.ts';
import { noteListFlow, noteListWork, noteMemberWork } from '../../db/queries/contact-work.ts';
import { contactLinks, contacts, integrations, listLinks } from '../../db/schema/index.ts';
import {
  type ContactListCalls,
  type ContactListRecord,
  ProviderError,
} from '../../providers/contract/index.ts';
import { planDue } from '../../sync/plan-due-list.ts';
import { createTestDatabase, ensureOwner, type TestDatabase } from '../support/postgres.ts';

let database: TestDatabase;
let owner: { workspaceId: string; userId: string };
let integrationId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  owner = await ensureOwner(database.db);
});
afterAll(() => database.close());

/** What came to the provider. */
const sent: string[] = [];
/** Run before the next calls go out, one each: after whatever was looked at. */
const meanwhile: (() => Promise<unknown>)[] = [];
/** Remote contacts that the provider keeps on their last list. */
const kept: string[] = [];
/** Names that other groups have. */
const taken: string[] = [];
/** How far the clock is ahead. */
let aheadMs = 0;

beforeEach(async () => {
  sent.length = 0;
  meanwhile.length = 0;
  kept.length = 0;
  taken.length = 0;
  aheadMs = 1000;
  integrationId = newId('int');
  await database.db.insert(integrations).values({
    ...{ id: integrationId, ...owner, provider: 'google-contacts', authKind: 'oauth', phase: 'active' },
    ...{ syncDirection: 'bidirectional', approvedDirection: 'bidirectional' },
  });
});

const record = (remoteId: string, name: string): ContactListRecord => ({
  ...{ remoteId, name, system: false, etag: 'e', updatedAt: new Date().toISOString(), raw: { name } },
});

const calls: ContactListCalls = {
  create: async (name) => {
    if (taken.includes(name))
      throw new ProviderError({ kind: 'already_exists', message: 'There is one.', httpStatus: 409 });
    sent.push(`create ${name}`);
    return record(`groups/${name}`, name);
  },
  rename: async (remoteId, { name }) => {
    sent.push(`rename ${remoteId} ${name}`);
    return record(remoteId, name);
  },
  remove: async (remoteId) => {
    sent.push(`remove ${remoteId}`);
  },
  changeMembers: async (remoteId, { add, remove }) => {
    sent.push(`${remoteId} +${add} -${remove}`);
    return { notFound: [], lastList: remove.filter((id) => kept.includes(id)) };
  },
};

const carrying = (): Carrying => ({
  deps: { db: database.db, clock: () => Date.now() + aheadMs } as ActivityDeps,
  fence: { integrationId, generation: 0 },
  ...{ runId: 'run', isRead: true, owner, direction: 'both', policy: 'newest' },
  stamp: 'bidirectional/undefined',
  stream: 'groups',
  call: async (use) => {
    await meanwhile.shift()?.();
    return use(calls, new AbortController().signal);
  },
});

/** A list that has its group, at rest. */
async function addList(name: string): Promise<string> {
  const id = newId('lst');
  await database.db.transaction((tx) => insertContactList(tx, { id, ...owner, name }));
  await database.db.insert(listLinks).values({
    ...{ integrationId, remoteId: `groups/${name}`, listId: id, remoteName: name, baseName: name },
    ...{ shadow: {}, contentHash: 'h', system: false },
  });
  return id;
}

async function addContact(stream = 'contacts'): Promise<string> {
  const id = newId('con');
  await database.db.insert(contacts).values({ id, ...owner, firstName: 'Ada' });
  await database.db.insert(contactLinks).values({
    ...{ integrationId, stream, remoteId: 'people/ada', contactId: id },
    ...{ shadow: {}, contentHash: 'h', seenByRun: 'run' },
  });
  return id;
}

/** As a person does it in Harmony. */
const edit = (listId: string, change: { name?: string; archivedAt?: string | null }) =>
  database.db.transaction(async (tx) => {
    await noteListWork(tx, { userId: owner.userId, listIds: [listId] });
    await updateContactList(tx, listId, change);
  });
const put = (contactId: string, listId: string, member: boolean) =>
  database.db.transaction(async (tx) => {
    await noteMemberWork(tx, { userId: owner.userId, contactId, listId });
    await setMembership(tx, { listId, contactId, member });
  });

const readDue = async (): Promise<DueList> => {
  const now = new Date(Date.now() + aheadMs).toISOString();
  const [due] = await dueLists(database.db, { integrationId, now, limit: 1 });
  if (due === undefined) throw new Error('nothing is due');
  return due;
};
const carry = (due: DueList): Promise<boolean> =>
  new MockActivityEnvironment().run(() => carryList(carrying(), due, planDue(carrying(), due)));
const carryAllMembers = (): Promise<number> =>
  new MockActivityEnvironment().run(() => carryMembers(carrying()));
const work = () => database.sql`
  select kind, key from contact_work where integration_id = ${integrationId} order by kind, key`;

const archived = { archivedAt: '2026-01-01T00:00:00Z' };
const isTransient = { kind: 'transient', outcomeUnknown: false };

it('a list that a person restores after its delete was read keeps its group, and is looked at again', async () => {
  const listId = await addList('Crew');
  await edit(listId, archived);
  const due = await readDue();
  await edit(listId, { archivedAt: null });
  expect(await carry(due)).toBe(false);
  expect(sent).toEqual([]);
  expect(await work()).toEqual([{ kind: 'list', key: listId }]);
});

it('what a new token meets is no refusal of a list, and nobody is told so', async () => {
  const listId = await addList('Crew');
  await edit(listId, { name: 'Band' });
  const refused = new ProviderError({ kind: 'invalid_request', message: 'This app is not known.' });
  meanwhile.push(() => Promise.reject(refused));
  await expect(carry(await readDue())).rejects.toBe(refused);
  expect(
    await database.sql`select kind from contact_conflicts where integration_id = ${integrationId}`,
  ).toEqual([]);
  expect(await work()).toEqual([{ kind: 'list', key: listId }]);
});

it('a name that another worker has carried over is not sent once more after a person chose another one', async () => {
  const listId = await addList('Crew');
  await edit(listId, { name: 'Band' });
  const due = await readDue();
  await carry(due);
  // Noted anew, so that nothing but the list itself says that it is another one.
  await edit(listId, { name: 'Choir' });
  expect((await readDue()).touched).toBe(due.touched);
  await carry(due);
  await carry(await readDue());
  expect(sent).toEqual(['rename groups/Crew Band', 'rename groups/Crew Choir']);
});

it('a worker that was held up for more than a minute writes no list, which stays due', async () => {
  const listId = await addList('Crew');
  await edit(listId, archived);
  meanwhile.push(async () => {
    aheadMs += 61_000;
  });
  await expect(carry(await readDue())).rejects.toMatchObject(isTransient);
  expect(sent).toEqual([]);
  expect(await work()).toEqual([{ kind: 'list', key: listId }]);
});

it('a membership that a person takes back after it was read is sent as it is by then', async () => {
  const [crew, band] = [await addList('A'), await addList('B')];
  const ada = await addContact();
  await put(ada, crew, true);
  await put(ada, band, true);
  // While the first group is called.
  meanwhile.push(() => put(ada, band, false));
  await carryAllMembers();
  expect(sent).toEqual(['groups/A +people/ada -', 'groups/B + -people/ada']);
});

it.each([
  // Work that is noted anew counts from one: how often it was touched is no sign.
  ['not carried over yet', false],
  ['carried over, too', true],
])(
  'a membership that another worker has sent is not put back once a person has taken it back: %s',
  async (_, isCarried) => {
    const [crew, band] = [await addList('A'), await addList('B')];
    const ada = await addContact();
    await put(ada, crew, true);
    await put(ada, band, true);
    meanwhile.push(async () => {
      await carryAllMembers();
      await put(ada, band, false);
      if (isCarried) await carryAllMembers();
    });
    await carryAllMembers();
    expect(sent.filter((call) => call.startsWith('groups/B'))).toEqual([
      'groups/B +people/ada -',
      'groups/B + -people/ada',
    ]);
  },
);

it('a contact that the provider keeps on its last list is on it here again, and a person is told until that is over', async () => {
  const listId = await addList('Crew');
  const ada = await addContact();
  await put(ada, listId, true);
  await carryAllMembers();
  kept.push('people/ada');
  await put(ada, listId, false);
  await carryAllMembers();
  const told = () => database.sql`
    select kind, local_value, remote_value from contact_conflicts
    where integration_id = ${integrationId} and contact_id = ${ada} and list_id = ${listId} and resolved_at is null`;
  const members = () => database.sql`select contact_id from contact_list_members where list_id = ${listId}`;
  expect(await members()).toEqual([{ contact_id: ada }]);
  expect(await told()).toEqual([{ kind: 'refused', local_value: null, remote_value: 'Crew' }]);
  kept.length = 0;
  await put(ada, listId, false);
  await carryAllMembers();
  expect([await members(), await told()]).toEqual([[], []]);
});

it('nobody waits to be put on a list that goes before, and all are once it is restored', async () => {
  const listId = await addList('Crew');
  const ada = await addContact();
  await put(ada, listId, true);
  await edit(listId, archived);
  await carry(await readDue());
  expect(await work()).toEqual([]);
  await edit(listId, { archivedAt: null });
  await carry(await readDue());
  await carryAllMembers();
  expect(sent).toEqual(['remove groups/Crew', 'create Crew', 'groups/Crew +people/ada -']);
});

/** As where the plan that chose it is applied. */
const turnTo = (approvedDirection: 'from_provider' | 'to_provider') =>
  database.db.transaction(async (tx) => {
    await lockContactSettings(tx, integrationId);
    await tx.update(integrations).set({ approvedDirection }).where(eq(integrations.id, integrationId));
    await noteListFlow(tx, integrationId);
  });

it('a list whose group went is not archived once lists only go to the provider', async () => {
  const listId = await addList('Crew');
  await database.db.transaction((tx) =>
    noteGroupsGone(tx, integrationId, { remoteIds: ['groups/Crew'], isTold: true }),
  );
  const due = await readDue();
  await turnTo('to_provider');
  expect(await carry(due)).toBe(false);
  expect(await database.sql`select archived_at from contact_lists where id = ${listId}`).toEqual([
    { archived_at: null },
  ]);
});

it('lists that turn once more while they are looked at are looked at again', async () => {
  await database.db.transaction((tx) => noteListFlow(tx, integrationId));
  const { runId, direction } = carrying();
  const turn = () =>
    new MockActivityEnvironment().run(() =>
      turnLists(carrying(), { runId, userId: owner.userId, direction }),
    );
  await turnTo('from_provider');
  await turn();
  expect(await work()).toEqual([{ kind: 'lists', key: '' }]);
});

it('who is in a group that feeds no list yet is on the one that takes it up', async () => {
  const listId = newId('lst');
  const ada = await addContact();
  // As lists leave it that only went to the provider until now: the next listing would feed a list.
  await database.db.insert(listLinks).values({
    ...{ integrationId, remoteId: 'groups/Crew', remoteName: 'Crew', system: false },
    ...{ shadow: {}, contentHash: 'h' },
  });
  await database.sql`
    update contact_links set shadow = '{"memberships": [{"contactGroupMembership": {"contactGroupResourceName": "groups/Crew"}}]}'
    where integration_id = ${integrationId}`;
  await database.db.transaction(async (tx) => {
    await noteListWork(tx, { userId: owner.userId, listIds: [listId] });
    await insertContactList(tx, { id: listId, ...owner, name: 'Crew' });
  });
  taken.push('Crew');
  await carry(await readDue());
  expect(await database.sql`select contact_id from contact_list_members where list_id = ${listId}`).toEqual([
    { contact_id: ada },
  ]);
  expect(await work()).toEqual([]);
});

it('whom Google saved by itself stays on a list that a person put them on, whatever changes there', async () => {
  const crew = await addList('Crew');
  const ada = await addContact('other_contacts');
  await put(ada, crew, true);
  // As where lists were off for a while: what waits then is not kept.
  const now = new Date(Date.now() + aheadMs).toISOString();
  await database.db.transaction((tx) => dropListWork(tx, { integrationId, now }));
  const flow = { pulls: true, pushes: true };
  await database.db.transaction((tx) =>
    readMemberships(tx, { integrationId, runId: 'run', contactIds: [ada], flow }),
  );
  expect(await database.sql`select contact_id from contact_list_members where list_id = ${crew}`).toEqual([
    { contact_id: ada },
  ]);
});

it('a worker that was held up for more than a minute sends no membership, which stays due', async () => {
  const crew = await addList('A');
  const ada = await addContact();
  await put(ada, crew, true);
  meanwhile.push(async () => {
    aheadMs += 61_000;
  });
  await expect(carryAllMembers()).rejects.toMatchObject(isTransient);
  expect(sent).toEqual([]);
  expect(await work()).toEqual([{ kind: 'member', key: `${ada}/${crew}` }]);
});
