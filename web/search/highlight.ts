/** Reads the API's highlights (escaped text with <mark>) as pieces of plain text, so that no HTML is inserted. Pure. */

export interface Piece {
  readonly text: string;
  readonly marked: boolean;
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  '#x27': "'",
};

const unescapeText = (html: string): string =>
  html.replace(/&(amp|lt|gt|quot|#39|#x27);/g, (whole, name: string) => entities[name] ?? whole);

export function readHighlight(html: string): Piece[] {
  return html
    .split(/(<mark>.*?<\/mark>)/s)
    .filter((part) => part !== '')
    .map((part) => {
      const marked = part.startsWith('<mark>') && part.endsWith('</mark>');
      return { marked, text: unescapeText(marked ? part.slice(6, -7) : part) };
    });
}

/** An excerpt of Markdown without its signs: the words of links and pictures, neither addresses nor tags, boxes or lines of tables. */
export function plainExcerpt(html: string): string {
  return html
    .replace(/!?\[([^\]]*)\]\([^)]*(?:\)|$)/g, '$1')
    .replace(/&lt;\/?[a-z][a-z-]*(?:\s(?:(?!&gt;).)*)?&gt;/gi, '')
    .replace(/(^|\s)#{1,6}\s+/g, '$1')
    .replace(/(^|\s)[-*+]\s+\[[ x]\](?=\s)/gi, '$1')
    .replace(/\|(?:\s*:?-{3,}:?\s*\|?)+/g, '|')
    .replace(/(^|\s)\|(?=\s|$)/g, '$1')
    .replace(/\*\*|__|~~|`+|\$\$/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
