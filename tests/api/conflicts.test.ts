/** The inbox of conflicts, deciding them, and why a contact is as it is. */
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { conflict as conflictShape } from '../../api/contract/conflict.ts';
import { contactExplanation, journalEntry } from '../../api/contract/contact-history.ts';
import { findSettledQuestions } from '../../db/queries/contact-questions.ts';
import {
  contactConflicts,
  contactJournal,
  contactLinks,
  contactMappings,
  contacts,
  contactWork,
  integrations,
  runs,
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
  for (const table of [
    ...[contactWork, contactLinks, contacts, contactMappings, contactConflicts, contactJournal, integrations],
  ])
    await db.delete(table);
  mine = await seedIntegration(db, ada, {
    provider: 'google-contacts',
    syncDirection: 'bidirectional',
    approvedDirection: 'bidirectional',
  });
  for (const table of [contactMappings, contactConflicts, contactJournal]) await db.delete(table);
});

const seed = async (values: Partial<typeof contactConflicts.$inferInsert> = {}) => {
  const id = values.id ?? 'cfl_1';
  await world.database.db.insert(contactConflicts).values({
    ...{ id, workspaceId: ada.workspaceId, userId: ada.userId, integrationId: mine.id, runId: mine.runId },
    ...{ contactId: mine.contactId, remoteId: 'people/c1', field: 'jobTitle', winner: 'provider' },
    ...{
      localValue: 'Nanny',
      remoteValue: 'Governess',
      baseLocal: 'Maid',
      baseRemote: 'Maid',
      hasBase: true,
    },
    ...{ rule: 'both_changed', policy: 'newest', ...values },
  });
  return id;
};
const resolve = (id: string, body: unknown, client = ada.asUser) =>
  client.post(`/v1/conflicts/${id}/resolve`, { body });
const contact = async () => (await ada.asUser.get(`/v1/contacts/${mine.contactId}`)).body;
const list = async (query = '') => {
  const answer = await ada.asUser.get(`/v1/conflicts?${query}`);
  expect(answer.status, answer.text).toBe(200);
  return answer.body.data.map((row: unknown) => conflictShape.parse(row));
};

