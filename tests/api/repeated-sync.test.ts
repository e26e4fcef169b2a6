/** A sync that is asked for again under the same ids, as a repeat with its Idempotency-Key does when the answer was lost. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { requestSync } from '../../api/request-sync.ts';
import { newId } from '../../db/ids.ts';
import { findIntegration } from '../../db/queries/integrations.ts';
import { runs } from '../../db/schema/index.ts';
import type { OperationRequest } from '../../workflows/messages.ts';
import { seedIntegration } from './rows.ts';
import { type ApiWorld, openApiWorld } from './world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await openApiWorld({ parts: 'api' });
});
afterAll(() => world?.close());

/** Asks for a sync whose run is in Postgres already; what the arbiter was asked for comes beside the answer. */
async function repeat(run: Partial<typeof runs.$inferInsert>) {
  const { db } = world.database;
  const { id } = await seedIntegration(db, world.ada, { accountId: newId('int') });
  const ids = { operationId: newId('op'), runId: newId('run') };
  await db.insert(runs).values({
    ...{ id: ids.runId, operationId: ids.operationId, integrationId: id, mode: 'full', trigger: 'manual' },
    ...{ workflowId: ids.operationId, ...run },
  });
  const asked: OperationRequest[] = [];
  const arbiter: typeof world.deps.arbiter = {
    ...world.deps.arbiter,
    async request(_ref, operation) {
      asked.push(operation);
      return { ...ids, disposition: 'started' };
    },
  };
  const integration = await findIntegration(db, id);
  if (integration === undefined) throw new Error('it was seeded');
  const answer = await requestSync({ ...world.deps, arbiter }, integration, {
    ...{ mode: 'full', trigger: 'manual' },
    newId: (prefix) => (prefix === 'run' ? ids.runId : ids.operationId),
  });
  return { answer, ids, asked };
}

it.each([
  ['has ended', { status: 'succeeded', generation: 1 }],
  ['goes on', { status: 'running', generation: 1 }],
] as const)('is answered with its run where that %s, and nothing is begun', async (_, run) => {
  const { answer, ids, asked } = await repeat(run);
  expect(answer).toEqual({ ...ids, disposition: 'joined' });
  expect(asked).toEqual([]);
});

it('is asked of the arbiter where its run has not begun: its place in the line may be lost', async () => {
  const { answer, ids, asked } = await repeat({ status: 'running', generation: null });
  expect(answer).toEqual({ ...ids, disposition: 'started' });
  expect(asked).toMatchObject([ids]);
});
