/** Lists and memberships in both directions, with the real workflows and the stand-in. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { remoteContacts } from '../sync/records.ts';
import { startTwoWayWorld, type TwoWayWorld } from './two-way-world.ts';

let world: TwoWayWorld;
let id: string;
let remoteId: string;
let contactId: string;

beforeAll(async () => {
  world = await startTwoWayWorld();
});
afterAll(() => world?.stop());
beforeEach(async () => {
  await world.reset({ contacts: 20 });
  id = await world.connectContacts();
  [remoteId = ''] = await remoteContacts(world);
  contactId = (await world.contactOf(id, remoteId)).id;
});
afterEach(async () => {
  await world.removeAll();
  await world.sql`truncate contacts, contact_lists, contact_list_members`;
});

const api = <T>(method: string, path: string, body?: unknown) => world.driver.api<T>(method, path, body);
/** Groups that the remote contact is in, by id. */
const groupsOf = async (): Promise<string[]> => {
  const person = await world.remote(remoteId);
  const memberships = (person?.memberships ?? []) as {
    contactGroupMembership?: { contactGroupResourceName?: string };
  }[];
  return memberships.flatMap(({ contactGroupMembership: group }) => group?.contactGroupResourceName ?? []);
};
const linkOf = async (listId: string) => {
  const [link] = await world.sql<{ remoteId: string; name: string; gone: boolean }[]>`
    select remote_id as "remoteId", remote_name as name, tombstoned_at is not null as gone from list_links
    where integration_id = ${id} and list_id = ${listId}`;
  return link;
};

it('carries a list, its name, its members and its end to the provider, and a second run writes nothing', async () => {
  const { id: listId } = await api<{ id: string }>('POST', '/v1/contact-lists', { name: 'Crew' });
  await api('PUT', `/v1/contact-lists/${listId}/members/${contactId}`);
  const link = await eventually(
    () => linkOf(listId),
    (row) => row !== undefined,
  );
  const group = link?.remoteId as string;
  await eventually(groupsOf, (groups) => groups.includes(group));
  await api('PATCH', `/v1/contact-lists/${listId}`, { name: 'Band' });
  await eventually(
    () => linkOf(listId),
    (row) => row?.name === 'Band',
  );
  await world.quiet(id);
  const sinceMs = Date.now();
  await world.driver.sync(id, 'full');
  await world.quiet(id);
  expect((await world.calls(sinceMs, '/v1')).filter(({ method }) => method !== 'GET')).toEqual([]);
  expect(await groupsOf()).toContain(group);
  expect((await api<{ listIds: string[] }>('GET', `/v1/contacts/${contactId}`)).listIds).toContain(listId);

  await api('DELETE', `/v1/contact-lists/${listId}/members/${contactId}`);
  await eventually(groupsOf, (groups) => !groups.includes(group));
  await api('DELETE', `/v1/contact-lists/${listId}`);
  await eventually(
    () => linkOf(listId),
    (row) => row?.gone === true,
  );
  const [call] = (await world.calls(sinceMs, `/v1/${group}`)).filter(({ method }) => method === 'DELETE');
  expect(call).toBeDefined();
});

it('takes over who joins and leaves a group at the provider', async () => {
  const { id: listId } = await api<{ id: string }>('POST', '/v1/contact-lists', { name: 'Choir' });
  const link = await eventually(
    () => linkOf(listId),
    (row) => row !== undefined,
  );
  const group = link?.remoteId as string;
  await world.quiet(id);
  const person = await world.remote(remoteId);
  const membership = { contactGroupMembership: { contactGroupResourceName: group } };
  await world.changeRemote(remoteId, {
    memberships: [...((person?.memberships ?? []) as object[]), membership],
  });
  await world.driver.sync(id, 'incremental');
  await world.quiet(id);
  const listIds = async () => (await api<{ listIds: string[] }>('GET', `/v1/contacts/${contactId}`)).listIds;
  expect(await listIds()).toContain(listId);
  await world.changeRemote(remoteId, { memberships: person?.memberships });
  await world.driver.sync(id, 'incremental');
  await world.quiet(id);
  expect(await listIds()).not.toContain(listId);
});

