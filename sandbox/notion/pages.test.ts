import { collectPaginatedAPI } from '@notionhq/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connect, type Loose, startTestSandbox, type TestSandbox } from './testing.ts';

let sandbox: TestSandbox;
let connection: Awaited<ReturnType<typeof connect>>;
let sources: Record<string, Loose>;

beforeEach(async () => {
  sandbox = await startTestSandbox({ connectionLimitRequests: 0 });
  connection = await connect(sandbox);
  const { data } = (await sandbox.control('GET', '/notion/lovelace-labs/data-sources')).body;
  sources = Object.fromEntries(data.map((one: Loose) => [one.title[0].plain_text, one]));
});
afterEach(() => sandbox.close());

const invalid = { status: 400, code: 'validation_error' };
const title = (content: string) => ({ title: [{ text: { content } }] });
const createTask = (properties: Loose = {}) =>
  connection.client.pages.create({
    parent: { data_source_id: sources.Tasks.id },
    properties: { Name: title('A new task'), ...properties },
  }) as Promise<Loose>;

test('a created page carries what was written, computed values, and the connection as its author', async () => {
  const page = await createTask({
    Status: { status: { name: 'Done' } },
    Tags: { multi_select: [{ name: 'docs' }, { name: 'brand new' }] },
    Estimate: { number: 3 },
    Due: { date: { start: '2025-07-01' } },
    Assignee: { people: [{ id: '00000000000040008000000000000001' }] },
    Notes: {
      rich_text: [
        { text: { content: 'see ' } },
        { text: { content: 'here', link: { url: 'https://example.com' } } },
      ],
    },
  });
  expect(page).toMatchObject({
    object: 'page',
    in_trash: false,
    is_locked: false,
    parent: {
      type: 'data_source_id',
      data_source_id: sources.Tasks.id,
      database_id: sources.Tasks.parent.database_id,
    },
    created_by: { object: 'user', id: connection.botId },
  });
  expect(page).not.toHaveProperty('archived');
  expect(page.properties).toMatchObject({
    Name: { id: 'title', type: 'title', title: [{ plain_text: 'A new task' }] },
    Status: { status: { name: 'Done' } },
    Tags: { multi_select: [{ name: 'docs' }, { name: 'brand new' }] },
    'Effort in hours': { formula: { type: 'number', number: 24 } },
    Due: { date: { start: '2025-07-01', end: null, time_zone: null } },
    Assignee: { people: [{ object: 'user', id: '00000000-0000-4000-8000-000000000001' }] },
    Number: { unique_id: { prefix: 'TSK' } },
    Created: { created_time: page.created_time },
    Blocked: { checkbox: false },
    Link: { url: null },
  });
  expect(page.properties.Number.unique_id.number).toBe(1 + (await countRows('Tasks')) - 1);
  const schema = (await connection.client.dataSources.retrieve({
    data_source_id: sources.Tasks.id,
  })) as Loose;
  expect(schema.properties.Tags.multi_select.options.map((one: Loose) => one.name)).toContain('brand new');
});

async function countRows(source: string): Promise<number> {
  return (
    await sandbox.control(
      'GET',
      `/notion/lovelace-labs/pages?limit=1000&data_source_id=${sources[source].id}`,
    )
  ).body.data.length;
}

test('a change touches the named properties only, and null clears', async () => {
  const page = await createTask({ Estimate: { number: 3 }, Link: { url: 'https://example.com' } });
  const changed = (await connection.client.pages.update({
    page_id: page.id,
    properties: { Link: { url: null }, Name: title('Renamed') },
  })) as Loose;
  expect(changed.properties).toMatchObject({
    Link: { url: null },
    Estimate: { number: 3 },
    Name: { title: [{ plain_text: 'Renamed' }] },
  });
});

test.each([
  ['a computed property', { Created: { created_time: '2025-01-01T00:00:00Z' } }],
  ['an unknown property', { Nonsense: { number: 1 } }],
  ['a wrong type', { Estimate: { rich_text: [] } }],
  ['an empty string for a link', { Link: { url: '' } }],
  ['an unknown status', { Status: { status: { name: 'Forgotten' } } }],
  ['text beyond 2000 characters', { Notes: { rich_text: [{ text: { content: 'x'.repeat(2001) } }] } }],
  [
    'more than 100 runs of text',
    { Notes: { rich_text: Array.from({ length: 101 }, () => ({ text: { content: 'x' } })) } },
  ],
  ['a link beyond 2000 characters', { Link: { url: `https://example.com/${'x'.repeat(2000)}` } }],
  ['a date that is none', { Due: { date: { start: 'tomorrow' } } }],
])('%s is refused with validation_error', async (_, properties) => {
  await expect(createTask(properties)).rejects.toMatchObject(invalid);
});

