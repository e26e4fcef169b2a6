import { verifyWebhookSignature } from '@notionhq/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connect, type Loose, startTestSandbox, startWebhookEndpoint, type TestSandbox } from './testing.ts';

const token = 'sandbox-notion-verification-token';
let sandbox: TestSandbox;
let endpoint: Awaited<ReturnType<typeof startWebhookEndpoint>>;
let tasks: Loose;

beforeEach(async () => {
  sandbox = await startTestSandbox({ webhookRetryDelaysMs: [10, 10, 10, 10, 10, 10, 10] });
  tasks = (await sandbox.control('GET', '/notion/lovelace-labs/data-sources')).body.data[0];
});
afterEach(async () => {
  await sandbox.close();
  await endpoint.close();
});

const subscribe = async (more: object = {}) =>
  (
    await sandbox.control('POST', '/notion/lovelace-labs/webhook-subscription', {
      url: endpoint.url,
      ...more,
    })
  ).body;
const createRow = async (name: string) =>
  (
    await sandbox.control('POST', '/notion/lovelace-labs/pages', {
      parent: { data_source_id: tasks.id },
      properties: { Name: { title: [{ text: { content: name } }] } },
    })
  ).body;
const arrived = (count: number) =>
  vi.waitFor(() => expect(endpoint.events().length).toBeGreaterThanOrEqual(count), {
    timeout: 20_000,
    interval: 10,
  });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('the handshake posts the verification token unsigned, and activates where it was taken', async () => {
  endpoint = await startWebhookEndpoint();
  const made = await subscribe();
  expect(made).toMatchObject({
    status: 'active',
    verificationToken: token,
    handshake: { delivered: true, status: 200 },
  });
  expect(endpoint.deliveries).toHaveLength(1);
  expect(endpoint.deliveries[0]?.body).toEqual({ verification_token: token });
  expect(endpoint.deliveries[0]?.headers).not.toHaveProperty('x-notion-signature');
});

test('a subscription that waits for its token stays silent until the right one is entered', async () => {
  endpoint = await startWebhookEndpoint();
  await connect(sandbox);
  const made = await subscribe({ activate: false, verificationToken: 'one-of-my-own' });
  expect(made.status).toBe('pending');
  await createRow('unheard');
  const verify = (verificationToken: string) =>
    sandbox.control('POST', `/notion/lovelace-labs/webhook-subscription/${made.id}/verify`, {
      verificationToken,
    });
  expect((await verify('wrong')).status).toBe(400);
  expect((await verify('one-of-my-own')).body).toMatchObject({ status: 'active' });
  const heard = await createRow('heard');
  await arrived(1);
  expect(endpoint.events().map(({ body }) => body.entity.id)).toEqual([heard.id]);
});

test('an event is signed as the SDK verifies it, and says who, what and where but not the content', async () => {
  endpoint = await startWebhookEndpoint();
  const { botId } = await connect(sandbox);
  const { id } = await subscribe();
  const page = await createRow('Secret title');
  await arrived(1);
  const { raw, headers, body } = endpoint.events()[0] as Loose;
  const signature = headers['x-notion-signature'];
  expect(await verifyWebhookSignature({ body: raw, signature, verificationToken: token })).toBe(true);
  expect(await verifyWebhookSignature({ body: `${raw} `, signature, verificationToken: token })).toBe(false);
  expect(body).toMatchObject({
    type: 'page.created',
    subscription_id: id,
    workspace_name: 'Lovelace Labs',
    api_version: '2026-03-11',
    attempt_number: 1,
    entity: { id: page.id, type: 'page' },
    authors: [{ type: 'person' }],
    data: { parent: { id: tasks.parent.database_id, type: 'database', data_source_id: tasks.id } },
  });
  expect(body.accessible_by).toContainEqual({ id: botId, type: 'bot' });
  expect(raw).not.toContain('Secret title');
});

