/** Mappings: defaults, checks, versions and the way back, previews, and when they take effect. */
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  fieldMappings,
  mappingChange,
  mappingPreview,
  mappingVersion,
  type ObjectMapping,
} from '../../api/contract/mapping.ts';
import type { Executor } from '../../db/client.ts';
import {
  contactLinks,
  contactLists,
  contactMappings,
  contacts,
  contactWork,
  integrations,
  listLinks,
  type SyncDirection,
} from '../../db/schema/index.ts';
import { untilBlocked } from '../support/until-blocked.ts';
import type { Answer } from './client.ts';
import { type SeededIntegration, seedIntegration } from './rows.ts';
import { type ApiWorld, openApiWorld, type Tenant } from './world.ts';

let world: ApiWorld;
let ada: Tenant;
let mine: SeededIntegration;
let path: string;

beforeAll(async () => {
  world = await openApiWorld({ parts: 'api' });
  ada = world.ada;
});
afterAll(() => world.close());
beforeEach(async () => {
  const { db } = world.database;
  for (const table of [contactWork, contactLinks, contacts, contactMappings, integrations])
    await db.delete(table);
  mine = await seedIntegration(db, ada, {
    provider: 'google-contacts',
    syncDirection: 'bidirectional',
    approvedDirection: 'bidirectional',
  });
  await db.delete(contactMappings);
  await db
    .update(contactLinks)
    .set({
      shadow: {
        resourceName: 'people/c1',
        names: [{ givenName: 'Mary' }],
        emailAddresses: [{ value: 'mary@example.com' }],
        nicknames: [{ value: 'Moll' }],
        userDefined: [{ key: 'Customer', value: 'C-17' }],
      },
      base: null,
    })
    .where(eq(contactLinks.integrationId, mine.id));
  path = `/v1/integrations/${mine.id}`;
});

const get = async () => fieldMappings.parse((await ada.asUser.get(`${path}/field-mappings`)).body);
const custom = (direction: string) => ({
  ...{ field: 'custom.customer', path: 'userDefined[key=Customer].value', direction },
});
const putFields = async (data: readonly unknown[], more = {}) =>
  ada.asUser.put(`${path}/field-mappings`, { body: { data, ...more } });

const setDirection = (db: Executor, direction: SyncDirection) =>
  db.update(integrations).set({ syncDirection: direction, approvedDirection: direction });

/** Sends it while another request has turned the direction, which holds once it waits for that. */
const whileDirectionTurns = async (direction: SyncDirection, send: () => Promise<Answer>) => {
  const { db } = world.database;
  const { answer } = await db.transaction(async (tx) => {
    await setDirection(tx, direction);
    const answer = send();
    await untilBlocked(db);
    return { answer };
  });
  return answer;
};

it('a direction that writes more than the one which holds by now waits for its plan', async () => {
  const body = { syncDirection: 'bidirectional' };
  const answer = await whileDirectionTurns('from_provider', () => ada.asUser.patch(path, { body }));
  expect(answer.body).toMatchObject({ syncDirection: 'bidirectional', approvedDirection: 'from_provider' });
});

