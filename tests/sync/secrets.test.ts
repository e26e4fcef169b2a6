/** No secret leaves its place: not in a history, a log, a run, an event, an address or an answer of the API. */
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../db/client.ts';
import { loadCredential } from '../../db/queries/credentials.ts';
import { createSealer } from '../../db/sealing.ts';
import { findSecrets, readHistories, readLogs, readRows } from '../../dev/faults/find-secrets.ts';
import { eventually } from '../support/eventually.ts';
import { reauthenticate, signIn } from './sign-in.ts';
import { ada, type SyncWorld, startSyncWorld } from './sync-world.ts';

let world: SyncWorld;
/** What must not be found, by what it is. */
const secrets = new Map<string, string>();

beforeAll(async () => {
  world = await startSyncWorld();
});
afterAll(() => world?.stop());

async function noteTokens(id: string, when: string): Promise<void> {
  const database = openDatabase({ url: world.stack.running.databaseUrl, poolSize: 1, name: 'secrets' });
  const sealer = createSealer(world.stack.environment.HARMONY_ENCRYPTION_KEYS as string);
  const credential = await loadCredential(database.db, sealer, id).finally(() => database.close());
  const { accessToken, refreshToken } = credential?.tokens ?? {};
  secrets.set(`access token ${when}`, accessToken as string);
  secrets.set(`refresh token ${when}`, refreshToken as string);
}

it('after connect, sync, a failure, re-authentication and delete', async () => {
  await world.reset({ contacts: 200 });
  const { driver, stack } = world;
  const begun = await driver.api<{ integration: { id: string }; authorizationUrl: string }>(
    'POST',
    '/v1/integrations',
    { provider: 'google-calendar' },
  );
  const { id } = begun.integration;
  secrets.set('the hop of the sign-in', new URL(begun.authorizationUrl).pathname.split('/').at(-1) as string);
  secrets.set('the code of the first sign-in', (await signIn(begun.authorizationUrl)).code);
  await driver.settled(id);
  await noteTokens(id, 'of the first sign-in');
  await driver.control('POST', `${ada}/access-tokens/expire`, {});
  await driver.sync(id, 'full');
  await noteTokens(id, 'after a refresh');
  await world.addFault({ path: '/calendar/v3/*', times: 3, fault: { kind: 'status', status: 500 } });
  await driver.sync(id, 'incremental');
  await driver.control('POST', `${ada}/revoke`, {});
  await driver.sync(id, 'incremental');
  secrets.set('the code of the second sign-in', (await reauthenticate(world, id)).code);
  await eventually(
    () => driver.api<{ phase: string }>('GET', `/v1/integrations/${id}`),
    ({ phase }) => phase === 'active',
  );
  await driver.settled(id, 5);
  await noteTokens(id, 'of the second sign-in');
  const session = await fetch(`${stack.running.apiUrl}/v1/sessions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${stack.running.workspaceKey}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ userId: stack.running.userId }),
  });
  const { token } = (await session.json()) as { token: string };
  secrets.set('the session token', token);
  secrets.set('the workspace key', stack.running.workspaceKey);
  secrets.set(
    'the encryption key',
    (stack.environment.HARMONY_ENCRYPTION_KEYS as string).split(':')[1] as string,
  );
  const rows = await readRows(world.sql);
  await driver.remove(id);
  await eventually(
    () => world.sql`select 1 from integrations`,
    (left) => left.length === 0,
  );

  expect([...secrets.keys()]).toHaveLength(12);
  for (const [what, secret] of secrets) expect(secret?.length, what).toBeGreaterThan(20);

  // Visibility comes a moment after the fact; the delete is the last of them.
  const connection = await Connection.connect({ address: stack.running.temporalAddress });
  const client = new Client({ connection });
  const histories = await eventually(
    () => readHistories(client, new Date(0)),
    (texts) => [...texts.keys()].some((name) => name.startsWith(`delete:${id}`)),
  );
  await connection.close();
  const kinds = ['integration:', 'connect:', 'sync:', 'reauthenticate:', 'delete:'];
  for (const kind of kinds)
    expect(
      [...histories.keys()].some((name) => name.startsWith(kind)),
      kind,
    ).toBe(true);
  // The scan would find what is there: ids are.
  expect([...histories.values()].some((text) => text.includes(id))).toBe(true);

  const logs = readLogs(world.home);
  expect([...logs.keys()].join()).toMatch(/worker/);
  expect([...logs.keys()].join()).toMatch(/api/);

  expect(findSecrets(secrets, histories, logs, rows)).toEqual([]);
});