describe('conflicts', () => {
  it('show both values and the base, filtered and paged', async () => {
    await seed({ id: 'cfl_1', at: '2026-11-01T00:00:00Z' });
    await seed({
      id: 'cfl_2',
      at: '2026-11-02T00:00:00Z',
      hasBase: false,
      resolvedAt: '2026-11-03T00:00:00Z',
    });
    const [newest, oldest] = await list();
    expect(newest).toMatchObject({ id: 'cfl_2', base: null, open: false });
    expect(oldest).toMatchObject({
      ...{ id: 'cfl_1', contactName: 'Mary', harmonyValue: 'Nanny', providerValue: 'Governess', open: true },
      base: { harmony: 'Maid', provider: 'Maid' },
    });
    expect(await list('open=true')).toHaveLength(1);
    expect(await list('open=false')).toMatchObject([{ id: 'cfl_2' }]);
    expect(await list(`integrationId=${mine.id}&contactId=${mine.contactId}`)).toHaveLength(2);
    expect(await list('contactId=con_other')).toEqual([]);
    const { body } = await ada.asUser.get('/v1/conflicts?limit=1');
    expect(await list(`limit=1&cursor=${body.nextCursor}`)).toMatchObject([{ id: 'cfl_1' }]);
    for (const client of [world.eve.asUser, world.eve.asWorkspace]) {
      expect((await client.get('/v1/conflicts')).body.data).toEqual([]);
      expect((await resolve('cfl_1', { choose: 'dismiss' }, client)).status).toBe(404);
    }
  });
  it('decided for Harmony set its value and tell the planner, once', async () => {
    const id = await seed();
    const answer = await resolve(id, { choose: 'harmony' });
    expect(answer.status, answer.text).toBe(200);
    expect(conflictShape.parse(answer.body)).toMatchObject({
      ...{ open: false, resolution: 'harmony', resolvedBy: expect.stringMatching(/^key:/) },
    });
    expect(await contact()).toMatchObject({ jobTitle: 'Nanny', version: 2 });
    expect(await world.database.db.select().from(contactWork)).toMatchObject([
      { kind: 'local', key: mine.contactId },
    ]);
    const again = await resolve(id, { choose: 'provider' });
    expect([again.status, (await contact()).jobTitle]).toEqual([409, 'Nanny']);
  });
  it('decided always for a field that is mapped no more are refused, and stay open', async () => {
    const id = await seed({ field: 'custom.former' });
    const answer = await resolve(id, { choose: 'harmony', always: true });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: 'always' }] } });
    expect(await list('open=true')).toMatchObject([{ id }]);
    expect(await world.database.db.select().from(contactMappings)).toEqual([]);
    expect((await resolve(id, { choose: 'harmony' })).status).toBe(200);
  });
  it('decided always make a version of the mappings that prefers the side', async () => {
    await resolve(await seed(), { choose: 'provider', always: true });
    expect(await contact()).toMatchObject({ jobTitle: 'Governess' });
    const { body } = await ada.asUser.get(`/v1/integrations/${mine.id}/field-mappings`);
    expect(body.version).toBe(2);
    const chosen = body.data.filter(
      (mapping: { conflictPolicy?: string }) => mapping.conflictPolicy !== undefined,
    );
    expect(chosen).toMatchObject([{ field: 'jobTitle', conflictPolicy: 'provider' }]);
  });
  it('dismissed change nothing', async () => {
    await resolve(await seed(), { choose: 'dismiss' });
    expect(await contact()).toMatchObject({ jobTitle: null, version: 1 });
    expect(await world.database.db.select().from(contactWork)).toEqual([]);
    expect(await list('open=true')).toEqual([]);
  });
  it('of a field that only flows from the provider do not take Harmony’s value', async () => {
    await world.database.db.update(integrations).set({ approvedDirection: 'from_provider' });
    const answer = await resolve(await seed(), { choose: 'harmony' });
    expect([answer.status, answer.body.code]).toEqual([409, 'conflict']);
    expect(await list('open=true')).toHaveLength(1);
    expect(await contact()).toMatchObject({ jobTitle: null });
  });
  it('of a contact that only flows from the provider do not take Harmony’s value, by its object’s mapping or its stream', async () => {
    const { db } = world.database;
    await seed();
    await seed({ id: 'cfl_2', field: 'phone' });
    const objects = [
      { harmonyObject: 'contact', providerObject: 'person', direction: 'from_provider', enabled: true },
    ] as const;
    const fields = [
      { field: 'jobTitle', path: 'organizations.title', direction: 'both' },
      { field: 'phone', path: 'phoneNumbers.value', direction: 'both' },
    ] as const;
    await db.insert(contactMappings).values({
      ...{ integrationId: mine.id, version: 2, objects, fields, createdBy: 'user:x' },
      approvedAt: '2026-11-01T00:00:00Z',
    });
    expect((await resolve('cfl_1', { choose: 'harmony' })).status).toBe(409);
    const saved = { ...objects[0], providerObject: 'otherContact' } as const;
    await db.update(contactMappings).set({ objects: [{ ...objects[0], direction: 'both' }, saved] });
    await db.update(contactLinks).set({ stream: 'other_contacts' });
    expect((await resolve('cfl_2', { choose: 'harmony' })).status).toBe(409);
    expect(await contact()).toMatchObject({ jobTitle: null, version: 1 });
    expect(await list('open=true')).toHaveLength(2);
    await db.update(contactLinks).set({ stream: 'contacts' });
    expect((await resolve('cfl_1', { choose: 'harmony' })).status).toBe(200);
  });
  it.each([
    ['unstorable_value', { field: 'jobTitle' }],
    ['refused', {}],
    ['double_merged', {}],
    ['duplicate_marker', { candidates: ['people/c1'], contactId: null, remoteId: 'people/c2' }],
    ['list_name_taken', { listId: 'lst_1', contactId: null }],
  ])(
    'of kind %s are dismissed; any other choice changes nothing and is told what there is',
    async (kind, of) => {
      await world.database.db.update(contacts).set({ jobTitle: 'Nanny' });
      const values = {
        localValue: null,
        remoteValue: null,
        baseLocal: null,
        baseRemote: null,
        hasBase: false,
      };
      const id = await seed({ kind, field: null, winner: null, rule: null, policy: null, ...values, ...of });
      const before = await list();
      expect(before).toMatchObject([{ kind, choices: ['dismiss'] }]);
      expect(before[0].title).not.toContain('was taken');
      for (const body of [
        ...[{ choose: 'harmony' }, { choose: 'provider' }, { choose: 'provider', always: true }],
        { choose: 'link', candidate: 'people/c1' },
      ]) {
        const answer = await resolve(id, body);
        expect([answer.status, answer.body.remedy], answer.text).toEqual([422, 'Choose `dismiss`.']);
      }
      expect(await list()).toEqual(before);
      expect(await contact()).toMatchObject({ jobTitle: 'Nanny', version: 1 });
      expect(await world.database.db.select().from(contactWork)).toEqual([]);
      expect((await resolve(id, { choose: 'dismiss' })).body).toMatchObject({ open: false, choices: [] });
      expect(await contact()).toMatchObject({ jobTitle: 'Nanny', version: 1 });
    },
  );
  it('of a contact on a list say which list, and on which side the contact is on it', async () => {
    const of = { kind: 'refused', field: null, winner: null, rule: null, listId: mine.listId } as const;
    const values = {
      localValue: 'Crew',
      remoteValue: null,
      baseLocal: null,
      baseRemote: null,
      hasBase: false,
    };
    const id = await seed({ ...of, ...values });
    const titles = async () => (await list()).map(({ title }: { title: string }) => title);
    expect(await titles()).toEqual([
      'The provider did not take it on the list “Crew”, so it is not on it there',
    ]);
    await world.database.db
      .update(contactConflicts)
      .set({ localValue: null, remoteValue: 'Crew' })
      .where(eq(contactConflicts.id, id));
    expect(await titles()).toEqual([
      'The provider did not let it off the list “Crew”, so it is still on it there',
    ]);
    expect((await resolve(id, { choose: 'dismiss' })).body).toMatchObject({ resolution: 'dismissed' });
  });
  it('of two accounts do not take the value of the one that gave way, while both feed the field', async () => {
    const { db } = world.database;
    const other = await seedIntegration(db, ada, { provider: 'google-contacts' });
    await db.insert(contactLinks).values({
      ...{ integrationId: other.id, stream: 'contacts', remoteId: 'people/other', contactId: mine.contactId },
      ...{ shadow: { organizations: [{ title: 'Nurse' }] }, contentHash: 'other', seenByRun: other.runId },
    });
    const id = await seed({ winner: 'harmony', rule: 'other_source' });
    expect(await list('open=true')).toContainEqual(
      expect.objectContaining({ id, title: expect.stringContaining('Two accounts') }),
    );
    const answer = await resolve(id, { choose: 'provider' });
    expect([answer.status, answer.body.code]).toEqual([409, 'conflict']);
    expect(await contact()).toMatchObject({ jobTitle: null });
    await db
      .update(integrations)
      .set({ approvedDirection: 'to_provider' })
      .where(eq(integrations.id, other.id));
    expect((await resolve(id, { choose: 'provider' })).status).toBe(200);
    expect(await contact()).toMatchObject({ jobTitle: 'Governess' });
  });
  it('of two names of a list show both, and are only dismissed', async () => {
    const names = { localValue: 'Band', remoteValue: 'Choir', baseLocal: 'Crew', baseRemote: 'Crew' };
    const of = {
      kind: 'list_name',
      contactId: null,
      listId: mine.listId,
      field: null,
      winner: 'harmony',
    } as const;
    const id = await seed({ ...of, ...names, rule: null });
    expect(await list()).toMatchObject([
      {
        ...{ harmonyValue: 'Band', providerValue: 'Choir', base: { harmony: 'Crew', provider: 'Crew' } },
        ...{
          listId: mine.listId,
          choices: ['dismiss'],
          title: expect.stringContaining("Harmony's was taken"),
        },
      },
    ]);
    expect((await resolve(id, { choose: 'provider' })).status).toBe(422);
    expect((await resolve(id, { choose: 'dismiss' })).body).toMatchObject({ resolution: 'dismissed' });
  });
  it('about a version that was refused time and again are tried again with Harmony’s values, not decided for the provider', async () => {
    const { db } = world.database;
    await db.update(contactLinks).set({ parked: { reason: 'stale_version', since: '2026-11-01T00:00:00Z' } });
    const values = { localValue: null, remoteValue: null, baseLocal: null, baseRemote: null, hasBase: false };
    const id = await seed({ kind: 'stale_version', field: null, winner: null, ...values });
    expect(await list()).toMatchObject([{ choices: ['harmony', 'dismiss'] }]);
    const refused = await resolve(id, { choose: 'provider' });
    expect([refused.status, refused.body.remedy]).toEqual([422, 'Choose `harmony` or `dismiss`.']);
    expect(await db.select().from(contactWork)).toEqual([]);
    expect((await resolve(id, { choose: 'harmony' })).body).toMatchObject({ resolution: 'harmony' });
    expect(await db.select({ parked: contactLinks.parked }).from(contactLinks)).toEqual([{ parked: null }]);
    const work = await db.select().from(contactWork);
    expect(work.map(({ kind }) => kind).sort()).toEqual(['local', 'remote']);
    expect(await contact()).toMatchObject({ version: 1 });
  });
  it('decided free no contact that waits for another reason by now', async () => {
    const { db } = world.database;
    const parked = { reason: 'maybe_merged', since: '2026-11-01T00:00:00Z' };
    await db.update(contactLinks).set({ parked });
    const values = { localValue: null, remoteValue: null, baseLocal: null, baseRemote: null, hasBase: false };
    const id = await seed({ kind: 'stale_version', field: null, winner: null, ...values });
    expect((await resolve(id, { choose: 'harmony' })).status).toBe(200);
    expect(await db.select({ parked: contactLinks.parked }).from(contactLinks)).toEqual([{ parked }]);
  });
  it('about which record it is take a candidate that nobody else has', async () => {
    const { db } = world.database;
    const link = { integrationId: mine.id, stream: 'contacts', contentHash: 'h', seenByRun: mine.runId };
    const shadow = {
      names: [{ givenName: 'Mary', familyName: 'P.' }],
      emailAddresses: [{ value: 'm@p.example' }],
    };
    await db.insert(contactLinks).values([
      { ...link, remoteId: 'people/c2', shadow },
      { ...link, remoteId: 'people/c3', shadow, contactId: 'con_taken' },
    ]);
    const parked = { reason: 'maybe_merged', since: '2026-11-01T00:00:00Z' };
    await db.update(contactLinks).set({ parked }).where(eq(contactLinks.remoteId, 'people/c1'));
    const id = await seed({
      ...{ kind: 'maybe_merged', field: null, winner: null, candidates: ['people/c2', 'people/c3'] },
    });
    expect((await list())[0]).toMatchObject({ choices: ['link', 'dismiss'] });
    expect((await list())[0].candidates[0]).toEqual({
      id: 'people/c2',
      name: 'Mary P.',
      email: 'm@p.example',
    });
    for (const body of [{ choose: 'harmony' }, { choose: 'link', candidate: 'people/c9' }]) {
      expect((await resolve(id, body)).status).toBe(422);
    }
    expect((await resolve(id, { choose: 'link' })).status).toBe(400);
    expect((await resolve(id, { choose: 'link', candidate: 'people/c3' })).status).toBe(409);
    const answer = await resolve(id, { choose: 'link', candidate: 'people/c2' });
    expect(answer.body).toMatchObject({ open: false, resolution: 'linked' });
    const links = await db.select().from(contactLinks).where(eq(contactLinks.integrationId, mine.id));
    const byId = new Map(links.map((row) => [row.remoteId, row]));
    expect(byId.get('people/c2')).toMatchObject({ contactId: mine.contactId, base: {} });
    expect(byId.get('people/c1')).toMatchObject({ contactId: null, parked: null });
    expect((await contact()).sources).toMatchObject([{ remoteId: 'people/c2' }]);
  });
  it('about which record it is offer no link where everybody it could be is another contact', async () => {
    await world.database.db.insert(contactLinks).values({
      ...{ integrationId: mine.id, stream: 'contacts', contentHash: 'h', seenByRun: mine.runId },
      ...{ remoteId: 'people/c3', shadow: {}, contactId: 'con_taken' },
    });
    await seed({ kind: 'maybe_merged', field: null, winner: null, candidates: ['people/c3'] });
    expect((await list())[0]).toMatchObject({ choices: ['dismiss'] });
  });
  it.each(['refused', 'stale_version', 'unstorable_value'])(
    'about which record it is take no contact from the remote one that it has by now, though that waits (%s)',
    async (reason) => {
      const { db } = world.database;
      const parked = { reason, since: '2026-11-01T00:00:00Z' };
      await db.update(contactLinks).set({ parked });
      await db.insert(contactLinks).values({
        ...{ integrationId: mine.id, stream: 'contacts', contentHash: 'h', seenByRun: mine.runId },
        ...{ shadow: {}, remoteId: 'people/c2' },
      });
      const question = {
        ...{ kind: 'ambiguous_match', field: null, winner: null, localValue: null, remoteValue: null },
        ...{ contactId: null, remoteId: 'people/c2', hasBase: false, baseLocal: null, baseRemote: null },
      };
      const id = await seed({ ...question, candidates: [mine.contactId] });
      expect((await resolve(id, { choose: 'link', candidate: mine.contactId })).status).toBe(409);
      const links = await db.select().from(contactLinks).orderBy(contactLinks.remoteId);
      expect(links).toMatchObject([
        { remoteId: 'people/c1', contactId: mine.contactId, parked, tombstonedAt: null },
        { remoteId: 'people/c2', contactId: null },
      ]);
    },
  );
  it('about which record it is tie nothing to a contact that is archived by now', async () => {
    const { db } = world.database;
    await db.delete(contactLinks);
    await db.insert(contactLinks).values({
      ...{ integrationId: mine.id, stream: 'contacts', contentHash: 'h', seenByRun: mine.runId },
      ...{ shadow: {}, remoteId: 'people/c2' },
    });
    const question = {
      ...{ kind: 'ambiguous_match', field: null, winner: null, localValue: null, remoteValue: null },
      ...{ contactId: mine.contactId, remoteId: null, hasBase: false, baseLocal: null, baseRemote: null },
    };
    const id = await seed({ ...question, candidates: ['people/c2'] });
    expect((await ada.asUser.delete(`/v1/contacts/${mine.contactId}`)).status).toBe(200);
    expect((await resolve(id, { choose: 'link', candidate: 'people/c2' })).status).toBe(409);
    expect(await db.select({ tied: contactLinks.contactId }).from(contactLinks)).toEqual([{ tied: null }]);
    expect((await list())[0]).toMatchObject({ id, open: true });
  });
  it('of one that could be several tie it, and whoever was in doubt with it is found for the planner', async () => {
    const { db } = world.database;
    const second = { id: 'con_second', workspaceId: ada.workspaceId, userId: ada.userId };
    await db.insert(contacts).values(second);
    await db.delete(contactLinks);
    const link = { integrationId: mine.id, stream: 'contacts', contentHash: 'h', seenByRun: mine.runId };
    await db.insert(contactLinks).values([
      { ...link, shadow: {}, remoteId: 'people/c1' },
      { ...link, shadow: {}, remoteId: 'people/c2' },
    ]);
    const question = {
      ...{ kind: 'ambiguous_match', field: null, winner: null, localValue: null, remoteValue: null },
      ...{ contactId: null, remoteId: null, hasBase: false, baseLocal: null, baseRemote: null },
    };
    const contactIds = [mine.contactId, second.id];
    const remoteIds = ['people/c1', 'people/c2'];
    for (const contactId of contactIds)
      await seed({ ...question, id: `cfl_${contactId}`, contactId, candidates: remoteIds });
    for (const [at, remoteId] of remoteIds.entries())
      await seed({ ...question, id: `cfl_remote_${at}`, remoteId, candidates: contactIds });
    const answer = await resolve('cfl_remote_0', { choose: 'link', candidate: second.id });
    expect(answer.status, answer.text).toBe(200);
    const [tied] = await db.select().from(contactLinks).where(eq(contactLinks.remoteId, 'people/c1'));
    expect(tied).toMatchObject({ contactId: second.id, base: {}, localVersion: 0 });
    const noted = await db.select().from(contactWork);
    expect(noted.map(({ key }) => key).sort()).toEqual([second.id, 'people/c1']);
    const settled = await findSettledQuestions(db, mine.id);
    expect(settled.map(({ kind, key }) => `${kind} ${key}`).sort()).toEqual([
      ...contactIds.map((id) => `local ${id}`).sort(),
      'remote people/c2',
    ]);
  });
});

