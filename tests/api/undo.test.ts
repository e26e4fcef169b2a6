/** What the report of an undo counts: what was taken back, wherever it goes from there. */
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { UndoReport } from '../../api/contract/contact-history.ts';
import {
  contactJournal,
  contactLinks,
  contactListMembers,
  contactLists,
  contactMappings,
  contacts,
  contactWork,
  integrations,
  listJournal,
  listLinks,
} from '../../db/schema/index.ts';
import { type SeededIntegration, seedIntegration } from './rows.ts';
import { type ApiWorld, openApiWorld } from './world.ts';

let world: ApiWorld;
let mine: SeededIntegration;
let path: string;

beforeAll(async () => {
  world = await openApiWorld({ parts: 'api' });
});
afterAll(() => world?.close());
beforeEach(async () => {
  const { db } = world.database;
  for (const table of [
    contacts,
    contactLinks,
    listLinks,
    contactListMembers,
    contactLists,
    contactWork,
    integrations,
  ])
    await db.delete(table);
});

async function seed(approvedDirection: 'from_provider' | 'bidirectional') {
  const { db } = world.database;
  mine = await seedIntegration(db, world.ada, { provider: 'google-contacts', approvedDirection });
  path = `/v1/integrations/${mine.id}/runs/${mine.runId}`;
  await db.delete(contactLinks);
  await db.update(contacts).set({ jobTitle: 'Chef' });
  await db.insert(contactJournal).values({
    ...{ integrationId: mine.id, runId: mine.runId, contactId: mine.contactId, remoteId: 'people/c1' },
    ...{ side: 'harmony', action: 'update', before: { jobTitle: 'Cook' }, after: { jobTitle: 'Chef' } },
  });
}

const noLists = { reverted: 0, memberships: 0, skipped: [] };

async function expectTakenBack() {
  const { db } = world.database;
  const undone = await world.ada.asUser.post(`${path}/undo`);
  expect([undone.status, undone.body], undone.text).toEqual([
    200,
    { runId: mine.runId, reverted: 1, skipped: [], lists: noLists, sync: null, waits: false },
  ]);
  const [contact] = await db.select().from(contacts).where(eq(contacts.id, mine.contactId));
  expect(contact?.jobTitle).toBe('Cook');
  expect((await world.ada.asUser.get(path)).body.undoneAt).toEqual(expect.any(String));
  const again = await world.ada.asUser.post(`${path}/undo`);
  expect(again.body).toMatchObject({ reverted: 0, skipped: [{ reason: 'undone_already' }] });
}

it('counts a contact that is at no provider any more, where Harmony only reads', async () => {
  await seed('from_provider');
  await expectTakenBack();
});

it('counts a contact that a person kept when it was gone at the provider', async () => {
  await seed('bidirectional');
  await world.database.db.update(contacts).set({ keptAt: new Date().toISOString() });
  await expectTakenBack();
});

it('takes back what an account had that has it as one of its own, though another one has it to be read only', async () => {
  await seed('bidirectional');
  const { db } = world.database;
  const other = await seedIntegration(db, world.ada, { provider: 'google-contacts' });
  const { contactId } = mine;
  await db.insert(contactMappings).values({
    ...{ integrationId: other.id, version: 2, createdBy: 'user:x', approvedAt: '2026-11-01T00:00:00Z' },
    objects: [
      {
        ...{ harmonyObject: 'contact', providerObject: 'otherContact' },
        ...{ direction: 'from_provider', enabled: true },
      },
    ],
    fields: [{ field: 'phone', path: 'phoneNumbers.value', direction: 'both' }],
  });
  await db.update(contacts).set({ phone: '2' }).where(eq(contacts.id, contactId));
  await db.update(contactJournal).set({ before: { phone: '1' }, after: { phone: '2' } });
  await db.update(contactLinks).set({ contactId, stream: 'other_contacts' });
  const undone = await world.ada.asUser.post(`${path}/undo`);
  expect(undone.body).toMatchObject({ reverted: 0, skipped: [{ reason: 'provider_wins' }] });
  const link = { remoteId: 'people/c1', stream: 'contacts', contentHash: 'h', seenByRun: mine.runId };
  await db.insert(contactLinks).values({ ...link, integrationId: mine.id, contactId, shadow: {} });
  expect(await db.select().from(contactLinks).where(eq(contactLinks.integrationId, other.id))).toHaveLength(
    1,
  );
  await db
    .update(integrations)
    .set({ approvedDirection: 'bidirectional' })
    .where(eq(integrations.id, mine.id));
  const again = await world.ada.asUser.post(`${path}/undo`);
  expect(again.body).toMatchObject({ reverted: 1, skipped: [] });
});

it('tells nothing of a double that the run removed at the provider, which was never a contact', async () => {
  await seed('bidirectional');
  const { db } = world.database;
  await db.insert(contactJournal).values({
    ...{ integrationId: mine.id, runId: mine.runId, contactId: 'people/c9', remoteId: 'people/c9' },
    ...{ side: 'provider', action: 'delete', before: { jobTitle: 'Chef' }, snapshot: {} },
  });
  const undone = await world.ada.asUser.post(`${path}/undo`);
  expect(undone.body).toMatchObject({ reverted: 1, skipped: [] });
  expect(await db.select().from(contactWork)).not.toContainEqual(
    expect.objectContaining({ key: 'people/c9' }),
  );
});

