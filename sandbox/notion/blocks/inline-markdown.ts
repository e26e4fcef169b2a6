/** Rich text to inline Markdown and back. Mentions and inline equations become text. */
import type { JsonObject, RichText } from '../records.ts';
import { type Style, textRun } from '../rich-text.ts';

export function inlineFromRichText(items: readonly RichText[]): string {
  return items.map(renderRun).join('');
}

function renderRun(item: RichText): string {
  const marks = item.annotations as JsonObject;
  if (marks.code) return `\`${item.plain_text}\``;
  const [, before = '', inner = '', after = ''] = /^(\s*)([\s\S]*?)(\s*)$/.exec(item.plain_text) ?? [];
  let text = escapeInline(inner);
  if (text !== '') {
    if (marks.bold) text = `**${text}**`;
    if (marks.italic) text = `*${text}*`;
    if (marks.strikethrough) text = `~~${text}~~`;
    if (typeof item.href === 'string') text = `[${text}](${item.href})`;
  }
  return `${before}${text}${after}`;
}

function escapeInline(text: string): string {
  return text.replace(/[\\*~`[\]<>]/g, '\\$&').replaceAll('\n', '<br>');
}

const run =
  /\\([\\*~`[\]<>$])|`([^`]+)`|\[((?:\\.|[^\]\\])*)\]\(([^)\s]*)\)|\*\*((?:\\.|[^\\])+?)\*\*(?!\*)|\*((?:\\.|[^*\\])+?)\*|~~((?:\\.|[^\\])+?)~~|<br>/;

export function richTextFromInline(markdown: string, style: Style = {}): RichText[] {
  const items: RichText[] = [];
  let plain = '';
  const flush = () => {
    for (let i = 0; i < plain.length; i += 2000) items.push(textRun(plain.slice(i, i + 2000), style));
    plain = '';
  };
  let rest = markdown;
  while (rest !== '') {
    const found = run.exec(rest);
    if (found === null) {
      plain += rest;
      break;
    }
    plain += rest.slice(0, found.index);
    rest = rest.slice(found.index + found[0].length);
    const [whole, escaped, code, label, href, bold, italic, struck] = found;
    if (escaped !== undefined) plain += escaped;
    else if (whole === '<br>') plain += '\n';
    else {
      flush();
      if (code !== undefined) items.push(textRun(code, { ...style, code: true }));
      else if (label !== undefined) items.push(...richTextFromInline(label, { ...style, link: href ?? '' }));
      else if (bold !== undefined) items.push(...richTextFromInline(bold, { ...style, bold: true }));
      else if (italic !== undefined) items.push(...richTextFromInline(italic, { ...style, italic: true }));
      else items.push(...richTextFromInline(struck ?? '', { ...style, strikethrough: true }));
    }
  }
  flush();
  return items;
}
