/** Contacts as a person or program edits them: versions, validation, archive, and what planners are told. */
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { writtenContact } from '../../api/contract/contact.ts';
import { newId } from '../../db/ids.ts';
import {
  auditLog,
  contactLinks,
  contactMappings,
  contacts,
  contactWork,
  integrations,
} from '../../db/schema/index.ts';
import { type SeededIntegration, seedIntegration } from './rows.ts';
import { type ApiWorld, openApiWorld, type Tenant } from './world.ts';

let world: ApiWorld;
let ada: Tenant;
let mine: SeededIntegration;

beforeAll(async () => {
  world = await openApiWorld({ parts: 'api' });
  ada = world.ada;
});
afterAll(() => world.close());
beforeEach(async () => {
  const { db } = world.database;
  for (const table of [contactWork, contactLinks, contacts, contactMappings, integrations])
    await db.delete(table);
  mine = await seedIntegration(db, ada, twoWay);
});

const twoWay = {
  provider: 'google-contacts',
  syncDirection: 'bidirectional',
  approvedDirection: 'bidirectional',
} as const;
const create = async (body: unknown) => {
  const answer = await ada.asUser.post('/v1/contacts', { body });
  expect(answer.status, answer.text).toBe(201);
  return writtenContact.parse(answer.body);
};
const work = async () =>
  (await world.database.db.select().from(contactWork)).map(
    ({ integrationId, kind, key, touched }) => `${integrationId} ${kind} ${key} ${touched}`,
  );

describe('a contact to which a sync brought more custom fields than an edit may add', () => {
  it('is still edited and archived, and takes no further one', async () => {
    const customFields = Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`f${n}`, 'x']));
    await world.database.db.update(contacts).set({ customFields }).where(eq(contacts.id, mine.contactId));
    const path = `/v1/contacts/${mine.contactId}`;
    const further = await ada.asUser.patch(path, { body: { customFields: { another: 'x' } } });
    expect(further).toMatchObject({ status: 400, body: { errors: [{ path: 'customFields' }] } });
    const exchanged = await ada.asUser.patch(path, { body: { notes: 'x', customFields: { f0: 'y' } } });
    expect(exchanged).toMatchObject({ status: 200, body: { notes: 'x', customFields: { f0: 'y' } } });
    expect((await ada.asUser.delete(path)).status).toBe(200);
  });
});

