/** Reads Notion's enhanced Markdown, line by line; what `markdownFromBlocks` writes comes back as the same blocks. */
import { randomUUID } from 'node:crypto';
import type { BlockRecord, JsonObject, Touched } from '../records.ts';
import { richTextFromInline } from './inline-markdown.ts';

/** A page or block that the text refers to and that must stay as it is. */
export type Referenced = (id: string) => BlockRecord | undefined;

export function blocksFromMarkdown(
  markdown: string,
  touched: Touched,
  referenced: Referenced,
): BlockRecord[] {
  const lines = markdown.replaceAll('\r\n', '\n').split('\n');
  let at = 0;

  const make = (type: string, content: JsonObject, children: BlockRecord[] = []): BlockRecord => ({
    id: randomUUID(),
    type,
    content,
    ...touched,
    children,
  });
  const text = (inline: string, more: JsonObject = {}): JsonObject => ({
    rich_text: richTextFromInline(inline),
    color: 'default',
    ...more,
  });
  const depthOf = (line: string) => /^\t*/.exec(line)?.[0].length ?? 0;
  const peek = () => lines[at];

  function readLevel(depth: number, closing?: string): BlockRecord[] {
    const blocks: BlockRecord[] = [];
    for (let line = peek(); line !== undefined; line = peek()) {
      if (line.trim() === '') {
        at++;
        continue;
      }
      if (closing !== undefined && line.trim() === closing) break;
      if (depthOf(line) < depth) break;
      at++;
      blocks.push(...readBlock(line.slice(depth), depth));
    }
    return blocks;
  }

  /** Lines up to the closing one, without the indentation. */
  function readUntil(closing: string, depth: number): string[] {
    const inner: string[] = [];
    for (let line = peek(); line !== undefined && line.trim() !== closing; line = peek()) {
      inner.push(line.slice(Math.min(depth, depthOf(line))));
      at++;
    }
    at++;
    return inner;
  }

  function readWrapped(depth: number, closing: string): BlockRecord[] {
    const children = readLevel(depth + 1, closing);
    if (peek()?.trim() === closing) at++;
    return children;
  }

  function readBlock(line: string, depth: number): BlockRecord[] {
    const own = readSimple(line);
    if (own !== undefined) return [{ ...own, children: readLevel(depth + 1) }];
    if (line === '---') return [make('divider', {})];
    if (line.startsWith('```')) {
      const language = line.slice(3).trim() || 'plain text';
      const code = readUntil('```', depth).join('\n');
      const [plain] = code === '' ? [] : [code];
      const rich_text = plain === undefined ? [] : richTextFromInline(plain.replace(/[\\*~`[\]<>]/g, '\\$&'));
      return [make('code', { rich_text, caption: [], language })];
    }
    if (line === '$$') return [make('equation', { expression: readUntil('$$', depth).join('\n') })];
    const image = /^!\[(.*)\]\((\S*)\)$/.exec(line);
    if (image !== null)
      return [
        make('image', {
          type: 'external',
          external: { url: image[2] ?? '' },
          caption: richTextFromInline(image[1] ?? ''),
        }),
      ];
    return (
      readTagged(line, depth) ?? [
        make('paragraph', text(line.replace(/^\\(#|-|>|\$|!|\d)/, '$1')), readLevel(depth + 1)),
      ]
    );
  }

  function readSimple(line: string): BlockRecord | undefined {
    const heading = /^(#{1,4}) (.*)$/.exec(line);
    if (heading !== null)
      return make(`heading_${heading[1]?.length}`, text(heading[2] ?? '', { is_toggleable: false }));
    const toDo = /^- \[([ x])\] (.*)$/.exec(line);
    if (toDo !== null) return make('to_do', text(toDo[2] ?? '', { checked: toDo[1] === 'x' }));
    if (/^[-*] /.test(line)) return make('bulleted_list_item', text(line.slice(2)));
    const numbered = /^\d+\. (.*)$/.exec(line);
    if (numbered !== null) return make('numbered_list_item', text(numbered[1] ?? ''));
    if (line.startsWith('> ')) return make('quote', text(line.slice(2)));
    return undefined;
  }

  function readTagged(line: string, depth: number): BlockRecord[] | undefined {
    if (line === '<details>') {
      const summary = /^\s*<summary>(.*)<\/summary>$/.exec(peek() ?? '');
      if (summary !== null) at++;
      return [make('toggle', text(summary?.[1] ?? ''), readWrapped(depth, '</details>'))];
    }
    const callout = /^<callout(?: icon="([^"]*)")?>$/.exec(line);
    if (callout !== null) {
      const first = peek()?.trim() ?? '';
      at++;
      const icon = callout[1] ? { type: 'emoji', emoji: callout[1] } : null;
      return [make('callout', text(first, { icon }), readWrapped(depth, '</callout>'))];
    }
    if (line === '<columns>') return [make('column_list', {}, readWrapped(depth, '</columns>'))];
    if (line === '<column>') return [make('column', {}, readWrapped(depth, '</column>'))];
    if (line === '<table>') return [readTable(readUntil('</table>', depth))];
    const link = /^<(bookmark|embed) url="([^"]*)"><\/\1>$/.exec(line);
    if (link !== null) return [make(link[1] ?? '', { url: link[2] ?? '', caption: [] })];
    const reference = /^<(?:page|database|meeting-notes) id="([0-9a-f-]{36})">.*<\/[a-z-]+>$/.exec(line);
    if (reference === null) return undefined;
    const known = referenced(reference[1] ?? '');
    return known === undefined ? [] : [known];
  }

  function readTable(rows: string[]): BlockRecord {
    const children = rows.map((row) => {
      const cells = [...row.matchAll(/<td>(.*?)<\/td>/g)].map((cell) => richTextFromInline(cell[1] ?? ''));
      return make('table_row', { cells });
    });
    const width = ((children[0]?.content.cells ?? []) as unknown[]).length;
    return make('table', { table_width: width, has_column_header: true, has_row_header: false }, children);
  }

  return readLevel(0);
}