test('a page goes to the trash and back; in the trash it can be read but not edited', async () => {
  const page = await createTask();
  await connection.client.pages.update({ page_id: page.id, in_trash: true });
  expect(await connection.client.pages.retrieve({ page_id: page.id })).toMatchObject({ in_trash: true });
  await expect(
    connection.client.pages.update({ page_id: page.id, properties: { Estimate: { number: 1 } } }),
  ).rejects.toMatchObject(invalid);
  const restored = await connection.client.pages.update({ page_id: page.id, in_trash: false });
  expect(restored).toMatchObject({ in_trash: false });
});

test('2025-09-03 says archived beside in_trash and takes it; 2026-03-11 refuses the old name', async () => {
  const page = await createTask();
  const call = (version: string, body: object) =>
    sandbox.raw('PATCH', `/v1/pages/${page.id}`, { token: connection.token, version, body });
  expect(await (await call('2025-09-03', { archived: true })).json()).toMatchObject({
    archived: true,
    in_trash: true,
  });
  const refused = await call('2026-03-11', { archived: false });
  expect(refused.status).toBe(400);
  expect((await refused.json()).message).toContain('body.archived should be not present');
});

test('without a version every call is refused as missing_version, with an unknown one as invalid', async () => {
  const missing = await sandbox.raw('GET', '/v1/users/me', { token: connection.token, version: null });
  expect(missing.status).toBe(400);
  expect(missing.headers.get('x-notion-request-id')).not.toBeNull();
  expect(await missing.json()).toMatchObject({ object: 'error', status: 400, code: 'missing_version' });
  const unknown = await sandbox.raw('GET', '/v1/users/me', {
    token: connection.token,
    version: '2019-01-01',
  });
  expect(await unknown.json()).toMatchObject({ code: 'validation_error' });
});

test('bad JSON, bad ids and bad addresses have codes of their own', async () => {
  const { token } = connection;
  const json = await sandbox.raw('POST', '/v1/search', { token, body: '{"query":' });
  expect(await json.json()).toMatchObject({ status: 400, code: 'invalid_json' });
  expect(await (await sandbox.raw('GET', '/v1/pages/not-a-uuid', { token })).json()).toMatchObject({
    code: 'validation_error',
    message: expect.stringContaining('path.page_id should be a valid uuid'),
  });
  expect(await (await sandbox.raw('GET', '/v1/pages', { token })).json()).toMatchObject({
    code: 'invalid_request_url',
  });
});

test('more than 25 related pages are cut in the page and come whole through the property, page by page', async () => {
  const meetings = (await collectPaginatedAPI(connection.client.dataSources.query, {
    data_source_id: sources['Meeting notes'].id,
  })) as Loose[];
  const long = meetings.find(({ properties }) => properties['Action items'].has_more);
  expect(long.properties['Action items'].relation).toHaveLength(25);
  const propertyId = long.properties['Action items'].id as string;
  const ids: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = (await connection.client.pages.properties.retrieve({
      page_id: long.id,
      property_id: propertyId,
      page_size: 10,
      ...(cursor && { start_cursor: cursor }),
    })) as Loose;
    expect(page).toMatchObject({
      object: 'list',
      type: 'property_item',
      property_item: { id: propertyId, type: 'relation' },
    });
    ids.push(...page.results.map((one: Loose) => one.relation.id));
    cursor = page.next_cursor;
  }
  expect(ids.length).toBeGreaterThan(25);
  expect(ids.slice(0, 25)).toEqual(long.properties['Action items'].relation.map((one: Loose) => one.id));
});

test('a single property comes as one item', async () => {
  const page = await createTask({ Estimate: { number: 7 } });
  const item = await connection.client.pages.properties.retrieve({
    page_id: page.id,
    property_id: page.properties.Estimate.id,
  });
  expect(item).toMatchObject({ object: 'property_item', type: 'number', number: 7 });
});