describe('a new contact', () => {
  it('is answered with version, ETag and place, and waits for the planner of a writing integration', async () => {
    const answer = await ada.asUser.post('/v1/contacts', {
      body: {
        firstName: '  Zoë ',
        email: 'zoë@müller.de',
        birthday: '--02-29',
        customFields: { Kunde: '7' },
      },
    });
    const made = writtenContact.parse(answer.body);
    expect(made).toMatchObject({
      firstName: 'Zoë',
      lastName: null,
      customFields: { Kunde: '7' },
      listIds: [],
    });
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(answer.headers.get('location')).toBe(`/v1/contacts/${made.id}`);
    expect(made.editedAt).toBeDefined();
    expect(await work()).toEqual([`${mine.id} local ${made.id} 1`]);
  });
  it('concerns no integration that only reads, or that another user has', async () => {
    await world.database.db.update(integrations).set({ approvedDirection: 'from_provider' });
    await seedIntegration(world.database.db, { ...ada, userId: ada.otherUserId }, twoWay);
    await create({ firstName: 'Zoë' });
    expect(await work()).toEqual([]);
  });
  it('is changed under the key of a request whose If-Match was not met, once it is', async () => {
    const made = (await ada.asUser.post('/v1/contacts', { body: { firstName: 'Ada' } })).body.id;
    const change = (etag: string) =>
      ada.asUser.patch(`/v1/contacts/${made}`, {
        ...{ body: { jobTitle: 'Captain' }, headers: { 'idempotency-key': 'k-etag', 'if-match': etag } },
      });
    for (const _again of [1, 2]) expect((await change('"7"')).status).toBe(412);
    const changed = await change('"1"');
    expect([changed.status, changed.body.jobTitle], changed.text).toEqual([200, 'Captain']);
    const repeated = await change('"1"');
    expect([repeated.status, repeated.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
    // Not the first answer: this one says that it knows what came after it.
    const other = await change('"2"');
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
  });
  it('is made once where ten requests with one Idempotency-Key come at the same time, which all get its answer', async () => {
    const options = { body: { firstName: 'Together' }, headers: { 'idempotency-key': 'k-together' } };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => ada.asUser.post('/v1/contacts', options)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  });
  it('is made once for one Idempotency-Key', async () => {
    const options = { body: { firstName: 'Once' }, headers: { 'idempotency-key': 'k-once' } };
    const [first, second] = [
      await ada.asUser.post('/v1/contacts', options),
      await ada.asUser.post('/v1/contacts', options),
    ];
    expect(second.body.id).toBe(first.body.id);
    for (const name of ['etag', 'location'])
      expect(second.headers.get(name), name).toBe(first.headers.get(name));
    expect(second.headers.get('location')).toBe(`/v1/contacts/${first.body.id}`);
    expect(await world.database.db.$count(contacts, eq(contacts.firstName, 'Once'))).toBe(1);
  });
  it.each([
    [{}, ''],
    [{ firstName: '   ' }, ''],
    [{ firstName: 'A', nickname: 'B' }, 'nickname'],
    [{ email: 'nobody' }, 'email'],
    [{ birthday: '2025-02-29' }, 'birthday'],
    [{ birthday: '29.2.2024' }, 'birthday'],
    [{ website: 'javascript:alert(1)' }, 'website'],
    [{ firstName: 'x'.repeat(501) }, 'firstName'],
    [{ firstName: 'A', customFields: { ' ': 'x' } }, 'customFields. '],
    [
      {
        firstName: 'A',
        customFields: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`f${n}`, 'x'])),
      },
      'customFields',
    ],
  ])('is refused as %j, and nothing is stored', async (body, path) => {
    const before = await world.database.db.$count(contacts);
    const answer = await ada.asUser.post('/v1/contacts', { body });
    expect(answer.status, answer.text).toBe(400);
    expect(answer.body.errors[0].path).toBe(path);
    expect(await world.database.db.$count(contacts)).toBe(before);
    expect(await work()).toEqual([]);
  });
  it('needs a user whose it is', async () => {
    const answer = await ada.asWorkspace.post('/v1/contacts', { body: { firstName: 'A' } });
    expect(answer.body.code).toBe('user_required');
  });
});

