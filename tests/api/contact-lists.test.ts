/** Contact lists as a person keeps them, and what the remote groups and memberships make of them. */
import { and, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { contactListStore } from '../../activities/records/contact-lists.ts';
import { contactStore } from '../../activities/records/contacts.ts';
import { contactList } from '../../api/contract/contact-list.ts';
import { holdContacts } from '../../db/queries/contact-edits.ts';
import {
  contactLinks,
  contactListMembers,
  contactLists,
  contacts,
  contactWork,
  integrations,
  listLinks,
} from '../../db/schema/index.ts';
import type { RecordBase } from '../../providers/contract/index.ts';
import { untilBlocked } from '../support/until-blocked.ts';
import { type SeededIntegration, seedIntegration } from './rows.ts';
import { type ApiWorld, openApiWorld, type Tenant } from './world.ts';

let world: ApiWorld;
let ada: Tenant;
let mine: SeededIntegration;

const twoWay = {
  provider: 'google-contacts',
  syncDirection: 'bidirectional',
  approvedDirection: 'bidirectional',
} as const;

beforeAll(async () => {
  world = await openApiWorld({ parts: 'api' });
  ada = world.ada;
});
afterAll(() => world.close());
beforeEach(async () => {
  const { db } = world.database;
  for (const table of [
    ...[contactWork, contactLinks, contacts, contactListMembers, listLinks, contactLists, integrations],
  ])
    await db.delete(table);
  mine = await seedIntegration(db, ada, twoWay);
});

const pathOf = (id: string) => `/v1/contact-lists/${id}`;
const work = async () =>
  (await world.database.db.select().from(contactWork)).map(({ kind, key }) => `${kind} ${key}`);

it('a membership is noted once its contact is free, as a sync of another account notes it', async () => {
  const { db } = world.database;
  const key = `${mine.contactId}/${mine.listId}`;
  await db.insert(contactWork).values({ integrationId: mine.id, kind: 'member', key });
  const { later } = await db.transaction(async (other) => {
    await holdContacts(other, [mine.contactId]);
    const later = ada.asUser.put(`${pathOf(mine.listId)}/members/${mine.contactId}`);
    await untilBlocked(db);
    await other.execute(sql`select 1 from contact_work where key = ${key} for update nowait`);
    return { later };
  });
  expect((await later).status).toBe(200);
});

describe('a list', () => {
  it('is never said to be unchanged: members come and go without a version', async () => {
    const path = pathOf(mine.listId);
    const { headers } = await ada.asUser.get(path);
    await ada.asUser.put(`${path}/members/${mine.contactId}`);
    for (const known of [headers.get('etag') as string, '*']) {
      // Else fetch adds no-cache, which is answered in full by itself.
      const headers = { 'if-none-match': known, 'cache-control': 'max-age=0' };
      const answer = await ada.asUser.get(path, { headers });
      expect([answer.status, answer.body?.memberCount]).toEqual([200, 1]);
    }
  });
  it('is made, renamed, archived with its members, and restored', async () => {
    const made = await ada.asUser.post('/v1/contact-lists', { body: { name: ' Choir ' } });
    expect(made.status, made.text).toBe(201);
    expect(contactList.parse(made.body)).toMatchObject({
      name: 'Choir',
      version: 1,
      sources: [],
      integrationId: null,
    });
    const path = pathOf(made.body.id);
    expect(await work()).toEqual([`list ${made.body.id}`]);
    await ada.asUser.put(`${path}/members/${mine.contactId}`);
    const renamed = await ada.asUser.patch(path, { body: { name: 'Band' }, headers: { 'if-match': '"1"' } });
    expect(renamed.body).toMatchObject({ name: 'Band', version: 2, memberCount: 1 });
    expect(renamed.headers.get('etag')).toBe('"2"');
    expect(
      (await ada.asUser.patch(path, { body: { name: 'x' }, headers: { 'if-match': '"1"' } })).status,
    ).toBe(412);
    expect((await ada.asUser.delete(path)).status).toBe(200);
    expect((await ada.asUser.get(path)).status).toBe(404);
    expect((await ada.asUser.get('/v1/contact-lists?archived=true')).body.data).toMatchObject([
      { name: 'Band' },
    ]);
    const restored = await ada.asUser.post(`${path}/restore`);
    expect(restored.body).toMatchObject({ name: 'Band', version: 4, memberCount: 1 });
  });
  it('of the provider’s own is neither renamed nor removed', async () => {
    await world.database.db.update(contactLists).set({ system: true });
    for (const answer of [
      await ada.asUser.patch(pathOf(mine.listId), { body: { name: 'x' } }),
      await ada.asUser.delete(pathOf(mine.listId)),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([422, 'not_supported']);
    }
    expect((await ada.asUser.put(`${pathOf(mine.listId)}/members/${mine.contactId}`)).status).toBe(200);
  });
  it('of the provider’s own that takes nobody lets contacts off, and says so to who would put one on it', async () => {
    const { db } = world.database;
    await db.update(contactLists).set({ system: true });
    await db.update(listLinks).set({ takesMembers: false });
    expect((await ada.asUser.get(pathOf(mine.listId))).body).toMatchObject({ takesMembers: false });
    const member = `${pathOf(mine.listId)}/members/${mine.contactId}`;
    const refused = await ada.asUser.put(member);
    expect([refused.status, refused.body.code]).toEqual([422, 'not_supported']);
    expect(refused.body.remedy).toContain('a list of your own');
    expect(await db.$count(contactListMembers)).toBe(0);
    expect(await work()).toEqual([]);
    expect((await ada.asUser.get(`/v1/contacts/${mine.contactId}`)).body).toMatchObject({ version: 1 });
    await db.insert(contactListMembers).values({ listId: mine.listId, contactId: mine.contactId });
    expect((await ada.asUser.put(member)).body).toMatchObject({ member: true });
    expect((await ada.asUser.delete(member)).body).toMatchObject({ member: false });
    const own = await ada.asUser.post('/v1/contact-lists', { body: { name: 'Choir' } });
    expect(own.body).toMatchObject({ takesMembers: true });
  });
  it('is somebody else’s to nobody, and takes no foreign contact', async () => {
    const eves = await seedIntegration(world.database.db, world.eve);
    for (const [id, contactId] of [
      [mine.listId, mine.contactId],
      [mine.listId, eves.contactId],
      [eves.listId, mine.contactId],
    ] as const) {
      const client = id === mine.listId && contactId === mine.contactId ? world.eve.asUser : ada.asUser;
      expect((await client.put(`${pathOf(id)}/members/${contactId}`)).status).toBe(404);
      expect((await client.delete(`${pathOf(id)}/members/${contactId}`)).status).toBe(404);
    }
    expect((await world.eve.asUser.patch(pathOf(mine.listId), { body: { name: 'x' } })).status).toBe(404);
    expect(await world.database.db.$count(contactListMembers)).toBe(0);
  });
});

it('puts a contact on a list once and takes it off once, each with a new version of the contact', async () => {
  const member = `${pathOf(mine.listId)}/members/${mine.contactId}`;
  const contact = async () => (await ada.asUser.get(`/v1/contacts/${mine.contactId}`)).body;
  for (const _ of [1, 2]) expect((await ada.asUser.put(member)).body.member).toBe(true);
  expect(await contact()).toMatchObject({ version: 2, listIds: [mine.listId] });
  expect((await work()).sort()).toEqual([
    `local ${mine.contactId}`,
    `member ${mine.contactId}/${mine.listId}`,
  ]);
  expect((await ada.asUser.get(`/v1/contacts?listId=${mine.listId}`)).body.data).toHaveLength(1);
  for (const _ of [1, 2]) expect((await ada.asUser.delete(member)).body.member).toBe(false);
  expect(await contact()).toMatchObject({ version: 3, listIds: [] });
  await ada.asUser.put(member);
  const count = async () => (await ada.asUser.get(pathOf(mine.listId))).body.memberCount;
  expect(await count()).toBe(1);
  await ada.asUser.delete(`/v1/contacts/${mine.contactId}`);
  expect(await count()).toBe(0);
});

describe('remote groups', () => {
  const context = () => ({
    ...{ integrationId: mine.id, workspaceId: ada.workspaceId, userId: ada.userId, stream: 'groups' },
    ...{ collectionId: '', runId: mine.runId, fresh: false, empty: false },
  });
  const write = async (upserts: readonly RecordBase[], deletions: readonly string[] = []) => {
    const { db } = world.database;
    const settings = await contactListStore.loadSettings?.(
      { db } as never,
      { integrationId: mine.id } as never,
    );
    const page = { upserts, deletions, next: { kind: 'more', cursor: '' } } as never;
    return db.transaction((tx) => contactListStore.prepare(page, settings as never)(tx, context()));
  };
  const writePeople = (people: readonly { id: string; groups: string[]; name?: string }[]) =>
    world.database.db.transaction((tx) =>
      contactStore.prepare({
        upserts: people.map(({ id, groups, name = id }) => ({
          remoteId: id,
          raw: {
            names: [{ givenName: name }],
            memberships: groups.map((group) => ({
              contactGroupMembership: { contactGroupResourceName: group },
            })),
          },
        })),
        deletions: [],
        next: { kind: 'more', cursor: '' },
      } as never)(tx, { ...context(), stream: 'contacts' }),
    );
  const group = (id: string, name: string, more = {}) => ({
    ...{ remoteId: id, raw: { name, ...more }, name, system: false },
  });
  const lists = async () =>
    (await ada.asUser.get(`/v1/contact-lists?integrationId=${mine.id}`)).body.data
      .map((list: { name: string; memberCount: number }) => `${list.name} ${list.memberCount}`)
      .sort();

  it('become lists and are renamed; memberships follow; one that goes is noted for the planner', async () => {
    expect(await write([group('g/a', 'A'), group('g/b', 'B')])).toMatchObject({ created: 2 });
    await writePeople([
      { id: 'people/1', groups: ['g/a', 'g/b'] },
      { id: 'people/2', groups: ['g/a'] },
    ]);
    expect(await lists()).toEqual(['A 2', 'B 1', 'Friends 0']);
    await writePeople([{ id: 'people/1', groups: ['g/b'] }]);
    expect(await write([group('g/a', 'Alpha'), group('g/b', 'B')])).toMatchObject({
      updated: 1,
      unchanged: 1,
    });
    expect(await lists()).toEqual(['Alpha 1', 'B 1', 'Friends 0']);
    expect(await work()).toEqual([]);
    expect(await write([], ['g/b'])).toMatchObject({ deleted: 1 });
    expect(await lists()).toEqual(['Alpha 1', 'Friends 0']);
    expect(await work()).toEqual([expect.stringMatching(/^list lst_/)]);
    await write([group('g/b', 'B')]);
    expect(await lists()).toEqual(['Alpha 1', 'B 1', 'Friends 0']);
  });
  it('that come after their members still get them', async () => {
    await writePeople([{ id: 'people/1', groups: ['g/late'] }]);
    await write([group('g/late', 'Late')]);
    expect(await lists()).toEqual(['Friends 0', 'Late 1']);
  });
  it('take up a person’s own list of the same name, once', async () => {
    const own = (await ada.asUser.post('/v1/contact-lists', { body: { name: 'choir' } })).body.id;
    await write([group('g/1', 'Choir'), group('g/2', 'Choir')]);
    const links = await world.database.db
      .select()
      .from(listLinks)
      .where(eq(listLinks.integrationId, mine.id));
    expect(links.filter(({ listId }) => listId === own)).toHaveLength(1);
    expect(await lists()).toEqual(['Choir 0', 'Choir 0', 'Friends 0'].sort());
  });
  it('leave a membership alone that a person changed, until it is carried over', async () => {
    await write([group('g/a', 'A')]);
    await writePeople([{ id: 'people/1', groups: ['g/a'] }]);
    const { body } = await ada.asUser.get('/v1/contact-lists');
    const { id } = body.data.find(({ name }: { name: string }) => name === 'A');
    const [member] = (await ada.asUser.get(`/v1/contacts?listId=${id}`)).body.data;
    await ada.asUser.delete(`${pathOf(id)}/members/${member.id}`);
    await writePeople([{ id: 'people/1', groups: ['g/a'], name: 'Renamed' }]);
    expect((await ada.asUser.get(`/v1/contacts?listId=${id}`)).body.data).toEqual([]);
    await world.database.db.delete(contactWork);
    await writePeople([{ id: 'people/1', groups: ['g/a'], name: 'Again' }]);
    expect((await ada.asUser.get(`/v1/contacts?listId=${id}`)).body.data).toHaveLength(1);
  });
  it('do not overwrite a name that a person has given since: that waits for the planner', async () => {
    await write([group('g/a', 'A')]);
    const { body } = await ada.asUser.get('/v1/contact-lists');
    const { id } = body.data.find(({ name }: { name: string }) => name === 'A');
    await ada.asUser.patch(pathOf(id), { body: { name: 'Mine' } });
    await world.database.db.delete(contactWork);
    await write([group('g/a', 'Theirs')]);
    expect((await ada.asUser.get(pathOf(id))).body.name).toBe('Mine');
    expect(await work()).toEqual([`list ${id}`]);
    await write([], ['g/a']);
    expect((await ada.asUser.get(pathOf(id))).status).toBe(200);
  });
  it('leave lists of other integrations and a person’s own alone', async () => {
    await write([group('g/a', 'A')]);
    await writePeople([{ id: 'people/1', groups: ['g/a'] }]);
    const [link] = await world.database.db
      .select()
      .from(contactLinks)
      .where(and(eq(contactLinks.integrationId, mine.id), eq(contactLinks.remoteId, 'people/1')));
    const own = (await ada.asUser.post('/v1/contact-lists', { body: { name: 'Own' } })).body.id;
    await ada.asUser.put(`${pathOf(own)}/members/${link?.contactId}`);
    await writePeople([{ id: 'people/1', groups: [] }]);
    expect((await ada.asUser.get(`/v1/contacts/${link?.contactId}`)).body.listIds).toEqual([own]);
  });
});
