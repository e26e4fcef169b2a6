/** A page's content as Notion's enhanced Markdown: tabs for nesting, tags for what Markdown lacks. */
import type { BlockRecord, JsonObject, RichText } from '../records.ts';
import { inlineFromRichText } from './inline-markdown.ts';

export interface RenderedMarkdown {
  lines: string[];
  /** Blocks that this rendering does not know, or has no room for. */
  unknownBlockIds: string[];
  /** There were more blocks than room. */
  truncated: boolean;
}

/** How many blocks are rendered; counts down. What has no room is a tag that names it. */
export interface BlockRoom {
  left: number;
}

export function markdownFromBlocks(
  blocks: readonly BlockRecord[],
  room: BlockRoom = { left: Number.POSITIVE_INFINITY },
  depth = 0,
): RenderedMarkdown {
  const rendered: RenderedMarkdown = { lines: [], unknownBlockIds: [], truncated: false };
  let number = 0;
  for (const block of blocks) {
    if (room.left <= 0) {
      rendered.truncated = true;
      rendered.unknownBlockIds.push(block.id);
      rendered.lines.push(indent(`<unknown url="${addressOf(block.id)}" alt="${block.type}"/>`));
      continue;
    }
    room.left -= 1;
    number = block.type === 'numbered_list_item' ? number + 1 : 0;
    const lines = renderOwn(block, number);
    if (lines === undefined) {
      rendered.unknownBlockIds.push(block.id);
      continue;
    }
    const below = markdownFromBlocks(block.type === 'table' ? [] : block.children, room, depth + 1);
    rendered.unknownBlockIds.push(...below.unknownBlockIds);
    rendered.truncated ||= below.truncated;
    const [opening, closing] =
      wrapping[block.type] === undefined ? [lines, []] : [lines.slice(0, -1), lines.slice(-1)];
    rendered.lines.push(...opening.map(indent), ...below.lines.map(indent), ...closing.map(indent));
  }
  return rendered;

  function indent(line: string): string {
    return depth === 0 || line === '' ? line : `\t${line}`;
  }
}

const addressOf = (id: string): string => `https://www.notion.so/${id.replaceAll('-', '')}`;

/** Types whose children stand before a closing tag. */
const wrapping: Record<string, true> = { toggle: true, callout: true, column_list: true, column: true };

const prefixes: Record<string, string> = {
  paragraph: '',
  heading_1: '# ',
  heading_2: '## ',
  heading_3: '### ',
  heading_4: '#### ',
  bulleted_list_item: '- ',
  quote: '> ',
};

function renderOwn(block: BlockRecord, number: number): string[] | undefined {
  const { type, content } = block;
  const text = () => inlineFromRichText((content.rich_text ?? []) as RichText[]);
  const prefix = prefixes[type];
  if (prefix !== undefined) return [type === 'paragraph' ? escapeStart(text()) : `${prefix}${text()}`];
  switch (type) {
    case 'numbered_list_item':
      return [`${number}. ${text()}`];
    case 'to_do':
      return [`- [${content.checked ? 'x' : ' '}] ${text()}`];
    case 'toggle':
      return ['<details>', `<summary>${text()}</summary>`, '</details>'];
    case 'callout':
      return [
        `<callout icon="${String((content.icon as JsonObject | null)?.emoji ?? '')}">`,
        `\t${text()}`,
        '</callout>',
      ];
    case 'code':
      return [
        `\`\`\`${String(content.language ?? '')}`,
        ...((content.rich_text ?? []) as RichText[])
          .map(({ plain_text }) => plain_text)
          .join('')
          .split('\n'),
        '```',
      ];
    case 'divider':
      return ['---'];
    case 'equation':
      return ['$$', String(content.expression ?? ''), '$$'];
    case 'image':
      return [`![${inlineFromRichText((content.caption ?? []) as RichText[])}](${externalUrl(content)})`];
    case 'bookmark':
    case 'embed':
      return [`<${type} url="${String(content.url)}"></${type}>`];
    case 'column_list':
      return ['<columns>', '</columns>'];
    case 'column':
      return ['<column>', '</column>'];
    case 'table':
      return ['<table>', ...block.children.map(renderTableRow), '</table>'];
    case 'child_page':
      return [`<page id="${block.id}">${String(content.title)}</page>`];
    case 'child_database':
      return [`<database id="${block.id}">${String(content.title)}</database>`];
    case 'meeting_notes':
      return [`<meeting-notes id="${block.id}"></meeting-notes>`];
    default:
      return undefined;
  }
}

/** A paragraph must not read as another block when it is parsed again. */
function escapeStart(text: string): string {
  return text.replace(/^(#{1,4} |- |> |---|\$\$|!\[|\d+\. )/, '\\$1');
}

function renderTableRow(row: BlockRecord): string {
  const cells = (row.content.cells ?? []) as RichText[][];
  return `<tr>${cells.map((cell) => `<td>${inlineFromRichText(cell)}</td>`).join('')}</tr>`;
}

function externalUrl(content: JsonObject): string {
  return String((content.external as JsonObject | undefined)?.url ?? '');
}
