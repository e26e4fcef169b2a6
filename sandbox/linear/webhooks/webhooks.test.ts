import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LinearWebhookClient } from '@linear/sdk/webhooks';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openSandbox, type TestSandbox } from '../testing.ts';

interface Delivery {
  headers: IncomingHttpHeaders;
  raw: Buffer;
  body: Record<string, unknown> & { data: Record<string, unknown>; webhookTimestamp: number };
}

let sandbox: TestSandbox;
let receiver: Server;
let url: string;
let deliveries: Delivery[];
let statuses: number[];

beforeEach(async () => {
  deliveries = [];
  statuses = [];
  receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks);
    deliveries.push({ headers: request.headers, raw, body: JSON.parse(raw.toString()) as Delivery['body'] });
    response.writeHead(statuses.shift() ?? 200).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hooks`;
  sandbox = await openSandbox({ settings: { webhookRetryDelaysMs: [5, 5, 5] } });
});
afterEach(async () => {
  await sandbox.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

const arrived = (count: number) =>
  vi.waitFor(() => expect(deliveries).toHaveLength(count), { timeout: 20_000 });

function verify(delivery: Delivery, secret: string): unknown {
  return new LinearWebhookClient(secret).parseData(
    delivery.raw,
    String(delivery.headers['linear-signature']),
  );
}

async function openWebhook(resourceTypes = ['Issue', 'Comment', 'User']): Promise<string> {
  const linear = await sandbox.client();
  const secret = 'a-secret-of-the-test';
  await linear.createWebhook({ url, resourceTypes, allPublicTeams: true, secret });
  return secret;
}

test('a change of an issue is signed as the SDK verifies it, with what it was before', async () => {
  const secret = await openWebhook();
  await sandbox.control('PATCH', '/linear/northwind/issues/ENG-3', { title: 'Renamed' });
  await arrived(1);
  const [delivery] = deliveries as [Delivery];
  expect(verify(delivery, secret)).toMatchObject({ type: 'Issue', action: 'update' });
  expect(() => verify(delivery, 'another')).toThrow();
  expect(delivery.headers).toMatchObject({
    'linear-event': 'Issue',
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'Linear-Webhook',
  });
  expect(delivery.headers['linear-delivery']).toMatch(/^[0-9a-f-]{36}$/);
  const { updatedFrom } = delivery.body as unknown as { updatedFrom: Record<string, unknown> };
  expect(Object.keys(updatedFrom).sort()).toEqual(['title', 'updatedAt']);
  expect(delivery.body.data).toMatchObject({ title: 'Renamed', identifier: 'ENG-3', team: { key: 'ENG' } });
  expect(delivery.body).toMatchObject({ actor: { email: 'ada@example.com', type: 'user' } });
});

test('creating, trashing, commenting and a member who leaves send their own events; other types stay silent', async () => {
  await openWebhook(['Issue', 'User']);
  await sandbox.control('POST', '/linear/northwind/issues', { title: 'New' });
  await sandbox.control('DELETE', '/linear/northwind/issues/ENG-1');
  await sandbox.control('POST', '/linear/northwind/comments', { issueId: 'ENG-3', body: 'Silent' });
  await sandbox.control('DELETE', '/linear/northwind/members/grace@example.com');
  await arrived(3);
  expect(deliveries.map(({ body }) => [body.type, body.action])).toEqual([
    ['Issue', 'create'],
    ['Issue', 'remove'],
    ['User', 'update'],
  ]);
});

test('what is not answered 200 is tried again under the same delivery id, then given up', async () => {
  const secret = await openWebhook();
  statuses = [500, 204, 503, 500, 200];
  await sandbox.control('PATCH', '/linear/northwind/issues/ENG-3', { title: 'Renamed' });
  await arrived(4);
  expect(new Set(deliveries.map(({ headers }) => headers['linear-delivery'])).size).toBe(1);
  for (const delivery of deliveries) verify(delivery, secret);
  const status = await vi.waitFor(async () => {
    const now = await sandbox.control<{ failed: number }>('GET', '/pushes');
    expect(now.failed).toBe(1);
    return now;
  }, 20_000);
  expect(status).toMatchObject({ delivered: 0 });
  expect(deliveries).toHaveLength(4);
});

test('duplicate sends twice with one delivery id; hold keeps until released', async () => {
  await openWebhook();
  await sandbox.control('POST', '/pushes', { mode: 'duplicate' });
  await sandbox.control('PATCH', '/linear/northwind/issues/ENG-3', { title: 'Twice' });
  await arrived(2);
  expect(deliveries[0]?.headers['linear-delivery']).toBe(deliveries[1]?.headers['linear-delivery']);
  await sandbox.control('POST', '/pushes', { mode: 'hold' });
  await sandbox.control('PATCH', '/linear/northwind/issues/ENG-3', { title: 'Held' });
  expect(deliveries).toHaveLength(2);
  await sandbox.control('POST', '/pushes', { mode: 'deliver' });
  await arrived(3);
});

test("the app's own webhook reaches organizations that have authorised it, and tells when one removes the app", async () => {
  await sandbox.control('PATCH', '/settings', { linear: { appWebhookUrl: url } });
  await sandbox.control('PATCH', '/linear/northwind/issues/ENG-3', { title: 'Before consent' });
  const query = new URLSearchParams({
    client_id: 'sandbox-linear-client',
    redirect_uri: 'http://127.0.0.1:3000/oauth/callback',
    response_type: 'code',
    scope: 'read',
  });
  await fetch(`${sandbox.url}/oauth/authorize?${query}`, { redirect: 'manual' });
  await sandbox.control('PATCH', '/linear/northwind/issues/ENG-3', { title: 'After consent' });
  await sandbox.control('PATCH', '/linear/lumen/issues/STU-1', { title: 'Another organization' });
  await sandbox.control('POST', '/linear/northwind/revoke');
  await arrived(2);
  const secret = 'sandbox-linear-webhook-secret';
  expect(verify(deliveries[0] as Delivery, secret)).toMatchObject({
    type: 'Issue',
    data: { title: 'After consent' },
  });
  expect(verify(deliveries[1] as Delivery, secret)).toMatchObject({
    type: 'OAuthApp',
    action: 'revoked',
    oauthClientId: 'sandbox-linear-client',
    organizationId: deliveries[0]?.body.organizationId,
  });
  await sandbox.control('PATCH', '/linear/northwind/issues/ENG-3', { title: 'After revocation' });
  expect(deliveries).toHaveLength(2);
});

test('a webhook needs an admin, a good address and a known team', async () => {
  const linear = await sandbox.client();
  await expect(
    linear.createWebhook({ url: 'http://example.com/', resourceTypes: ['Issue'], allPublicTeams: true }),
  ).rejects.toThrow(/https/);
  const { key } = await sandbox.control<{ key: string }>('POST', '/linear/northwind/api-keys', {
    member: 'soren@example.com',
  });
  const answer = await fetch(`${sandbox.url}/graphql`, {
    method: 'POST',
    headers: { Authorization: key },
    body: JSON.stringify({
      query: `mutation{webhookCreate(input:{url:"${url}",resourceTypes:["Issue"],allPublicTeams:true}){success}}`,
    }),
  });
  expect(answer.status).toBe(403);
});