describe('what it did to lists', () => {
  const entryOf = (
    entry: Pick<typeof listJournal.$inferInsert, 'action'> & Partial<typeof listJournal.$inferInsert>,
  ) => ({
    ...{ integrationId: mine.id, runId: mine.runId, listId: mine.listId, side: 'harmony' as const },
    ...entry,
  });
  const listOf = async () =>
    (await world.database.db.select().from(contactLists).where(eq(contactLists.id, mine.listId)))[0];
  const members = () => world.database.db.select().from(contactListMembers);
  const toPlan = async () =>
    (await world.database.db.select().from(contactWork)).map(({ kind, key }) => [kind, key]).sort();
  const undo = async () => {
    const undone = await world.ada.asUser.post(`${path}/undo`);
    expect(undone.status, undone.text).toBe(200);
    return undone.body as UndoReport;
  };
  /** The run called the list Friends, which was Family, and put the contact on it. */
  async function seedLists(approvedDirection: 'from_provider' | 'bidirectional') {
    const { db } = world.database;
    mine = await seedIntegration(db, world.ada, { provider: 'google-contacts', approvedDirection });
    path = `/v1/integrations/${mine.id}/runs/${mine.runId}`;
    const { listId, contactId } = mine;
    await db.insert(contactListMembers).values({ listId, contactId });
    await db
      .insert(listJournal)
      .values([
        entryOf({ action: 'rename', before: 'Family', after: 'Friends' }),
        entryOf({ action: 'join', contactId }),
      ]);
  }

  it('goes back as by the edits of a person, and to the provider', async () => {
    await seedLists('bidirectional');
    const { contactId, listId, runId } = mine;
    expect((await world.ada.asUser.get(path)).body).toMatchObject({ changedLists: true });
    const before = await listOf();
    expect(await undo()).toMatchObject({
      ...{ reverted: 0, skipped: [], lists: { reverted: 1, memberships: 1, skipped: [] } },
    });
    expect(await listOf()).toMatchObject({
      ...{ name: 'Family', version: (before?.version ?? 0) + 1, editedAt: expect.any(String) },
    });
    expect(await members()).toEqual([]);
    const [contact] = await world.database.db.select().from(contacts).where(eq(contacts.id, contactId));
    expect(contact).toMatchObject({ version: 2, editedAt: expect.any(String) });
    expect(await toPlan()).toEqual([
      ...[
        ['list', listId],
        ['local', contactId],
        ['member', `${contactId}/${listId}`],
      ],
    ]);
    const { data: audit } = (await world.ada.asWorkspace.get('/v1/audit-log?limit=2')).body;
    expect(audit).toMatchObject([
      { action: 'contact.leave-list', target: contactId, details: { listId, runId } },
      { action: 'contact-list.undo', target: listId, details: { runId, fields: ['name'] } },
    ]);
    const { lists } = await undo();
    expect(lists).toMatchObject({ reverted: 0, memberships: 0 });
    expect(lists.skipped).toMatchObject([
      { listId, listName: 'Family', contactId: null, reason: 'undone_already' },
      { listId, contactId, contactName: 'Mary', reason: 'undone_already' },
    ]);
  });

  it('stays where the provider decides it, and is told', async () => {
    await seedLists('from_provider');
    const { contactId, listId } = mine;
    const { lists } = await undo();
    expect(lists).toMatchObject({ reverted: 0, memberships: 0 });
    expect(lists.skipped).toMatchObject([
      { listId, listName: 'Friends', contactId: null, contactName: null, reason: 'provider_wins' },
      { listId, listName: 'Friends', contactId, contactName: 'Mary', reason: 'provider_wins' },
    ]);
    expect(await listOf()).toMatchObject({ name: 'Friends', version: 1 });
    expect(await members()).toHaveLength(1);
    expect((await world.ada.asUser.get(path)).body.undoneAt).toBeUndefined();
  });

  it('goes back where another account is sent it, though the one of the run is only read', async () => {
    await seedLists('from_provider');
    const { db } = world.database;
    const { contactId, listId } = mine;
    const other = await seedIntegration(db, world.ada, {
      ...{ provider: 'google-contacts', approvedDirection: 'bidirectional' },
    });
    await db.update(contactLinks).set({ contactId }).where(eq(contactLinks.integrationId, other.id));
    await db.update(listLinks).set({ listId }).where(eq(listLinks.integrationId, other.id));
    expect((await undo()).lists).toEqual({ reverted: 1, memberships: 1, skipped: [] });
    expect(await listOf()).toMatchObject({ name: 'Family' });
    expect(await members()).toEqual([]);
  });

  it('stays where somebody changed it since, or the list or the contact is gone, and is told', async () => {
    await seedLists('bidirectional');
    const { db } = world.database;
    const { contactId, listId } = mine;
    await db.update(contactLists).set({ name: 'Crew' });
    await db.delete(contactListMembers);
    expect((await undo()).lists.skipped.map(({ reason }) => reason)).toEqual([
      ...['changed_since', 'changed_since'],
    ]);
    await db.update(contactLists).set({ archivedAt: new Date().toISOString() });
    expect((await undo()).lists.skipped.map(({ reason }) => reason)).toEqual(['list_gone', 'list_gone']);
    await db.delete(contactLists);
    await db.delete(contacts);
    expect((await undo()).lists.skipped).toMatchObject([
      { listId, listName: 'Family', contactId: null, reason: 'list_gone' },
      { listId, listName: null, contactId, contactName: null, reason: 'contact_gone' },
    ]);
  });
});
