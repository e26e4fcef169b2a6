/** A Delete whose update does not come through: refused at the end of the workflow's run, or not answered in time. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ArbiterClient, createArbiterClient } from '../../api/arbiter-client.ts';
import { unavailable } from '../../api/problem.ts';
import { findIntegration } from '../../db/queries/integrations.ts';
import { seedIntegration } from './rows.ts';
import { type ApiWorld, openApiWorld } from './world.ts';

let world: ApiWorld;
const told: string[] = [];

beforeAll(async () => {
  const nobody = createArbiterClient({ connection: { address: '127.0.0.1:9' }, namespace: 'default' });
  const arbiter: ArbiterClient = {
    ...nobody,
    async request() {
      throw unavailable('workflow engine', new Error('workflow is closing'));
    },
    async announceSettings({ integrationId }) {
      told.push(integrationId);
    },
  };
  world = await openApiWorld({ parts: 'api', deps: { arbiter } });
});
afterAll(() => world?.close());

it('has the workflow told by a signal, which outlasts its run, to look for what is to be deleted', async () => {
  const { id } = await seedIntegration(world.database.db, world.ada);
  expect((await world.ada.asUser.delete(`/v1/integrations/${id}?records=keep`)).status).toBe(202);
  expect(told).toEqual([id]);
  expect(await findIntegration(world.database.db, id)).toMatchObject({
    ...{ deletingAt: expect.any(String), keepRecords: true },
  });
});
