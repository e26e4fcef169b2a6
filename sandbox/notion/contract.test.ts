import { existsSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { connect, type Loose, startTestSandbox } from './testing.ts';

const contractUrl = new URL('../../../shared/contracts/notion.openapi.json', import.meta.url);
const isPresent = existsSync(contractUrl);
if (!isPresent) console.warn('skipped: the Notion contract is not on this machine');

interface Example {
  /** Values of the path's parameters; the query as it is sent. */
  path?: Record<string, string>;
  query?: string;
  body?: unknown;
  version?: string;
}

test.skipIf(!isPresent)(
  'every operation of the openapi document is served, takes what it describes and answers what it describes',
  async () => {
    const contract = JSON.parse(readFileSync(contractUrl, 'utf8')) as Loose;
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(contract, 'contract');
    const sandbox = await startTestSandbox();
    try {
      const { token, botId } = await connect(sandbox);
      const examples = await makeExamples(sandbox, token, botId);
      const operations = Object.entries<Loose>(contract.paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => ({ path, method, operation: methods[method] })),
      );
      expect(operations.map(({ operation }) => operation.operationId).sort()).toEqual(
        Object.keys(examples).sort(),
      );

      for (const { path, method, operation } of operations) {
        const { operationId } = operation;
        const example = examples[operationId] as Example;
        const pointer = `contract#/paths/${escapePointer(path)}/${method}`;
        const json = 'content/application~1json/schema';
        const check = (where: string, value: unknown) => {
          const validate = ajv.getSchema(`${pointer}/${where}/${json}`);
          expect(validate?.(value), `${operationId} ${where}: ${ajv.errorsText(validate?.errors)}`).toBe(
            true,
          );
        };
        if (example.body !== undefined) check('requestBody', example.body);
        const address = path.replace(/\{(\w+)\}/g, (_, name: string) => example.path?.[name] ?? 'missing');
        const call = (where: string, body: unknown) =>
          sandbox.raw(method.toUpperCase(), `${where}${example.query ?? ''}`, {
            token,
            version: example.version ?? '2025-09-03',
            ...(body !== undefined && { body }),
          });
        const answer = await call(address, example.body);
        const content = await answer.json();
        expect(answer.status, `${operationId}: ${JSON.stringify(content)}`).toBe(200);
        if (operation.responses['200'].content?.['application/json']?.schema) check('responses/200', content);
        if (example.path === undefined) continue;
        const refused = await call(address.replace(/[0-9a-f-]{36}/, 'not-a-uuid'), example.body);
        expect(refused.status, operationId).toBe(400);
        check('responses/400', await refused.json());
      }
    } finally {
      await sandbox.close();
    }
  },
);

async function makeExamples(
  sandbox: Awaited<ReturnType<typeof startTestSandbox>>,
  token: string,
  botId: string,
): Promise<Record<string, Example>> {
  const call = async (method: string, path: string, body?: unknown): Promise<Loose> =>
    (
      await sandbox.raw(method, path, { token, version: '2025-09-03', ...(body !== undefined && { body }) })
    ).json();
  const text = (content: string) => [{ type: 'text', text: { content } }];
  const parent = await call('POST', '/v1/pages', {
    parent: { type: 'workspace' },
    properties: { title: text('Top') },
  });
  const page = await call('POST', '/v1/pages', {
    parent: { page_id: parent.id },
    properties: { title: text('Page') },
  });
  const { data } = (await sandbox.control('GET', '/notion/lovelace-labs/data-sources')).body;
  const source = data[0];
  const blocks = await call('PATCH', `/v1/blocks/${page.id}/children`, {
    children: ['one', 'two', 'three'].map((content) => ({
      type: 'paragraph',
      paragraph: { rich_text: text(content) },
    })),
  });
  const [first, second, third] = blocks.results.map(({ id }: Loose) => id);
  const of = (id: string) => ({ path: { page_id: id, block_id: id, data_source_id: id, database_id: id } });
  return {
    'get-user': { path: { user_id: botId } },
    'get-users': { query: '?page_size=2' },
    'get-self': {},
    'post-search': {
      body: {
        query: 'a',
        sort: { direction: 'ascending', timestamp: 'last_edited_time' },
        filter: { value: 'page', property: 'object' },
        page_size: 5,
      },
    },
    'get-block-children': of(page.id),
    'patch-block-children': {
      ...of(page.id),
      body: {
        children: [{ type: 'bulleted_list_item', bulleted_list_item: { rich_text: text('x') } }],
        after: first,
      },
    },
    'retrieve-a-block': of(first),
    'update-a-block': { ...of(second), body: { archived: true } },
    'delete-a-block': of(third),
    'retrieve-a-page': { path: { page_id: page.id }, query: '?filter_properties=title' },
    'patch-page': {
      path: { page_id: page.id },
      body: { properties: { title: text('Renamed') }, icon: { emoji: '🌱' } },
    },
    'post-page': {
      body: {
        parent: { page_id: page.id },
        properties: { title: text('Below') },
      },
    },
    'retrieve-a-page-property': { path: { page_id: page.id, property_id: 'title' } },
    'retrieve-a-comment': { query: `?block_id=${page.id}` },
    'create-a-comment': {
      body: {
        parent: { page_id: page.id },
        rich_text: text('hello').map(({ text: inner }) => ({ text: inner })),
      },
    },
    'query-data-source': {
      ...of(source.id),
      body: { sorts: [{ property: 'Name', direction: 'ascending' }], page_size: 3, in_trash: false },
    },
    'retrieve-a-data-source': of(source.id),
    'update-a-data-source': { ...of(source.id), body: { title: text('Tasks, renamed') } },
    'create-a-data-source': {
      body: { parent: { page_id: page.id }, properties: { Name: { title: {} } }, title: text('New') },
    },
    'list-data-source-templates': of(source.id),
    'retrieve-a-database': of(source.parent.database_id),
    'move-page': {
      path: { page_id: page.id },
      body: { parent: { type: 'database_id', database_id: source.parent.database_id } },
    },
    'retrieve-page-markdown': { path: { page_id: page.id }, version: '2026-03-11' },
    'update-page-markdown': {
      path: { page_id: page.id },
      version: '2026-03-11',
      body: { type: 'insert_content', insert_content: { content: 'Added', position: { type: 'end' } } },
    },
  };
}

function escapePointer(path: string): string {
  return encodeURIComponent(path.replaceAll('~', '~0').replaceAll('/', '~1'));
}
