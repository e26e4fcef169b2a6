/** What became of pages that a listing lacked, by a call each. */
import { isFullPage, type PageObjectResponse } from '@notionhq/client';
import { type Absence, type GoneRequest, ProviderError } from '../contract/index.ts';
import { loosePages } from './collections.ts';
import { isLoose } from './list-loose.ts';
import { callsAtOnce, type Notion } from './transport.ts';

/** Few enough for one window of Notion's limit to hold them. */
export const confirmAtOnce = 50;

type Fate = 'there' | 'gone' | 'lost';

export async function confirmPagesGone(
  notion: Notion,
  { collection, remoteIds, signal }: GoneRequest,
): Promise<Absence> {
  const fates = new Map<string, Fate>();
  for (let at = 0; at < remoteIds.length; at += callsAtOnce) {
    const slice = remoteIds.slice(at, at + callsAtOnce);
    await Promise.all(
      slice.map(async (id) => fates.set(id, await fateOf(notion, { id, collection, signal }))),
    );
  }
  const having = (fate: Fate) => remoteIds.filter((id) => fates.get(id) === fate);
  return { gone: having('gone'), lost: having('lost') };
}

function isIn(collection: string | undefined, page: PageObjectResponse): boolean {
  if (collection === undefined) return true;
  if (collection === loosePages) return isLoose(page);
  return page.parent.type === 'data_source_id' && page.parent.data_source_id === collection;
}

/** In the trash or moved elsewhere it is gone from here. 404 says only that it is not shared with us (any more). */
async function fateOf(
  notion: Notion,
  page: { readonly id: string; readonly collection: string | undefined; readonly signal: AbortSignal },
): Promise<Fate> {
  try {
    const found = await notion(page.signal, (client) => client.pages.retrieve({ page_id: page.id }));
    if (!isFullPage(found)) return 'there';
    if (found.in_trash) return 'gone';
    return isIn(page.collection, found) ? 'there' : 'gone';
  } catch (error) {
    if (error instanceof ProviderError && error.kind === 'not_found') return 'lost';
    throw error;
  }
}
