/** A support bundle tells enough to find a fault, and nothing of the person whose integration it is. */
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { storeCredential } from '../../db/queries/credentials.ts';
import { publishEvent } from '../../db/queries/integration-events.ts';
import { runs } from '../../db/schema/index.ts';
import { seedIntegration } from './rows.ts';
import { type ApiWorld, openApiWorld } from './world.ts';

let world: ApiWorld;

beforeAll(async () => {
  world = await openApiWorld({ parts: 'api' });
});
afterAll(() => world.close());

it('holds states, ages and counts, and no token, name, address, record or id of the provider', async () => {
  const { db, sql } = world.database;
  const attention = {
    code: 'wrong_account',
    title: 'Sign in as ada@example.com.',
    remedy: 'As ada@example.com.',
  };
  const { id, collectionId, runId } = await seedIntegration(db, world.ada, { attention });
  const tokens = { accessToken: 'very-secret-access', refreshToken: 'very-secret-refresh' };
  const grantKey = `google:acc-${id}`;
  await storeCredential(db, world.deps.sealer, { integrationId: id, grantKey, tokens });
  await publishEvent(db, { integrationId: id, type: 'attention', data: attention });
  await db.update(runs).set({ status: 'failed', error: attention }).where(eq(runs.id, runId));
  await sql`insert into provider_limits values (${`grant:${grantKey}`}, now() + interval '1 minute')`;
  await sql`insert into webhook_inbox values ('google-calendar', 'a-delivery', ${id})`;

  const answer = await world.ada.asUser.get(`/v1/integrations/${id}/support-bundle`);
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({
    integration: {
      id,
      phase: 'active',
      provider: 'google-calendar',
      attentionCode: 'wrong_account',
      hasAccount: true,
    },
    credential: { version: 1, sharedWith: 0 },
    streams: [{ stream: 'events', collectionId, recordCount: 1, ageSeconds: expect.any(Number) }],
    runs: [{ id: runId, status: 'failed', errorCode: 'wrong_account', workflowId: `sync:${id}:op` }],
    events: [{ type: 'attention', code: 'wrong_account' }],
    pushes: { kept: 1 },
    limits: [{ kind: 'grant' }],
    figures: [{ provider: 'google-calendar', stale: expect.any(Number) }],
    // Nothing runs here: a bundle is asked for when something is broken.
    workflows: null,
  });
  expect(answer.body.waiting).toContainEqual(
    expect.objectContaining({ what: 'contact_conflicts', state: 'open', count: 1 }),
  );

  const secrets = await sql<{ text: string }[]>`
    select unnest(array[account_id, account_name, account_email]) as text from integrations where id = ${id}
    union all select unnest(array[name, remote_id]) from collections where integration_id = ${id}
    union all select unnest(array[sealed, grant_key]) from credentials where integration_id = ${id}
    union all select unnest(array[resource_id, token_hash]) from watches where integration_id = ${id}
    union all select unnest(array[remote_id, contact_id, shadow::text]) from contact_links where integration_id = ${id}
    union all select unnest(array[first_name, email]) from contacts
    union all select unnest(array[title, description]) from tasks
    union all select unnest(array[title, content]) from documents`;
  const texts = secrets.map(({ text }) => text).filter((text) => text !== null && text.length > 3);
  expect(texts.length).toBeGreaterThan(10);
  const told = [...texts, ...Object.values(tokens), 'ada@example.com', 'a-delivery'];
  expect(told.filter((text) => answer.text.includes(text))).toEqual([]);
});

it('is for those who see the integration', async () => {
  const { id } = await seedIntegration(world.database.db, world.ada);
  const path = `/v1/integrations/${id}/support-bundle`;
  expect((await world.ada.asWorkspace.get(path)).status).toBe(200);
  expect((await world.eve.asUser.get(path)).status).toBe(404);
});
