/** A page's content in Markdown: https://developers.notion.com/reference/retrieve-page-markdown */
import { ProviderError } from '../contract/index.ts';
import type { Notion } from './transport.ts';

/** Calls for the parts of one page; a minute has 180 for everything. */
const partsAtMost = 30;
/** No further part is asked for after this time: an activity has three minutes. */
const askForMs = 45_000;

/**
 * Of a long page Notion leaves blocks out and names them: they are asked for by themselves and stand at the end. Those that
 * are not shared with us are named too, and answer 404.
 */
export async function readContent(notion: Notion, pageId: string, signal: AbortSignal): Promise<string> {
  const ask = async (id: string) => {
    const answer = await notion(signal, (client) => client.pages.retrieveMarkdown({ page_id: id }));
    return { text: answer.markdown, leftOut: answer.truncated ? answer.unknown_block_ids : [] };
  };
  const endAtMs = Date.now() + askForMs;
  const page = await ask(pageId);
  const parts = [page.text];
  const asked = new Set([pageId]);
  const waiting = [...page.leftOut];
  for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
    if (asked.has(id)) continue;
    if (asked.size > partsAtMost || Date.now() > endAtMs) break;
    asked.add(id);
    const part = await ask(id).catch(withoutRefused);
    if (part === undefined) continue;
    parts.push(part.text);
    waiting.unshift(...part.leftOut);
  }
  return parts.filter((text, at) => at === 0 || text !== '').join('\n');
}

function withoutRefused(error: unknown): undefined {
  if (error instanceof ProviderError && ['not_found', 'invalid_request'].includes(error.kind)) return;
  throw error;
}
