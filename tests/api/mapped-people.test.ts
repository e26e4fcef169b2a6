/** Who the people of the other side are here: one user is one of those who are active, however many say so at once. */
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Database } from '../../db/client.ts';
import { newId } from '../../db/ids.ts';
import { matchPeople } from '../../db/queries/people.ts';
import { integrations, people } from '../../db/schema/index.ts';
import { untilBlocked } from '../support/until-blocked.ts';
import { seedIntegration } from './rows.ts';
import { type ApiWorld, openApiWorld } from './world.ts';

let world: ApiWorld;
let db: Database;
let id: string;

beforeAll(async () => {
  world = await openApiWorld({ parts: 'api' });
  db = world.database.db;
});
afterAll(() => world?.close());
beforeEach(async () => {
  await db.delete(integrations);
  ({ id } = await seedIntegration(db, world.ada, { provider: 'linear' }));
  await db.delete(people);
  const { workspaceId, userId } = world.ada;
  const person = { workspaceId, userId, integrationId: id, contentHash: 'h', raw: {}, active: true };
  await db.insert(people).values([
    { ...person, id: newId('per'), remoteId: 'first', name: 'First', email: 'ada@example.com' },
    { ...person, id: newId('per'), remoteId: 'second', name: 'Second', email: null },
  ]);
});

const map = (remoteId: string) =>
  world.ada.asUser.put(`/v1/integrations/${id}/users/${remoteId}`, { body: { userId: world.ada.userId } });
const mapped = async () =>
  (await db.select().from(people))
    .filter(({ mappedUserId }) => mappedUserId === world.ada.userId)
    .map(({ remoteId }) => remoteId);
const refusal = {
  status: 409,
  body: { code: 'conflict', remedy: expect.stringMatching(/^Map (First|Second) to somebody else/) },
};

it('two who are mapped to one user at once: one is, the other is refused and says whom to change', async () => {
  const { answers } = await db.transaction(async (tx) => {
    await tx.execute(sql`select from people for update`);
    const answers = Promise.all([map('first'), map('second')]);
    await untilBlocked(db, 2);
    return { answers };
  });
  const [first, second] = await answers;
  expect([first.status, second.status].sort()).toEqual([200, 409]);
  expect(first.status === 409 ? first : second).toMatchObject(refusal);
  expect(await mapped()).toEqual([first.status === 200 ? 'first' : 'second']);
});

it('a choice that comes while Sync Users maps another one to that user is refused', async () => {
  const { answer } = await db.transaction(async (tx) => {
    expect(await matchPeople(tx, id)).toBe(1);
    const answer = map('second');
    await untilBlocked(db);
    return { answer };
  });
  expect(await answer).toMatchObject(refusal);
  expect(await mapped()).toEqual(['first']);
});

it.each([
  ['found by e-mail', 'email', 'newcomer'],
  ['chosen by somebody', 'manual', 'returner'],
] as const)(
  'one who comes back, %s, while a newcomer is their user: one of both is',
  async (_how, match, stays) => {
    const user = { mappedUserId: world.ada.userId, match };
    const set = (remoteId: string, change: Partial<typeof people.$inferInsert>) =>
      db.update(people).set(change).where(eq(people.remoteId, remoteId));
    await set('second', { ...user, active: false, mappedAt: '2026-01-01T00:00:00.000Z' });
    await db.transaction((tx) => matchPeople(tx, id));
    expect((await mapped()).sort()).toEqual(['first', 'second']);
    await set('second', { active: true });
    await db.transaction((tx) => matchPeople(tx, id));
    expect(await mapped()).toEqual([stays === 'newcomer' ? 'first' : 'second']);
  },
);