test('several edits within the aggregation time are one event that names every property', async () => {
  endpoint = await startWebhookEndpoint();
  await sandbox.control('PATCH', '/settings', { notion: { webhookAggregationMs: 300 } });
  const { client, botId } = await connect(sandbox);
  await subscribe();
  const page = (await sandbox.control('GET', `/notion/lovelace-labs/pages?data_source_id=${tasks.id}`)).body
    .data[0];
  const path = `/notion/lovelace-labs/pages/${page.id}`;
  await sandbox.control('PATCH', path, { properties: { Estimate: { number: 1 } } });
  await client.pages.update({ page_id: page.id, properties: { Blocked: { checkbox: true } } });
  await arrived(1);
  await pause(400);
  expect(endpoint.events()).toHaveLength(1);
  const { body } = endpoint.events()[0] as Loose;
  expect(body.type).toBe('page.properties_updated');
  expect(body.data.updated_properties.sort()).toEqual(
    [page.properties.Estimate.id, page.properties.Blocked.id].sort(),
  );
  expect(body.authors).toContainEqual({ id: botId, type: 'bot' });
  expect(body.authors).toHaveLength(2);
});

test('a page made and deleted within the aggregation time is never spoken of', async () => {
  endpoint = await startWebhookEndpoint();
  await sandbox.control('PATCH', '/settings', { notion: { webhookAggregationMs: 200 } });
  await connect(sandbox);
  await subscribe();
  const page = await createRow('ephemeral');
  await sandbox.control('DELETE', `/notion/lovelace-labs/pages/${page.id}`);
  await pause(400);
  expect(endpoint.events()).toEqual([]);
});

test('trash, restore, content, schema and comments have events of their own', async () => {
  endpoint = await startWebhookEndpoint();
  const { client } = await connect(sandbox);
  await subscribe();
  const page = await createRow('eventful');
  await arrived(1);
  const path = `/notion/lovelace-labs/pages/${page.id}`;
  await sandbox.control('DELETE', path);
  await sandbox.control('PATCH', path, { in_trash: false });
  await sandbox.control('PATCH', path, { markdown: 'New *content*' });
  await sandbox.control('PATCH', `/notion/lovelace-labs/data-sources/${tasks.id}`, {
    properties: { Extra: { checkbox: {} } },
  });
  await client.comments.create({ parent: { page_id: page.id }, rich_text: [{ text: { content: 'hm' } }] });
  await arrived(6);
  expect(
    endpoint
      .events()
      .map(({ body }) => body.type)
      .sort(),
  ).toEqual([
    'comment.created',
    'data_source.schema_updated',
    'page.content_updated',
    'page.created',
    'page.deleted',
    'page.undeleted',
  ]);
});

test('a delivery is tried eight times at most, numbered and freshly signed', async () => {
  endpoint = await startWebhookEndpoint((delivery) =>
    delivery.body.verification_token === undefined ? 500 : 200,
  );
  await connect(sandbox);
  await subscribe();
  await createRow('unlucky');
  await arrived(8);
  await pause(100);
  const events = endpoint.events();
  expect(events.map(({ body }) => body.attempt_number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(new Set(events.map(({ body }) => body.id)).size).toBe(1);
  for (const { raw, headers } of events)
    expect(
      await verifyWebhookSignature({
        body: raw,
        signature: headers['x-notion-signature'] as string,
        verificationToken: token,
      }),
    ).toBe(true);
});

test('nothing is told of what is not shared, nor after the connection was removed', async () => {
  endpoint = await startWebhookEndpoint();
  await connect(sandbox);
  await subscribe();
  const hidden = (
    await sandbox.control('POST', '/notion/lovelace-labs/pages', {
      parent: { workspace: true },
      properties: { title: { title: [{ text: { content: 'Private' } }] } },
      shared: false,
    })
  ).body;
  await sandbox.control('PATCH', `/notion/lovelace-labs/pages/${hidden.id}`, { markdown: 'more' });
  await sandbox.control('POST', '/notion/lovelace-labs/revoke');
  await createRow('after the end');
  await pause(150);
  expect(endpoint.events()).toEqual([]);
});

test('pushes can be held and come when released', async () => {
  endpoint = await startWebhookEndpoint();
  await connect(sandbox);
  await subscribe();
  await sandbox.control('POST', '/pushes', { mode: 'hold' });
  await createRow('held');
  await pause(100);
  expect(endpoint.events()).toEqual([]);
  await sandbox.control('POST', '/pushes', { mode: 'duplicate' });
  await arrived(2);
  expect(new Set(endpoint.events().map(({ body }) => body.id)).size).toBe(1);
});