it('removes no groups where more than ten would go at once, and says so', async () => {
  const made: string[] = [];
  for (let n = 0; n < 12; n += 1) {
    made.push((await api<{ id: string }>('POST', '/v1/contact-lists', { name: `List ${n}` })).id);
  }
  for (const listId of made) {
    await eventually(
      () => linkOf(listId),
      (row) => row !== undefined,
    );
  }
  await world.quiet(id);
  const sinceMs = Date.now();
  await world.sql.begin(async (tx) => {
    await tx`insert into contact_work (integration_id, kind, key) select ${id}, 'list', unnest(${made}::text[])
      on conflict (integration_id, kind, key) do update set due_at = now()`;
    await tx`update contact_lists set archived_at = now(), version = version + 1 where id = any(${made})`;
  });
  await world.announce(id);
  const conflicts = await eventually(
    async () =>
      (await api<{ data: { kind: string; listId: string }[] }>('GET', `/v1/conflicts?integrationId=${id}`))
        .data,
    (rows) => rows.length === 12,
  );
  expect(new Set(conflicts.map(({ kind }) => kind))).toEqual(new Set(['lists_held_back']));
  expect(conflicts.map(({ listId }) => listId).sort()).toEqual([...made].sort());
  await world.quiet(id);
  expect((await world.calls(sinceMs, '/v1')).filter(({ method }) => method === 'DELETE')).toEqual([]);
  for (const listId of made) expect((await linkOf(listId))?.gone).toBe(false);
});

it('tells a person of a list that was given the name of another group, until one of both is called something else', async () => {
  const create = (name: string) => api<{ id: string }>('POST', '/v1/contact-lists', { name });
  const [crew, band] = [await create('Crew'), await create('Band')];
  for (const list of [crew, band]) {
    await eventually(
      () => linkOf(list.id),
      (row) => row !== undefined,
    );
  }
  const conflicts = async () =>
    (
      await api<{ data: { kind: string; open: boolean; harmonyValue: string }[] }>(
        'GET',
        `/v1/conflicts?integrationId=${id}`,
      )
    ).data;
  await api('PATCH', `/v1/contact-lists/${crew.id}`, { name: 'BAND' });
  await eventually(conflicts, (rows) => rows.length > 0);
  expect(await conflicts()).toMatchObject([
    { kind: 'list_name_taken', listId: crew.id, harmonyValue: 'BAND', open: true },
  ]);
  expect((await linkOf(crew.id))?.name).toBe('Crew');
  await api('PATCH', `/v1/contact-lists/${crew.id}`, { name: 'Choir' });
  await eventually(
    () => linkOf(crew.id),
    (row) => row?.name === 'Choir',
  );
  await world.quiet(id);
  expect(await conflicts()).toMatchObject([{ open: false }]);
});

it('ties a list of a person’s own to the group of its name that was read before, members of both included', async () => {
  await world.setDirection(id, 'from_provider');
  const groups = await world.sql<{ listId: string; name: string; remoteId: string }[]>`
    select list_id as "listId", remote_name as name, remote_id as "remoteId" from list_links
    where integration_id = ${id} and not system order by remote_id`;
  const group = groups[0] as (typeof groups)[number];
  const [{ n: there } = { n: 0 }] = await world.sql<{ n: number }[]>`
    select count(*)::int as n from contact_list_members where list_id = ${group.listId} and contact_id <> ${contactId}`;
  const { id: listId } = await api<{ id: string }>('POST', '/v1/contact-lists', { name: group.name });
  await api('PUT', `/v1/contact-lists/${listId}/members/${contactId}`);
  await world.setDirection(id, 'bidirectional');
  await world.sql`insert into contact_work (integration_id, kind, key) values (${id}, 'list', ${listId})
    on conflict (integration_id, kind, key) do update set due_at = now()`;
  await world.announce(id);
  await eventually(groupsOf, (found) => found.includes(group.remoteId));
  await world.quiet(id);
  expect((await linkOf(listId))?.remoteId).toBe(group.remoteId);
  const lists = await api<{ data: { id: string; name: string; memberCount: number }[] }>(
    'GET',
    '/v1/contact-lists',
  );
  expect(lists.data.filter(({ name }) => name === group.name)).toMatchObject([
    { id: listId, memberCount: there + 1 },
  ]);
});

