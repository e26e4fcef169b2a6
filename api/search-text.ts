/** Words of a search, and how they are shown in what was found. Folding is that of `search_text` in Postgres, nearly. */

const wordForm = /[\p{L}\p{N}\p{M}]+/gu;

/** More words than this narrow nothing down any further. */
const wordsAtMost = 12;

/** Letters and digits only; empty where there are none. */
export const splitWords = (query: string): string[] => (query.match(wordForm) ?? []).slice(0, wordsAtMost);

const fold = (word: string): string => word.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

const charactersShown = 240;
const charactersBefore = 60;

/**
 * A piece of the text around the first word that was searched, escaped, with all of them in `<mark>`; the beginning of the
 * text where none is found. The last word searched counts where a word begins with it.
 */
export function highlight(text: string, words: readonly string[]): { html: string; found: boolean } {
  const folded = words.map(fold);
  const last = folded.at(-1) ?? '';
  const matches = [...text.matchAll(wordForm)].filter(([word]) => {
    const known = fold(word);
    return folded.includes(known) || (last !== '' && known.startsWith(last));
  });
  const start = pieceStart(text, matches[0]?.index ?? 0);
  const end = Math.min(text.length, start + charactersShown);
  let html = start > 0 ? '…' : '';
  let at = start;
  for (const { 0: word, index } of matches) {
    if (index < at || index + word.length > end) continue;
    html += `${escapeHtml(text.slice(at, index))}<mark>${escapeHtml(word)}</mark>`;
    at = index + word.length;
  }
  html += escapeHtml(text.slice(at, end)) + (end < text.length ? '…' : '');
  return { html: html.replace(/\s+/g, ' ').trim(), found: matches.length > 0 };
}

/** A little before the match, at the beginning of a word. */
function pieceStart(text: string, matchAt: number): number {
  if (matchAt <= charactersBefore) return 0;
  const from = matchAt - charactersBefore;
  const blank = text.slice(from, matchAt).search(/\s/);
  return blank === -1 ? matchAt : from + blank + 1;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
