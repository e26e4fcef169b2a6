import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectPaginatedAPI } from '@notionhq/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { clientOf, connect, type Loose, oauthOf, startTestSandbox, type TestSandbox } from './testing.ts';

let sandbox: TestSandbox;
beforeEach(async () => {
  sandbox = await startTestSandbox();
});
afterEach(() => sandbox.close());

const createLoose = (client: Awaited<ReturnType<typeof connect>>['client']) =>
  client.pages.create({
    parent: { workspace: true } as Loose,
    properties: { title: { title: [{ text: { content: 'Loose' } }] } },
  });

test('a connection may spend its budget in one burst and is then told how long to wait', async () => {
  const { client } = await connect(sandbox);
  for (let i = 0; i < 180; i++) await client.users.me({});
  const error = (await client.users.me({}).catch((one: unknown) => one)) as Loose;
  expect(error).toMatchObject({ status: 429, code: 'rate_limited' });
  const seconds = Number(error.headers.get('retry-after'));
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(60);
  expect(error.additional_data).toEqual({
    rate_limit_reason: 'public_api_request_rate_limit',
    retry_after: String(seconds),
  });
  await sandbox.control('POST', '/clock', { advanceMs: seconds * 1000 });
  await client.users.me({});
});

test('all connections of a workspace share a second budget; another workspace is not touched', async () => {
  await sandbox.control('PATCH', '/settings', { notion: { workspaceLimitRequests: 5 } });
  const ada = await connect(sandbox);
  await sandbox.control('PATCH', '/settings', { notion: { signInAs: 'lovelace-labs/grace@example.com' } });
  const grace = await connect(sandbox);
  await sandbox.control('PATCH', '/settings', { notion: { signInAs: 'hopper-works/grace@example.com' } });
  const elsewhere = await connect(sandbox);
  for (let i = 0; i < 5; i++) await ada.client.users.me({});
  await expect(grace.client.users.me({})).rejects.toMatchObject({
    status: 429,
    additional_data: { rate_limit_reason: 'public_api_space_request_rate_limit' },
  });
  await elsewhere.client.users.me({});
});

test('limits of 0 are off', async () => {
  await sandbox.control('PATCH', '/settings', {
    notion: { connectionLimitRequests: 0, workspaceLimitRequests: 0 },
  });
  const { client } = await connect(sandbox);
  for (let i = 0; i < 200; i++) await client.users.me({});
});

test.each([
  [409, 'conflict_error'],
  [429, 'rate_limited'],
  [500, 'internal_server_error'],
  [503, 'service_unavailable'],
  [504, 'gateway_timeout'],
  [529, 'service_overload'],
])('an ordered %i comes with the code %s, and the write is not done', async (status, code) => {
  const { client } = await connect(sandbox);
  const before = (await collectPaginatedAPI(client.search, {})).length;
  await sandbox.control('POST', '/faults', {
    provider: 'notion',
    method: 'POST',
    path: '/v1/pages',
    times: 1,
    fault: { kind: 'status', status },
  });
  await expect(createLoose(client)).rejects.toMatchObject({ status, code });
  expect(await collectPaginatedAPI(client.search, {})).toHaveLength(before);
});

test('a 503 after saving names what was saved', async () => {
  const { client } = await connect(sandbox);
  await sandbox.control('POST', '/faults', {
    provider: 'notion',
    path: '/v1/*',
    times: 2,
    fault: { kind: 'status-after-saving', status: 503 },
  });
  const page = (await createLoose(client).catch((one: unknown) => one)) as Loose;
  expect(page).toMatchObject({ status: 503, code: 'service_unavailable' });
  expect(page.additional_data.retry_guidance).toBe('read_before_retry');
  const page_id = page.additional_data.committed_resource_id;
  expect(await client.pages.retrieve({ page_id })).toMatchObject({ id: page_id });
  const append = (await client.blocks.children
    .append({ block_id: page_id, children: [{ divider: {} }, { divider: {} }] })
    .catch((one: unknown) => one)) as Loose;
  const { results } = await client.blocks.children.list({ block_id: page_id });
  expect(append.additional_data.committed_child_ids).toEqual(results.map(({ id }) => id));
});

test('faults can be bound to a workspace, and the log names it without a token', async () => {
  const { client, token } = await connect(sandbox);
  const order = { provider: 'notion', fault: { kind: 'status', status: 529 } };
  await sandbox.control('POST', '/faults', { ...order, account: 'hopper-works' });
  await client.users.me({});
  await sandbox.control('POST', '/faults', { ...order, account: 'lovelace-labs' });
  await expect(client.users.me({})).rejects.toMatchObject({ status: 529 });
  const { data } = (await sandbox.control('GET', '/requests?provider=notion')).body;
  expect(data.at(-1)).toMatchObject({
    account: 'lovelace-labs',
    method: 'GET',
    path: '/v1/users/me',
    status: 529,
    write: false,
  });
  expect(data.find((one: Loose) => one.path === '/v1/oauth/token')).toMatchObject({
    account: 'lovelace-labs',
    write: true,
  });
  expect(JSON.stringify(data)).not.toContain(token);
});

