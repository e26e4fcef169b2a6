/** A page's content as enhanced Markdown, read and edited (2026-03-11 and later). */
import { z } from 'zod';
import { blocksFromMarkdown } from '../blocks/blocks-from-markdown.ts';
import { markdownFromBlocks } from '../blocks/markdown-from-blocks.ts';
import { validationError } from '../errors.ts';
import type { BlockRecord } from '../records.ts';
import { parseBody, readJson } from '../request-body.ts';
import type { NotionRoute, Session } from '../session.ts';
import { locate } from './block-routes.ts';
import { botOf, refuseTrashed } from './page-routes.ts';

const deleting = { allow_deleting_content: z.boolean().optional() };

const editBody = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('replace_content'),
    replace_content: z.strictObject({ new_str: z.string(), ...deleting }),
    allow_async: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal('update_content'),
    update_content: z.strictObject({
      content_updates: z
        .array(
          z.strictObject({
            old_str: z.string().min(1),
            new_str: z.string(),
            replace_all_matches: z.boolean().optional(),
          }),
        )
        .max(100, 'length should be ≤ `100`'),
      ...deleting,
    }),
    allow_async: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal('insert_content'),
    insert_content: z.strictObject({
      content: z.string(),
      after: z.string().optional(),
      position: z.strictObject({ type: z.enum(['start', 'end']) }).optional(),
    }),
    allow_async: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal('replace_content_range'),
    replace_content_range: z.strictObject({ content: z.string(), content_range: z.string(), ...deleting }),
    allow_async: z.boolean().optional(),
  }),
]);

type Edit = z.infer<typeof editBody>;

export const markdownRoutes: readonly NotionRoute[] = [
  {
    method: 'GET',
    path: '/v1/pages/{page_id}/markdown',
    capability: 'read_content',
    handle: (session) => {
      refuseOldVersion(session);
      const { page, block } = locate(session, session.id('page_id'), session.readSeq);
      const blocks = block === undefined ? session.world.blocks(page.id, session.readSeq) : [block];
      return renderMarkdown(session, block ?? page, blocks);
    },
  },
  {
    method: 'PATCH',
    path: '/v1/pages/{page_id}/markdown',
    capability: 'update_content',
    handle: (session) => {
      refuseOldVersion(session);
      const page = session.page(session.id('page_id'));
      refuseTrashed(page);
      const edit = parseBody(editBody, readJson(session.call));
      const before = session.world.blocks(page.id);
      const markdown = applyEdit(edit, markdownFromBlocks(before).lines.join('\n'));
      const author = botOf(session);
      const touched = session.editor.touchedNow(author);
      const parsed = blocksFromMarkdown(markdown, touched, (id) => before.find((block) => block.id === id));
      const blocks = keepUnchanged(before, parsed);
      const changed = blocks.filter((block) => !before.includes(block)).map(({ id }) => id);
      session.editor.putBlocks(page, blocks, author, changed);
      return renderMarkdown(session, page, blocks);
    },
  },
];

function refuseOldVersion(session: Session): void {
  if (session.version === '2025-09-03')
    throw validationError('The page-markdown endpoints require Notion-Version 2026-03-11 or later.');
}

/** @param of the page, or a block that was left out of one */
function renderMarkdown(session: Session, of: { id: string }, blocks: readonly BlockRecord[]): object {
  const room = { left: session.settings.markdownBlockLimit };
  const { lines, unknownBlockIds, truncated } = markdownFromBlocks(blocks, room);
  return {
    object: 'page_markdown',
    id: of.id,
    markdown: lines.join('\n'),
    truncated,
    unknown_block_ids: unknownBlockIds,
  };
}

/** Blocks that read the same as before stay the blocks they were, ids and times included. */
export function keepUnchanged(before: readonly BlockRecord[], after: readonly BlockRecord[]): BlockRecord[] {
  const known = new Map<string, BlockRecord[]>();
  for (const block of before) {
    const text = markdownFromBlocks([block]).lines.join('\n');
    known.set(text, [...(known.get(text) ?? []), block]);
  }
  return after.map((block) => known.get(markdownFromBlocks([block]).lines.join('\n'))?.shift() ?? block);
}

function applyEdit(edit: Edit, markdown: string): string {
  switch (edit.type) {
    case 'replace_content':
      return edit.replace_content.new_str;
    case 'update_content': {
      let text = markdown;
      for (const { old_str, new_str, replace_all_matches } of edit.update_content.content_updates) {
        if (!text.includes(old_str))
          throw validationError(`old_str was not found in the page: ${JSON.stringify(old_str.slice(0, 80))}`);
        text = replace_all_matches
          ? text.replaceAll(old_str, () => new_str)
          : text.replace(old_str, () => new_str);
      }
      return text;
    }
    case 'insert_content': {
      const { content, after, position } = edit.insert_content;
      if (after !== undefined) {
        const { to } = findRange(markdown, after);
        return `${markdown.slice(0, to)}\n${content}${markdown.slice(to)}`;
      }
      return position?.type === 'start' ? `${content}\n${markdown}` : `${markdown}\n${content}`;
    }
    case 'replace_content_range': {
      const { from, to } = findRange(markdown, edit.replace_content_range.content_range);
      return `${markdown.slice(0, from)}${edit.replace_content_range.content}${markdown.slice(to)}`;
    }
  }
}

/** A selection is written `start text...end text`. */
function findRange(markdown: string, selection: string): { from: number; to: number } {
  const [start = '', end] = selection.split('...');
  const from = markdown.indexOf(start);
  const last = end === undefined ? from : markdown.indexOf(end, from + start.length);
  if (from === -1 || last === -1)
    throw validationError(
      `The selection was not found in the page: ${JSON.stringify(selection.slice(0, 80))}`,
    );
  return { from, to: end === undefined ? from + start.length : last + end.length };
}
