import { collectPaginatedAPI } from '@notionhq/client';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { blocksFromMarkdown } from './blocks/blocks-from-markdown.ts';
import { markdownFromBlocks } from './blocks/markdown-from-blocks.ts';
import { clientOf, connect, type Loose, startTestSandbox, type TestSandbox } from './testing.ts';
import { workspaces } from './workspaces.ts';
import { SeededWorkspace } from './world/seeded-workspace.ts';

let sandbox: TestSandbox;
let connection: Awaited<ReturnType<typeof connect>>;
let pageId: string;

beforeEach(async () => {
  sandbox = await startTestSandbox({ connectionLimitRequests: 0 });
  connection = await connect(sandbox);
  pageId = (
    await connection.client.pages.create({
      parent: { workspace: true } as Loose,
      properties: { title: { title: [{ text: { content: 'Scratch' } }] } },
    })
  ).id;
});
afterEach(() => sandbox.close());

const paragraph = (content: string) => ({ paragraph: { rich_text: [{ text: { content } }] } });
const texts = (blocks: Loose[]) =>
  blocks.map((block) => block[block.type].rich_text?.[0]?.plain_text ?? block.type);
const childrenOf = async (id: string) =>
  (await collectPaginatedAPI(connection.client.blocks.children.list, {
    block_id: id,
    page_size: 2,
  })) as Loose[];

test('blocks are appended with their nested children and listed level by level', async () => {
  const { client } = connection;
  const appended = (await client.blocks.children.append({
    block_id: pageId,
    children: [
      paragraph('one'),
      {
        toggle: {
          rich_text: [{ text: { content: 'two' } }],
          children: [paragraph('inside'), { divider: {} }],
        },
      },
      { to_do: { rich_text: [{ text: { content: 'three' } }], checked: true } },
    ],
  })) as Loose;
  expect(texts(appended.results)).toEqual(['one', 'two', 'three']);
  const listed = await childrenOf(pageId);
  expect(listed).toMatchObject([
    { type: 'paragraph', has_children: false, parent: { type: 'page_id', page_id: pageId } },
    { type: 'toggle', has_children: true },
    { type: 'to_do', to_do: { checked: true, color: 'default' } },
  ]);
  expect(texts(await childrenOf(listed[1].id))).toEqual(['inside', 'divider']);
});

test('2026-03-11 places by position, 2025-09-03 by after, and neither takes the other', async () => {
  const { client, token } = connection;
  const old = clientOf(sandbox, token, '2025-09-03');
  const append = (by: typeof client, content: string, where: Loose) =>
    by.blocks.children.append({ block_id: pageId, children: [paragraph(content)], ...where });
  const first = (await append(client, 'b', {})).results[0]?.id ?? '';
  await append(client, 'd', { position: { type: 'end' } });
  await append(client, 'a', { position: { type: 'start' } });
  await append(old, 'c', { after: first });
  expect(texts(await childrenOf(pageId))).toEqual(['a', 'b', 'c', 'd']);
  await expect(append(client, 'x', { after: first })).rejects.toMatchObject({ code: 'validation_error' });
  await expect(append(old, 'x', { position: { type: 'end' } })).rejects.toMatchObject({
    code: 'validation_error',
  });
});

test('a block is changed, deleted and restored; its page is dated with it', async () => {
  const { client } = connection;
  const { results } = await client.blocks.children.append({
    block_id: pageId,
    children: [paragraph('a'), paragraph('b')],
  });
  const id = results[0]?.id ?? '';
  await sandbox.control('POST', '/clock', { advanceMs: 180_000 });
  await client.blocks.update({ block_id: id, paragraph: { rich_text: [{ text: { content: 'A' } }] } });
  const [block, page] = (await Promise.all([
    client.blocks.retrieve({ block_id: id }),
    client.pages.retrieve({ page_id: pageId }),
  ])) as Loose[];
  expect(block.paragraph.rich_text[0].plain_text).toBe('A');
  expect(page.last_edited_time).toBe(block.last_edited_time);
  expect(page.last_edited_time > page.created_time).toBe(true);
  expect(await client.blocks.delete({ block_id: id })).toMatchObject({ id, in_trash: true });
  expect(texts(await childrenOf(pageId))).toEqual(['b']);
  expect(await client.blocks.retrieve({ block_id: id })).toMatchObject({ in_trash: true });
  await client.blocks.update({ block_id: id, in_trash: false } as Loose);
  expect(texts(await childrenOf(pageId))).toEqual(['b', 'A']);
});

test('more than 100 children, deep nesting and unknown types are refused and change nothing', async () => {
  const many = Array.from({ length: 101 }, (_, i) => paragraph(String(i)));
  const item = (children?: Loose[]) => ({
    bulleted_list_item: { rich_text: [], ...(children && { children }) },
  });
  for (const children of [many, [item([item([item([item()])])])], [{ hologram: {} }]] as Loose[])
    await expect(
      connection.client.blocks.children.append({ block_id: pageId, children }),
    ).rejects.toMatchObject({ status: 400, code: 'validation_error' });
  expect(await childrenOf(pageId)).toEqual([]);
});

test('pages below a page are its child_page blocks', async () => {
  const child = await connection.client.pages.create({
    parent: { page_id: pageId },
    properties: { title: { title: [{ text: { content: 'Below' } }] } },
  });
  expect(await childrenOf(pageId)).toMatchObject([
    { id: child.id, type: 'child_page', child_page: { title: 'Below' } },
  ]);
});