describe('explain', () => {
  const explain = async (contactId = mine.contactId) => {
    const answer = await ada.asUser.get(`/v1/contacts/${contactId}/explain`);
    expect(answer.status, answer.text).toBe(200);
    const { fields } = contactExplanation.parse(answer.body);
    return new Map(fields.map((field) => [field.field, field]));
  };
  it('names the record that a value was read from, a person’s edit, and a run with its rule, whichever came last', async () => {
    const { db } = world.database;
    expect((await explain()).get('firstName')).toMatchObject({
      ...{ value: 'Mary', side: 'provider', integrationId: mine.id, remoteId: 'people/c1', rule: 'no_base' },
      mappings: [{ integrationId: mine.id, path: 'names.givenName', direction: 'both' }],
    });
    expect((await explain()).get('notes')).toMatchObject({ value: null, side: null });
    await ada.asUser.patch(`/v1/contacts/${mine.contactId}`, {
      body: { firstName: 'Maria', customFields: { own: 'x' } },
    });
    const edited = await explain();
    expect(edited.get('firstName')).toMatchObject({ side: 'harmony', by: expect.stringMatching(/^key:/) });
    expect(edited.get('custom.own')).toMatchObject({ value: 'x', side: 'harmony', mappings: [] });
    await db.insert(contactJournal).values({
      ...{ integrationId: mine.id, runId: mine.runId, contactId: mine.contactId, remoteId: 'people/c1' },
      ...{ side: 'harmony', action: 'update', before: { firstName: 'Maria' }, after: { firstName: 'Marie' } },
      rules: { firstName: 'both_changed' },
    });
    expect((await explain()).get('firstName')).toMatchObject({ side: 'provider', rule: 'both_changed' });
    const { body } = await ada.asUser.get(`/v1/contacts/${mine.contactId}/journal`);
    expect(body.data.map((row: unknown) => journalEntry.parse(row))).toMatchObject([
      { action: 'update', before: { firstName: 'Maria' }, after: { firstName: 'Marie' }, undone: false },
    ]);
  });
  it('names the run that was under way as a sync made the contact, whatever the record shows and maps by now', async () => {
    const { db } = world.database;
    const during = { startedAt: '2026-11-01T10:00:00Z', finishedAt: '2026-11-01T11:00:00Z' };
    await db.update(runs).set(during).where(eq(runs.id, mine.runId));
    await db.update(integrations).set({ createdAt: '2026-11-01T09:00:00Z' });
    await db.insert(runs).values({
      ...{ id: 'run_later', integrationId: mine.id, operationId: 'op_later', workflowId: 'sync:later' },
      ...{ mode: 'full', trigger: 'connect', status: 'succeeded' },
      ...{ startedAt: '2026-11-02T10:00:00Z', finishedAt: '2026-11-02T11:00:00Z' },
    });
    await db
      .update(contacts)
      .set({ createdAt: '2026-11-01T10:30:00Z', email: 'work@x.io', customFields: { former: 'x' } });
    // The field is agreed on with another element than the first, and `custom.former` is mapped no more.
    const shadow = { emailAddresses: [{ value: 'home@x.io' }, { value: 'work@x.io' }] };
    const base = { email: { local: 'work@x.io', remote: 'work@x.io' } };
    await db.update(contactLinks).set({ shadow, base, seenByRun: 'run_later' });
    const made = { side: 'provider', integrationId: mine.id, remoteId: 'people/c1', runId: mine.runId };
    const explained = await explain();
    for (const field of ['email', 'firstName', 'custom.former'])
      expect(explained.get(field), field).toMatchObject({ ...made, rule: 'no_base' });
    await db.delete(contactLinks);
    expect((await explain()).get('email')).toMatchObject({
      ...{ side: 'provider', integrationId: null, remoteId: null, runId: null },
    });
  });
  it('keeps what somebody set apart from what an account brought that is no longer connected', async () => {
    const { body } = await ada.asUser.post('/v1/contacts', { body: { firstName: 'Zoë' } });
    await world.database.db.update(contacts).set({ phone: '1' }).where(eq(contacts.id, body.id));
    const explained = await explain(body.id);
    expect(explained.get('firstName')).toMatchObject({ side: 'harmony', by: expect.stringMatching(/^key:/) });
    expect(explained.get('phone')).toMatchObject({ side: 'provider', integrationId: null, rule: null });
  });
  it('is its owner’s alone', async () => {
    for (const path of ['explain', 'journal']) {
      expect((await world.eve.asUser.get(`/v1/contacts/${mine.contactId}/${path}`)).status).toBe(404);
    }
  });
});
