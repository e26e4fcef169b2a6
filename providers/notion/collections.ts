/** What a person ticks: each data source that is shared with Harmony, and all pages that are in none as one more. */
import { type GetDataSourceResponse, isFullDataSource, type SearchResponse } from '@notionhq/client';
import { ProviderError, type RemoteCollection } from '../contract/index.ts';
import { plainText } from './property-values.ts';
import type { Notion } from './transport.ts';

/** Stands for the pages outside data sources: Notion has no list of them but its search. */
export const loosePages = 'loose-pages';

/**
 * Search lists data sources, but lags and may leave some out, so those that we know and it lacks are asked for one by
 * one. A person chose them in Notion's own picker, so all start ticked.
 */
export async function listCollections(
  notion: Notion,
  signal: AbortSignal,
  known: readonly string[],
): Promise<RemoteCollection[]> {
  const found = new Map<string, RemoteCollection>();
  const add = (source: GetDataSourceResponse | undefined) => {
    if (source === undefined || !isFullDataSource(source) || source.in_trash) return;
    const name = plainText(source.title) || 'Untitled';
    found.set(source.id, { remoteId: source.id, name, subscribedByDefault: true });
  };
  let cursor: string | null = null;
  do {
    const page: string | null = cursor;
    const answer: SearchResponse = await notion(signal, (client) =>
      client.search({
        filter: { property: 'object', value: 'data_source' },
        page_size: 100,
        ...(page === null ? {} : { start_cursor: page }),
      }),
    );
    for (const result of answer.results) if (result.object === 'data_source') add(result);
    cursor = answer.has_more ? answer.next_cursor : null;
  } while (cursor !== null);
  for (const id of known) {
    if (id !== loosePages && !found.has(id)) add(await findDataSource(notion, signal, id));
  }
  const loose = { remoteId: loosePages, name: 'Pages outside databases', subscribedByDefault: true };
  return [...found.values(), loose];
}

/** undefined where it does not exist or is no longer shared. */
async function findDataSource(
  notion: Notion,
  signal: AbortSignal,
  id: string,
): Promise<GetDataSourceResponse | undefined> {
  try {
    return await notion(signal, (client) => client.dataSources.retrieve({ data_source_id: id }));
  } catch (error) {
    if (error instanceof ProviderError && error.kind === 'not_found') return undefined;
    throw error;
  }
}
