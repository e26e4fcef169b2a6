/** What the report of an undo counts: what was taken back, wherever it goes from there. */
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { contactJournal, contactLinks, contacts, integrations } from '../../db/schema/index.ts';
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
  for (const table of [contacts, integrations]) await db.delete(table);
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

async function expectTakenBack() {
  const { db } = world.database;
  const undone = await world.ada.asUser.post(`${path}/undo`);
  expect([undone.status, undone.body], undone.text).toEqual([
    200,
    { runId: mine.runId, reverted: 1, skipped: [], sync: null, waits: false },
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