test('a cut listing looks complete, a lagging one misses the newest row, a read by id has it', async () => {
  const { client } = await connect(sandbox);
  const { data } = (await sandbox.control('GET', '/notion/lovelace-labs/data-sources')).body;
  const data_source_id = data[0].id as string;
  const total = (await collectPaginatedAPI(client.dataSources.query, { data_source_id })).length;
  await sandbox.control('POST', '/faults', {
    provider: 'notion',
    path: '/v1/data_sources/*/query',
    times: 1,
    fault: { kind: 'truncate-list', keep: 0.5 },
  });
  const cut = await client.dataSources.query({ data_source_id });
  expect(cut).toMatchObject({ has_more: false, request_status: { type: 'complete' } });
  expect(cut.results).toHaveLength(Math.floor(total / 2));
  await sandbox.control('POST', '/lag', { provider: 'notion', ms: 60_000 });
  const made = (await sandbox.control('POST', '/notion/lovelace-labs/pages', { parent: { data_source_id } }))
    .body;
  expect((await client.dataSources.query({ data_source_id })).results).toHaveLength(total);
  expect(await client.pages.retrieve({ page_id: made.id })).toMatchObject({ id: made.id });
  await sandbox.control('POST', '/clock', { advanceMs: 61_000 });
  expect((await client.dataSources.query({ data_source_id })).results).toHaveLength(total + 1);
});

test('the same seed makes the same world, another seed another', async () => {
  const worldOf = async (seed: number) => {
    await sandbox.control('POST', '/reset', { seed, notionPages: 40 });
    return JSON.stringify((await sandbox.control('GET', '/notion/lovelace-labs/pages')).body);
  };
  const first = await worldOf(7);
  expect(await worldOf(8)).not.toBe(first);
  expect(await worldOf(7)).toBe(first);
  expect(JSON.parse(first).data).toHaveLength(40);
});

test('the control listing pages through everything once, in the form of the API', async () => {
  const { client } = await connect(sandbox);
  const seen: Loose[] = [];
  for (let cursor: string | null = '0'; cursor !== null; ) {
    const { body }: { body: Loose } = await sandbox.control(
      'GET',
      `/notion/lovelace-labs/pages?limit=25&cursor=${cursor}`,
    );
    seen.push(...body.data);
    cursor = body.nextCursor;
  }
  expect(seen).toHaveLength(60);
  expect(new Set(seen.map(({ id }) => id)).size).toBe(60);
  const answered = (await clientOf(sandbox, (await connect(sandbox)).token, '2025-09-03').pages.retrieve({
    page_id: seen[30].id,
  })) as Loose;
  const { request_id: _, ...page } = answered;
  expect(seen[30]).toEqual(page);
  await client.users.me({});
});

test('a person can delete for good: the page is gone from everywhere', async () => {
  const { client } = await connect(sandbox);
  const [page] = (await sandbox.control('GET', '/notion/lovelace-labs/pages')).body.data;
  await sandbox.control('DELETE', `/notion/lovelace-labs/pages/${page.id}?permanently=true`);
  await expect(client.pages.retrieve({ page_id: page.id })).rejects.toMatchObject({ status: 404 });
  expect((await sandbox.control('GET', `/notion/lovelace-labs/pages/${page.id}`)).status).toBe(404);
  expect((await sandbox.control('GET', '/notion/lovelace-labs/pages?in_trash=true')).body.data).toEqual([]);
});

test('control routes refuse unknown workspaces, fields and properties with what is wrong', async () => {
  expect((await sandbox.control('GET', '/notion/atlantis/pages')).status).toBe(404);
  expect((await sandbox.control('POST', '/notion/lovelace-labs/pages', { nonsense: 1 })).status).toBe(400);
  const wrong = await sandbox.control('POST', '/notion/lovelace-labs/pages', {
    properties: { Nope: { number: 1 } },
  });
  expect(wrong).toMatchObject({ status: 400, body: { detail: 'Nope is not a property that exists.' } });
});

test('connections, pages, content, sharing and subscriptions survive a restart', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'notion-stand-in-'));
  try {
    const first = await startTestSandbox({}, { stateDir });
    const before = await connect(first);
    const page = await createLoose(before.client);
    await before.client.blocks.children.append({ block_id: page.id, children: [{ divider: {} }] });
    const [hidden] = (await first.control('GET', '/notion/lovelace-labs/pages')).body.data;
    await first.control('PATCH', `/notion/lovelace-labs/pages/${hidden.id}`, { shared: false });
    await first.control('POST', '/notion/lovelace-labs/webhook-subscription', {
      url: 'http://127.0.0.1:9/none',
    });
    await first.close();

    const second = await startTestSandbox({}, { stateDir });
    try {
      const client = clientOf(second, before.token);
      expect(await client.pages.retrieve({ page_id: page.id })).toMatchObject({ id: page.id });
      expect((await client.blocks.children.list({ block_id: page.id })).results).toMatchObject([
        { type: 'divider' },
      ]);
      await expect(client.pages.retrieve({ page_id: hidden.id })).rejects.toMatchObject({ status: 404 });
      await oauthOf(second).refresh(before.refreshToken);
      const { data } = (await second.control('GET', '/notion/lovelace-labs/webhook-subscription')).body;
      expect(data).toMatchObject([{ url: 'http://127.0.0.1:9/none', status: 'pending' }]);
    } finally {
      await second.close();
    }
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
});