describe('a change', () => {
  it('sets what is named, clears with null, raises the version, and is told to the planner of its link', async () => {
    const path = `/v1/contacts/${mine.contactId}`;
    const answer = await ada.asUser.patch(path, {
      body: { lastName: 'Poppins', email: null, customFields: { a: '1', b: '2' } },
      headers: { 'if-match': '"1"' },
    });
    expect(answer.status, answer.text).toBe(200);
    expect(writtenContact.parse(answer.body)).toMatchObject({
      ...{
        firstName: 'Mary',
        lastName: 'Poppins',
        email: null,
        version: 2,
        customFields: { a: '1', b: '2' },
      },
    });
    expect(answer.body.warnings).toBeUndefined();
    expect(answer.headers.get('etag')).toBe('"2"');
    const next = await ada.asUser.patch(path, { body: { customFields: { a: null } } });
    expect(next.body).toMatchObject({ version: 3, customFields: { b: '2' }, lastName: 'Poppins' });
    expect(await work()).toEqual([`${mine.id} local ${mine.contactId} 2`]);
    const audits = await world.database.db.select().from(auditLog).where(eq(auditLog.target, mine.contactId));
    expect(audits.map(({ action }) => action)).toEqual(['contact.change', 'contact.change']);
    expect(JSON.stringify(audits)).not.toContain('Poppins');
  });
  it('to what is there already keeps the version', async () => {
    const answer = await ada.asUser.patch(`/v1/contacts/${mine.contactId}`, { body: { firstName: 'Mary' } });
    expect(answer.body).toMatchObject({ version: 1 });
    expect(answer.body.editedAt).toBeUndefined();
  });
  it('of another version is refused with the present one, and changes nothing', async () => {
    const path = `/v1/contacts/${mine.contactId}`;
    for (const tag of ['"7"', 'W/"1"', '1']) {
      const answer = await ada.asUser.patch(path, { body: { notes: 'x' }, headers: { 'if-match': tag } });
      expect([answer.status, answer.body.code]).toEqual([412, 'precondition_failed']);
      expect(answer.headers.get('etag')).toBe('"1"');
    }
    expect((await ada.asUser.get(path)).body).toMatchObject({ version: 1, notes: null });
    expect(await work()).toEqual([]);
  });
  it('under one version succeeds for exactly one of ten at once', async () => {
    const path = `/v1/contacts/${mine.contactId}`;
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        ada.asUser.patch(path, { body: { notes: `note ${n}` }, headers: { 'if-match': '"1"' } }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(412)]);
    expect((await ada.asUser.get(path)).body.version).toBe(2);
  });
  it('without a condition, ten times at once, loses none of ten fields', async () => {
    const path = `/v1/contacts/${mine.contactId}`;
    await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        ada.asUser.patch(path, { body: { customFields: { [`f${n}`]: 'x' } } }),
      ),
    );
    const { body } = await ada.asUser.get(path);
    expect(Object.keys(body.customFields)).toHaveLength(10);
    expect(body.version).toBe(11);
  });
  it('is somebody else’s to nobody', async () => {
    for (const client of [world.eve.asUser, world.eve.asWorkspace]) {
      const path = `/v1/contacts/${mine.contactId}`;
      expect((await client.patch(path, { body: { notes: 'x' } })).status).toBe(404);
      expect((await client.delete(path)).status).toBe(404);
      expect((await client.post(`${path}/restore`)).status).toBe(404);
    }
    const asOther = { headers: { 'harmony-user': ada.otherUserId }, body: { notes: 'x' } };
    expect((await ada.asWorkspace.patch(`/v1/contacts/${mine.contactId}`, asOther)).status).toBe(404);
    expect((await ada.asUser.get(`/v1/contacts/${mine.contactId}`)).body.notes).toBeNull();
  });
  it('of a field that only flows from the provider says that it will not last', async () => {
    await world.database.db.update(integrations).set({ approvedDirection: 'from_provider' });
    const answer = await ada.asUser.patch(`/v1/contacts/${mine.contactId}`, {
      body: { jobTitle: 'Cook', notes: 'x', customFields: { own: '1' } },
    });
    expect(answer.body.warnings).toMatchObject([
      {
        ...{ code: 'provider_wins', integrationId: mine.id, fields: ['jobTitle', 'notes'] },
        title: expect.stringContaining('Google Contacts decides the job title and notes: '),
      },
    ]);
    expect(await work()).toEqual([`${mine.id} local ${mine.contactId} 1`]);
  });
  it('of a contact that only flows from the provider says so, too: by its object’s mapping, or its stream', async () => {
    const { db } = world.database;
    const path = `/v1/contacts/${mine.contactId}`;
    const warned = async (phone: string) =>
      (await ada.asUser.patch(path, { body: { phone, notes: phone } })).body.warnings ?? [];
    expect(await warned('1')).toEqual([]);
    const object = { harmonyObject: 'contact', providerObject: 'person', enabled: true } as const;
    const saved = { ...object, providerObject: 'otherContact', direction: 'from_provider' } as const;
    const map = (version: number, objects: (typeof contactMappings.$inferInsert)['objects']) =>
      db.insert(contactMappings).values({
        ...{ integrationId: mine.id, version, createdBy: 'user:x', approvedAt: '2026-11-01T00:00:00Z' },
        objects,
        fields: [
          { field: 'phone', path: 'phoneNumbers.value', direction: 'both' },
          { field: 'notes', path: 'biographies.value', direction: 'both' },
        ],
      });
    await db.update(contactLinks).set({ stream: 'other_contacts' });
    await map(2, [{ ...object, direction: 'both' }, saved]);
    expect(await warned('2')).toMatchObject([{ code: 'provider_wins', fields: ['phone'] }]);
    await db.update(contactLinks).set({ stream: 'contacts' });
    await map(3, [{ ...object, direction: 'from_provider' }]);
    expect(await warned('3')).toMatchObject([{ code: 'provider_wins', fields: ['phone', 'notes'] }]);
    const { body } = await ada.asUser.delete(path);
    expect(body.warnings).toMatchObject([{ code: 'kept_in_harmony', integrationId: mine.id }]);
  });
  it('of a contact that was saved by itself lasts where those are switched off, or another account has it as its own', async () => {
    const { db } = world.database;
    const path = `/v1/contacts/${mine.contactId}`;
    const warned = async (phone: string) =>
      (await ada.asUser.patch(path, { body: { phone, notes: phone } })).body.warnings ?? [];
    await db.update(contactLinks).set({ stream: 'other_contacts' });
    expect(await warned('1')).toEqual([]);
    await db.insert(contactMappings).values({
      ...{ integrationId: mine.id, version: 2, createdBy: 'user:x', approvedAt: '2026-11-01T00:00:00Z' },
      objects: [
        {
          ...{ harmonyObject: 'contact', providerObject: 'otherContact' },
          ...{ direction: 'from_provider', enabled: true },
        },
      ],
      fields: [
        { field: 'phone', path: 'phoneNumbers.value', direction: 'both' },
        { field: 'notes', path: 'biographies.value', direction: 'both' },
      ],
    });
    expect(await warned('2')).toMatchObject([{ integrationId: mine.id, fields: ['phone'] }]);
    const other = await seedIntegration(db, ada, twoWay);
    await db
      .update(contactLinks)
      .set({ contactId: mine.contactId })
      .where(eq(contactLinks.integrationId, other.id));
    expect(await warned('3')).toEqual([]);
  });
});