describe('mappings', () => {
  it('are the defaults at first', async () => {
    const { data, version, pending } = await get();
    expect(version).toBe(1);
    expect(pending).toBeUndefined();
    expect(data).toHaveLength(11);
    expect(data[0]).toEqual({ field: 'firstName', path: 'names.givenName', direction: 'both' });
    const objects = (await ada.asUser.get(`${path}/object-mappings`)).body;
    expect(objects.data.map(({ providerObject }: { providerObject: string }) => providerObject)).toEqual([
      'person',
      'contactGroup',
      'otherContact',
    ]);
  });
  it('are taken as they were read', async () => {
    for (const kind of ['field-mappings', 'object-mappings']) {
      const read = (await ada.asUser.get(`${path}/${kind}`)).body;
      const answer = await ada.asUser.put(`${path}/${kind}`, { body: read });
      expect([kind, answer.status, answer.text]).toEqual([kind, 200, expect.any(String)]);
    }
    const refused = await ada.asUser.put(`${path}/field-mappings`, { body: { data: [], nextCursor: 'x' } });
    expect([refused.status, refused.body.errors[0].path]).toEqual([400, 'nextCursor']);
  });
  it('that write nothing new hold at once, for every linked contact', async () => {
    const { data } = await get();
    const answer = await putFields([...data, custom('from_provider')]);
    expect(answer.status, answer.text).toBe(200);
    expect(mappingChange.parse(answer.body)).toMatchObject({ version: 2, takesEffect: 'now' });
    expect(await get()).toMatchObject({ version: 2, data: [...data, custom('from_provider')] });
    const work = await world.database.db.select().from(contactWork);
    expect(work).toMatchObject([{ integrationId: mine.id, kind: 'remote', key: 'people/c1' }]);
  });
  it('have another account look at what nothing ties only where this one writes contacts no more', async () => {
    const { db } = world.database;
    const { workspaceId, userId } = ada;
    await db.insert(integrations).values({
      ...{ id: 'int_other', workspaceId, userId, provider: 'google-contacts', authKind: 'oauth' },
      ...{ phase: 'active', syncDirection: 'from_provider', approvedDirection: 'from_provider' },
    });
    await db.insert(contacts).values({ id: 'con_made_here', workspaceId, userId, firstName: 'Ida' });
    const noted = async () => {
      const work = await db.select().from(contactWork).where(eq(contactWork.integrationId, 'int_other'));
      return work.map(({ kind, key }) => `${kind} ${key}`);
    };
    const { data } = await get();
    expect((await putFields([...data, custom('from_provider')])).body).toMatchObject({ takesEffect: 'now' });
    expect(await noted()).toEqual([]);
    const objects = (await ada.asUser.get(`${path}/object-mappings`)).body.data;
    const body = { data: objects.with(0, { ...objects[0], direction: 'from_provider' }) };
    const answer = await ada.asUser.put(`${path}/object-mappings`, { body });
    expect(answer.body, answer.text).toMatchObject({ takesEffect: 'now' });
    expect(await noted()).toEqual(['local con_made_here']);
  });
  it('that write more wait for their plan, and a later change builds on them', async () => {
    const { data } = await get();
    expect((await putFields([...data, custom('both')])).body).toMatchObject({
      version: 2,
      takesEffect: 'with_plan',
    });
    expect(await get()).toMatchObject({ version: 1, data, pending: { version: 2 } });
    expect(await world.database.db.select().from(contactWork)).toEqual([]);
    const objects = (await ada.asUser.get(`${path}/object-mappings`)).body.data;
    const next = await ada.asUser.put(`${path}/object-mappings`, { body: { data: objects } });
    expect(next.body).toMatchObject({ version: 3, takesEffect: 'with_plan' });
    expect(next.body.fields).toHaveLength(12);
    const { body } = await ada.asUser.get(`${path}/mapping-versions`);
    expect(body.data.map(stateOf)).toEqual(['3 pending 12', '2 former 12', '1 in_force 11']);
  });
  it('hold at once in any direction while the integration only reads', async () => {
    await setDirection(world.database.db, 'from_provider');
    const { data } = await get();
    expect((await putFields([...data, custom('both')])).body.takesEffect).toBe('now');
  });
  it('that meet a change of the direction are decided by the one that comes of it', async () => {
    await setDirection(world.database.db, 'from_provider');
    const { data } = await get();
    const change = await whileDirectionTurns('bidirectional', () => putFields([...data, custom('both')]));
    expect(change.body).toMatchObject({ takesEffect: 'with_plan' });
    expect(await get()).toMatchObject({ version: 1, data, pending: { version: 2 } });
  });
  it('that can not work are refused, each with its place and its reason', async () => {
    const first = { field: 'firstName', path: 'names.givenName', direction: 'both' };
    const answer = await putFields([
      first,
      { field: 'shoeSize', path: 'names.familyName', direction: 'both' },
      { field: 'email', path: 'shoes.size', direction: 'both' },
      { field: 'lastName', path: 'names.givenName', direction: 'both' },
      { field: 'birthday', path: 'names.middleName', direction: 'both' },
    ]);
    expect([answer.status, answer.body.code]).toEqual([422, 'mapping_invalid']);
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toEqual([
      ...['data.1', 'data.2', 'data.3', 'data.4'],
    ]);
    const person = { harmonyObject: 'list', providerObject: 'person', direction: 'both', enabled: true };
    const other = {
      harmonyObject: 'contact',
      providerObject: 'otherContact',
      direction: 'both',
      enabled: true,
    };
    const objects = await ada.asUser.put(`${path}/object-mappings`, {
      body: { data: [person, other, other] },
    });
    expect(objects.body.errors).toHaveLength(3);
    expect((await putFields([{ ...first, colour: 'red' }])).status).toBe(400);
    expect((await get()).version).toBe(1);
  });
  it('of which one came to flow against the integration stand in the way of none beside it', async () => {
    const { data } = await get();
    await world.database.db.update(integrations).set({ syncDirection: 'to_provider' });
    const outward = [...data, custom('to_provider')];
    expect((await putFields(outward)).status).toBe(200);
    await world.database.db.update(integrations).set({ syncDirection: 'from_provider' });
    const objects = (await ada.asUser.get(`${path}/object-mappings`)).body.data;
    const others = await ada.asUser.put(`${path}/object-mappings`, { body: { data: objects } });
    expect(others.status, others.text).toBe(200);
    expect((await ada.asUser.post(`${path}/mappings/preview`, { body: { objects } })).status).toBe(200);
    const again = await putFields(outward);
    expect(again).toMatchObject({ status: 422, body: { errors: [{ path: 'data.11' }] } });
  });
  it('name custom fields as contacts do', async () => {
    for (const name of ['__proto__', '!', 'a.b', `${'x'.repeat(65)}`]) {
      const answer = await putFields([{ ...custom('from_provider'), field: `custom.${name}` }]);
      expect(answer, name).toMatchObject({ status: 400, body: { errors: [{ path: 'data.0.field' }] } });
      const customFields = Object.fromEntries([[name, 'x']]);
      expect((await ada.asUser.post('/v1/contacts', { body: { customFields } })).status, name).toBe(400);
    }
    for (const name of ['Kunden-Nr 2', 'größe_1'])
      expect((await putFields([{ ...custom('from_provider'), field: `custom.${name}` }])).status).toBe(200);
  });
  it('of another version than the newest are refused', async () => {
    const { data } = await get();
    expect((await putFields(data, { version: 1 })).status).toBe(200);
    const late = await putFields(data, { version: 1 });
    expect([late.status, late.body.code]).toEqual([409, 'conflict']);
    const both = await Promise.all([putFields(data, { version: 2 }), putFields(data, { version: 2 })]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  });
  it('are all on one page, whatever is asked of it', async () => {
    for (const list of ['field-mappings', 'object-mappings']) {
      const whole = (await ada.asUser.get(`${path}/${list}`)).body;
      const { status, body } = await ada.asUser.get(`${path}/${list}?limit=1`);
      expect([status, body]).toEqual([200, whole]);
      expect(body.nextCursor).toBeNull();
    }
  });
  it('have versions, and a way back', async () => {
    const { data } = await get();
    await putFields(data.slice(0, 3));
    await putFields(data.slice(0, 2));
    const { body } = await ada.asUser.get(`${path}/mapping-versions?limit=2`);
    expect(body.data.map((row: unknown) => mappingVersion.parse(row)).map(stateOf)).toEqual([
      '3 in_force 2',
      '2 former 3',
    ]);
    const rest = await ada.asUser.get(`${path}/mapping-versions?limit=2&cursor=${body.nextCursor}`);
    expect(rest.body.data.map(stateOf)).toEqual(['1 former 11']);
    expect(rest.body.nextCursor).toBeNull();
    const restored = await ada.asUser.post(`${path}/mapping-versions/2/restore`);
    expect(restored.body).toMatchObject({ version: 4, fields: data.slice(0, 3) });
    // Sends what was not sent any more, so it has to be seen first.
    expect((await ada.asUser.post(`${path}/mapping-versions/1/restore`)).body).toMatchObject({
      ...{ version: 5, takesEffect: 'with_plan' },
    });
    expect((await ada.asUser.post(`${path}/mapping-versions/99/restore`)).status).toBe(404);
  });
  it('are tried on real contacts, and nothing is stored', async () => {
    const { data } = await get();
    const answer = await ada.asUser.post(`${path}/mappings/preview`, {
      body: {
        fields: [
          ...data,
          custom('both'),
          { field: 'custom.nick', path: 'nicknames.value', direction: 'to_provider' },
        ],
      },
    });
    expect(answer.status, answer.text).toBe(200);
    const preview = mappingPreview.parse(answer.body);
    expect(preview).toMatchObject({
      ...{ records: 1, changedFields: ['custom.customer', 'custom.nick'], takesEffect: 'with_plan' },
      ...{ counts: { harmony: 1, provider: 0 } },
      changes: [
        {
          contactName: 'Mary',
          field: 'custom.customer',
          side: 'harmony',
          from: null,
          to: 'C-17',
          rule: 'no_base',
        },
      ],
    });
    expect(await world.database.db.$count(contactMappings)).toBe(0);
  });
  it('are tried as they are carried out: nothing of what is only read or waits for a person goes to Google', async () => {
    const { db } = world.database;
    const { workspaceId, userId } = ada;
    const objects = (await ada.asUser.get(`${path}/object-mappings`)).body.data as ObjectMapping[];
    const customFields = { customer: 'C-9' };
    for (const [at, more] of [
      { stream: 'other_contacts' },
      { parked: { reason: 'maybe_merged', candidates: ['people/c1'], since: '2026-11-30T00:00:00Z' } },
      {},
    ].entries()) {
      const id = `con_${at}`;
      await db.insert(contacts).values({ id, workspaceId, userId, firstName: `Otto ${at}`, customFields });
      await db.insert(contactLinks).values({
        ...{ integrationId: mine.id, stream: 'contacts', remoteId: `people/x${at}`, contentHash: 'h' },
        ...{
          shadow: { names: [{ givenName: `Otto ${at}` }] },
          seenByRun: mine.runId,
          contactId: id,
          ...more,
        },
      });
    }
    const { data } = await get();
    const answer = await ada.asUser.post(`${path}/mappings/preview`, {
      body: {
        fields: [...data, custom('both')],
        objects: objects.map((one) => ({ ...one, enabled: true })),
      },
    });
    const { changes } = mappingPreview.parse(answer.body);
    const sent = changes.filter(({ side }) => side === 'provider');
    expect(sent).toMatchObject([{ contactId: 'con_2', field: 'custom.customer', to: 'C-9' }]);
  });
  it('are tried with what was agreed on before contacts were switched off', async () => {
    const { db } = world.database;
    const agreed = (value: string | null) => ({ local: value, remote: value });
    await db.update(contactLinks).set({
      base: { firstName: agreed('Mary'), lastName: agreed('Poppins'), email: agreed('mary@example.com') },
    });
    await db.update(contacts).set({ lastName: 'Poppins', email: 'mary@example.com' });
    const objects = (await ada.asUser.get(`${path}/object-mappings`)).body.data as ObjectMapping[];
    const off = objects.map((one) => (one.providerObject === 'person' ? { ...one, enabled: false } : one));
    expect((await ada.asUser.put(`${path}/object-mappings`, { body: { data: off } })).status).toBe(200);
    const answer = await ada.asUser.post(`${path}/mappings/preview`, { body: { objects } });
    expect(mappingPreview.parse(answer.body).changes).toMatchObject([
      { field: 'lastName', side: 'harmony', from: 'Poppins', to: null, rule: 'one_changed' },
    ]);
  });
  it('of objects are tried on real lists and contacts, and what stays as it is is not spoken of', async () => {
    const { db } = world.database;
    const { workspaceId, userId } = ada;
    for (const table of [listLinks, contactLists]) await db.delete(table);
    const editedAt = '2026-01-01T00:00:00Z';
    await db
      .insert(contactLists)
      .values(['Crew', 'band'].map((name) => ({ id: `lst_${name}`, workspaceId, userId, name, editedAt })));
    await db.insert(listLinks).values(
      ['Band', 'Choir'].map((name) => ({
        ...{ integrationId: mine.id, remoteId: `contactGroups/${name}`, contentHash: 'h', shadow: {} },
        ...{ remoteName: name, system: false },
      })),
    );
    await db.insert(contactLinks).values({
      ...{ integrationId: mine.id, stream: 'other_contacts', remoteId: 'otherContacts/c2', contentHash: 'h' },
      ...{ shadow: { names: [{ givenName: 'Otto' }] }, seenByRun: mine.runId },
    });
    const objects = (await ada.asUser.get(`${path}/object-mappings`)).body.data as ObjectMapping[];
    const withObject = (providerObject: string, change: Partial<ObjectMapping>) =>
      objects.map((one) => (one.providerObject === providerObject ? { ...one, ...change } : one));
    const preview = async (data: readonly ObjectMapping[]) => {
      const answer = await ada.asUser.post(`${path}/mappings/preview`, { body: { objects: data } });
      expect(answer.status, answer.text).toBe(200);
      const { lists, otherContacts } = mappingPreview.parse(answer.body);
      return { lists, otherContacts };
    };
    expect(await preview(objects)).toEqual({});
    const none = { created: 0, updated: 0, deleted: 0 };
    expect((await preview(withObject('contactGroup', { enabled: false }))).lists).toMatchObject({
      ...{ harmony: none, provider: none, samples: [] },
    });
    expect(await preview(withObject('otherContact', { enabled: true }))).toEqual({
      otherContacts: { effect: 'come', known: 1, samples: ['Otto'] },
    });
    const off = withObject('contactGroup', { enabled: false });
    const put = await ada.asUser.put(`${path}/object-mappings`, { body: { data: off } });
    expect(put.status, put.text).toBe(200);
    expect((await preview(objects)).lists).toEqual({
      ...{ harmony: { ...none, created: 1, updated: 1 }, provider: { ...none, created: 1 } },
      ...{ tied: 1, parked: 0, conflicts: 0 },
      samples: [
        { side: 'none', action: 'tie', name: 'band' },
        { side: 'harmony', action: 'create', name: 'Choir' },
        { side: 'provider', action: 'create', name: 'Crew' },
        { side: 'harmony', action: 'rename', name: 'band', newName: 'Band' },
      ],
    });
  });
  it('belong to integrations of contacts, and to their owner', async () => {
    const calendar = await seedIntegration(world.database.db, ada);
    const answer = await ada.asUser.get(`/v1/integrations/${calendar.id}/field-mappings`);
    expect([answer.status, answer.body.code]).toEqual([422, 'not_supported']);
    for (const route of ['field-mappings', 'object-mappings', 'mapping-versions']) {
      expect((await world.eve.asUser.get(`${path}/${route}`)).status).toBe(404);
    }
    const { data } = await get();
    expect((await world.eve.asUser.put(`${path}/field-mappings`, { body: { data } })).status).toBe(404);
    expect((await world.eve.asUser.post(`${path}/mappings/preview`, { body: {} })).status).toBe(404);
    expect((await world.eve.asUser.post(`${path}/mapping-versions/1/restore`)).status).toBe(404);
  });
});

const stateOf = (row: { version: number; state: string; fields: readonly unknown[] }) =>
  `${row.version} ${row.state} ${row.fields.length}`;
