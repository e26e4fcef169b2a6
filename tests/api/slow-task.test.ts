/** A task whose writing outlasts the request: a repeat with the same Idempotency-Key learns how it ended. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ApiDeps } from '../../api/deps.ts';
import { refuseTaskWrite } from '../../db/queries/task-writes.ts';
import { taskWrites } from '../../db/schema/index.ts';
import { type SeededIntegration, seedIntegration } from './rows.ts';
import { type ApiWorld, openApiWorld } from './world.ts';

let world: ApiWorld;
let mine: SeededIntegration;
/** What happens while the request waits. */
let meanwhile = async (_operationId: string): Promise<void> => {};

beforeAll(async () => {
  const writeTask: ApiDeps['arbiter']['writeTask'] = (_ref, operationId) => meanwhile(operationId);
  world = await openApiWorld({
    parts: 'api',
    deps: { arbiter: { writeTask } as unknown as ApiDeps['arbiter'] },
  });
  mine = await seedIntegration(world.database.db, world.ada, { provider: 'linear' });
});
afterAll(() => world?.close());

const headers = { 'idempotency-key': 'slow-1' };
const requests = {
  create: () =>
    world.ada.asUser.post('/v1/tasks', {
      body: { integrationId: mine.id, teamId: mine.collectionId, title: 'Order beans' },
      headers,
    }),
  change: () => world.ada.asUser.patch(`/v1/tasks/${mine.taskId}`, { body: { title: 'Beans' }, headers }),
};

it.each(['create', 'change'] as const)('%s', async (kind) => {
  const send = requests[kind];
  const { db } = world.database;
  await db.delete(taskWrites);
  meanwhile = async () => {};
  const first = await send();
  expect(first.status).toBe(202);
  expect((await send()).body).toEqual(first.body);
  meanwhile = async (operationId) => {
    const refusal = { code: 'refused', detail: 'Too long.', remedy: 'Shorten it.' } as const;
    await refuseTaskWrite(db, operationId, { refusal });
  };
  const refused = { status: 422, body: { code: 'write_refused', detail: 'Too long.' } };
  expect(await send()).toMatchObject(refused);
  expect(await send()).toMatchObject(refused);
  expect(await db.select().from(taskWrites)).toMatchObject([{ id: first.body.operationId }]);
  headers['idempotency-key'] = 'slow-2';
});