describe('an archived contact', () => {
  it('is gone from reads, shown on demand, and comes back with restore', async () => {
    const path = `/v1/contacts/${mine.contactId}`;
    const archived = await ada.asUser.delete(path, { headers: { 'if-match': '"1"' } });
    expect(archived.status, archived.text).toBe(200);
    expect(archived.body.archivedAt).toBeDefined();
    const gone = await ada.asUser.get(path);
    expect([gone.status, gone.body.remedy]).toEqual([404, expect.stringContaining('/restore')]);
    expect((await ada.asUser.patch(path, { body: { notes: 'x' } })).status).toBe(404);
    expect((await ada.asUser.delete(path)).status).toBe(404);
    expect((await ada.asUser.get('/v1/contacts')).body.data).toEqual([]);
    expect((await ada.asUser.get('/v1/contacts?archived=true')).body.data).toMatchObject([
      { id: mine.contactId },
    ]);
    expect((await ada.asUser.get(`${path}?includeArchived=true`)).headers.get('etag')).toBe('"2"');
    const restored = await ada.asUser.post(`${path}/restore`);
    expect(restored.body).toMatchObject({ version: 3, firstName: 'Mary' });
    expect(restored.body.archivedAt).toBeUndefined();
    expect((await ada.asUser.post(`${path}/restore`)).body.version).toBe(3);
    expect((await ada.asUser.get(path)).status).toBe(200);
  });
  it('says so where it stays at the provider', async () => {
    await world.database.db.update(integrations).set({ approvedDirection: 'from_provider' });
    const { body } = await ada.asUser.delete(`/v1/contacts/${mine.contactId}`);
    expect(body.warnings).toMatchObject([{ code: 'kept_in_harmony', integrationId: mine.id }]);
  });
});

it('goes to a writing integration only while no other one feeds it', async () => {
  const { db } = world.database;
  const other = await seedIntegration(db, ada, { ...twoWay, accountId: 'other' });
  await ada.asUser.patch(`/v1/contacts/${mine.contactId}`, { body: { notes: 'x' } });
  expect(await work()).toEqual([`${mine.id} local ${mine.contactId} 1`]);
  await db.delete(contactWork);
  const own = newId('con');
  await db.insert(contacts).values({ id: own, workspaceId: ada.workspaceId, userId: ada.userId });
  await ada.asUser.patch(`/v1/contacts/${own}`, { body: { notes: 'x' } });
  expect((await work()).sort()).toEqual([`${mine.id} local ${own} 1`, `${other.id} local ${own} 1`].sort());
});