test('what is not shared, and what never was, answer the same 404', async () => {
  const page = await createTask();
  await sandbox.control('PATCH', `/notion/lovelace-labs/pages/${page.id}`, { shared: false });
  const unshared = await connection.client.pages
    .retrieve({ page_id: page.id })
    .catch((error: Loose) => error);
  const unknown = await connection.client.pages
    .retrieve({ page_id: '11111111-2222-4333-8444-555555555555' })
    .catch((error: Loose) => error);
  for (const error of [unshared, unknown])
    expect(error).toMatchObject({ status: 404, code: 'object_not_found' });
  const rows = await collectPaginatedAPI(connection.client.dataSources.query, {
    data_source_id: sources.Tasks.id,
  });
  expect(rows.map(({ id }) => id)).not.toContain(page.id);
  await sandbox.control('PATCH', `/notion/lovelace-labs/pages/${page.id}`, { shared: true });
  await connection.client.pages.retrieve({ page_id: page.id });
});

test('a connection without a capability gets 403 restricted_resource and can still read', async () => {
  await sandbox.control('POST', '/notion/lovelace-labs/scopes', { granted: ['read_content'] });
  await expect(createTask()).rejects.toMatchObject({ status: 403, code: 'restricted_resource' });
  await expect(connection.client.users.list({})).rejects.toMatchObject({ status: 403 });
  await connection.client.dataSources.retrieve({ data_source_id: sources.Tasks.id });
});

test('people come with their e-mail only where the capability allows it', async () => {
  const people = await connection.client.users.list({ page_size: 3 });
  expect(people).toMatchObject({
    has_more: true,
    results: [{ person: { email: 'ada@example.com' } }, {}, {}],
  });
  await sandbox.control('PATCH', '/settings', { notion: { capabilities: ['read_content', 'read_users'] } });
  expect((await connection.client.users.list({})).results[0]).toMatchObject({ type: 'person', person: {} });
});

test('a page moves below another page and leaves its data source', async () => {
  const page = await createTask();
  const { results } = await connection.client.search({ query: 'handbook' });
  const moved = await connection.client.pages.move({
    page_id: page.id,
    parent: { type: 'page_id', page_id: results[0]?.id ?? '' },
  });
  expect(moved).toMatchObject({ parent: { type: 'page_id', page_id: results[0]?.id } });
});

test('a schema can gain, rename and lose properties, and rows follow', async () => {
  const { client } = connection;
  const page = await createTask({ Estimate: { number: 4 } });
  const changed = (await client.dataSources.update({
    data_source_id: sources.Tasks.id,
    properties: {
      Estimate: { name: 'Days' },
      Link: null,
      Region: { type: 'select', select: { options: [{ name: 'EU' }, { name: 'US', color: 'blue' }] } },
    } as Loose,
  })) as Loose;
  expect(Object.keys(changed.properties)).toEqual(expect.arrayContaining(['Days', 'Region']));
  expect(changed.properties).not.toHaveProperty('Link');
  const row = (await client.pages.retrieve({ page_id: page.id })) as Loose;
  expect(row.properties).toMatchObject({ Days: { number: 4 }, Region: { select: null } });
});

test('a database is made with its data source, and pages name either as their parent', async () => {
  const { client } = connection;
  const database = (await client.databases.create({
    parent: { type: 'workspace', workspace: true },
    title: [{ text: { content: 'Inventory' } }],
    initial_data_source: { properties: { Item: { title: {} }, Count: { number: { format: 'number' } } } },
  } as Loose)) as Loose;
  expect(database.data_sources).toHaveLength(1);
  const page = (await client.pages.create({
    parent: { database_id: database.id },
    properties: { Item: title('Screwdriver'), Count: { number: 2 } },
  })) as Loose;
  expect(page.parent).toMatchObject({
    data_source_id: database.data_sources[0].id,
    database_id: database.id,
  });
  expect(await client.databases.retrieve({ database_id: database.id })).toMatchObject({ id: database.id });
});

test('comments are kept with their page', async () => {
  const page = await createTask();
  const made = await connection.client.comments.create({
    parent: { page_id: page.id },
    rich_text: [{ text: { content: 'Looks good' } }],
  });
  const listed = await connection.client.comments.list({ block_id: page.id });
  expect(listed.results).toMatchObject([{ id: made.id, rich_text: [{ plain_text: 'Looks good' }] }]);
});