it('leaves a membership that was sent alone until the provider was read again', async () => {
  const { id: listId } = await api<{ id: string }>('POST', '/v1/contact-lists', { name: 'Quartet' });
  await api('PUT', `/v1/contact-lists/${listId}/members/${contactId}`);
  const sent = () =>
    world.sql`select key from contact_work where integration_id = ${id} and kind = 'member_sent'`;
  await eventually(sent, (rows) => rows.length === 1);
  await world.quiet(id);
  await world.sql`update contact_work set due_at = now() - interval '1 second' where kind = 'member_sent'`;
  await world.edit(id, contactId, { job_title: 'Cellist' });
  await eventually(
    () => world.runs(id),
    ([run]) => run?.trigger === 'edit' && run.status === 'succeeded' && run.counts.pushed === 1,
  );
  const listIds = async () => (await api<{ listIds: string[] }>('GET', `/v1/contacts/${contactId}`)).listIds;
  expect(await listIds()).toContain(listId);
  expect(await sent()).toHaveLength(1);
  await world.driver.sync(id, 'incremental');
  expect(await sent()).toEqual([]);
  expect(await listIds()).toContain(listId);
});

it('puts off a membership whose contact the provider does not find', async () => {
  const { id: listId } = await api<{ id: string }>('POST', '/v1/contact-lists', { name: 'Trio' });
  await eventually(
    () => linkOf(listId),
    (row) => row !== undefined,
  );
  await world.quiet(id);
  await world.removeRemote(remoteId);
  await api('PUT', `/v1/contact-lists/${listId}/members/${contactId}`);
  const [work] = await eventually(
    () => world.sql`select kind, due_at > now() as later from contact_work
      where integration_id = ${id} and key = ${`${contactId}/${listId}`}`,
    ([row]) => row?.later === true,
  );
  expect(work).toMatchObject({ kind: 'member', later: true });
});

it('makes a contact that is restored anew without the group that takes no members, and goes on', async () => {
  const friends = 'contactGroups/friends';
  const person = await world.remote(remoteId);
  const membership = { contactGroupMembership: { contactGroupResourceName: friends } };
  await world.changeRemote(remoteId, {
    memberships: [...((person?.memberships ?? []) as object[]), membership],
  });
  await world.driver.sync(id, 'incremental');
  await world.quiet(id);
  const { data: lists } = await api<{ data: { id: string; remoteId: string; takesMembers: boolean }[] }>(
    'GET',
    '/v1/contact-lists?limit=100',
  );
  const closed = lists.find((list) => list.remoteId === friends);
  expect(closed?.takesMembers).toBe(false);
  const listIds = async () => (await api<{ listIds: string[] }>('GET', `/v1/contacts/${contactId}`)).listIds;
  expect(await listIds()).toContain(closed?.id);

  await api('DELETE', `/v1/contacts/${contactId}`);
  await eventually(
    () => world.remote(remoteId),
    (there) => there === undefined,
  );
  const sinceMs = Date.now();
  await api('POST', `/v1/contacts/${contactId}/restore`);
  const [link] = await eventually(
    () => world.sql<{ remoteId: string }[]>`select remote_id as "remoteId" from contact_links
      where integration_id = ${id} and contact_id = ${contactId} and tombstoned_at is null`,
    (rows) => rows.length === 1,
  );
  remoteId = link?.remoteId as string;
  expect(await world.quiet(id)).toMatchObject({ status: 'succeeded' });
  expect(await groupsOf()).not.toContain(friends);
  expect(await listIds()).not.toContain(closed?.id);
  expect((await world.calls(sinceMs, `/v1/${friends}/members`)).length).toBe(0);
});