test('meeting notes are called transcription in 2025-09-03', async () => {
  await sandbox.control('POST', '/reset', { seed: 3, notionPages: 200 });
  const { data } = (await sandbox.control('GET', '/notion/lovelace-labs/data-sources')).body;
  const pages = (await sandbox.control('GET', `/notion/lovelace-labs/pages?data_source_id=${data[1].id}`))
    .body.data as Loose[];
  const typesIn = async (version: string) => {
    const types = new Set<string>();
    for (const { id } of pages.slice(0, 15)) {
      const answer = await sandbox.raw('GET', `/v1/blocks/${id}/children`, {
        token: connection.token,
        version,
      });
      for (const block of ((await answer.json()) as Loose).results) types.add(block.type);
    }
    return types;
  };
  const [old, recent] = [await typesIn('2025-09-03'), await typesIn('2026-03-11')];
  expect([old.has('transcription'), old.has('meeting_notes')]).toEqual([true, false]);
  expect([recent.has('transcription'), recent.has('meeting_notes')]).toEqual([false, true]);
});

test('a page is read and edited as Markdown; blocks that read the same keep their ids', async () => {
  const { client } = connection;
  await client.pages.updateMarkdown({
    page_id: pageId,
    type: 'replace_content',
    replace_content: { new_str: '# Plan\n- [ ] buy **bread**\n- [x] rest\nLast line' },
  });
  const before = await childrenOf(pageId);
  expect(before.map(({ type }) => type)).toEqual(['heading_1', 'to_do', 'to_do', 'paragraph']);
  const edited = await client.pages.updateMarkdown({
    page_id: pageId,
    type: 'update_content',
    update_content: { content_updates: [{ old_str: 'Last line', new_str: 'Final line' }] },
  });
  expect(edited).toMatchObject({
    object: 'page_markdown',
    id: pageId,
    truncated: false,
    unknown_block_ids: [],
  });
  expect(edited.markdown).toBe('# Plan\n- [ ] buy **bread**\n- [x] rest\nFinal line');
  expect(await client.pages.retrieveMarkdown({ page_id: pageId })).toMatchObject({
    markdown: edited.markdown,
  });
  const after = await childrenOf(pageId);
  expect(after.slice(0, 3).map(({ id }) => id)).toEqual(before.slice(0, 3).map(({ id }) => id));
  expect(after[3].id).not.toBe(before[3].id);
});

test('a page with more blocks than one answer renders names the others, each of which is asked for by itself', async () => {
  const { client } = connection;
  await client.pages.updateMarkdown({
    page_id: pageId,
    type: 'replace_content',
    replace_content: { new_str: 'One\n- Two\n\t- Three\n\t- Four\nFive' },
  });
  await sandbox.control('PATCH', '/settings', { notion: { markdownBlockLimit: 3 } });
  const cut = await client.pages.retrieveMarkdown({ page_id: pageId });
  expect(cut).toMatchObject({ truncated: true });
  expect(cut.markdown).toMatch(
    /^One\n- Two\n\t- Three\n\t<unknown url="\S+" alt="bulleted_list_item"\/>\n<unknown url="\S+" alt="paragraph"\/>$/,
  );
  const parts = await Promise.all(
    cut.unknown_block_ids.map((id) => client.pages.retrieveMarkdown({ page_id: id })),
  );
  expect(parts).toMatchObject([
    { object: 'page_markdown', id: cut.unknown_block_ids[0], markdown: '- Four', truncated: false },
    { markdown: 'Five' },
  ]);
});

test('Markdown needs 2026-03-11, and an edit whose text is not there changes nothing', async () => {
  const old = clientOf(sandbox, connection.token, '2025-09-03');
  await expect(old.pages.retrieveMarkdown({ page_id: pageId })).rejects.toMatchObject({ status: 400 });
  await expect(
    connection.client.pages.updateMarkdown({
      page_id: pageId,
      type: 'update_content',
      update_content: { content_updates: [{ old_str: 'absent', new_str: 'x' }] },
    }),
  ).rejects.toMatchObject({ code: 'validation_error' });
});

const touched = { createdAtMs: 0, lastEditedAtMs: 0, createdBy: '', lastEditedBy: '' };
const rewrite = (markdown: string) =>
  markdownFromBlocks(blocksFromMarkdown(markdown, touched, () => undefined)).lines.join('\n');

test('seeded content of every kind reads back from its Markdown as the same Markdown', () => {
  const workspace = new SeededWorkspace({
    workspace: workspaces[0],
    seed: 11,
    pages: 300,
    todayMs: 1_748_851_200_000,
  });
  for (let index = 0; index < 300; index++) {
    const blocks = workspace.blocks(index).filter(({ type }) => type !== 'meeting_notes');
    const { lines, unknownBlockIds } = markdownFromBlocks(blocks);
    expect(unknownBlockIds).toEqual([]);
    expect(rewrite(lines.join('\n'))).toBe(lines.join('\n'));
  }
});

test('any text survives being a paragraph', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' }), (content) => {
      fc.pre(content.trim() === content && !/[\r\n\t\u2028\u2029\v\f]/.test(content));
      const run = { type: 'text', plain_text: content, href: null, annotations: {} } as Loose;
      const block = { ...touched, id: '', type: 'paragraph', content: { rich_text: [run] }, children: [] };
      const back = blocksFromMarkdown(markdownFromBlocks([block]).lines.join('\n'), touched, () => undefined);
      expect(back).toHaveLength(1);
      expect(back[0]).toMatchObject({ type: 'paragraph', content: { rich_text: [{ plain_text: content }] } });
    }),
    { numRuns: 300 },
  );
});
