/**
 * Pages that are in no data source. Only search lists them, rows among them, late and perhaps not all, so what it lacks is
 * asked for by id before it counts as gone: https://developers.notion.com/reference/search-optimizations-and-limitations
 */
import { isFullPage, type PageObjectResponse, type SearchResponse } from '@notionhq/client';
import type { FetchRequest, RecordPage } from '../contract/index.ts';
import { type Full, type Increment, restAfter, writeCursor } from './cursor.ts';
import { pageOf, trashedOf } from './page-of.ts';
import type { Notion } from './transport.ts';

export const isLoose = ({ parent }: PageObjectResponse): boolean =>
  parent.type !== 'data_source_id' && parent.type !== 'database_id';

interface Search {
  readonly direction: 'ascending' | 'descending';
  readonly next: string | undefined;
  readonly inTrash?: boolean;
}

function search(notion: Notion, signal: AbortSignal, order: Search): Promise<SearchResponse> {
  return notion(signal, (client) =>
    client.search({
      page_size: 100,
      sort: { timestamp: 'last_edited_time', direction: order.direction },
      filter: {
        property: 'object',
        value: 'page',
        ...(order.inTrash === true ? { in_trash: true } : {}),
      },
      ...(order.next === undefined ? {} : { start_cursor: order.next }),
    }),
  );
}

/** Newest first; where a search ends after its 10,000 results, the rest comes oldest first, up to where the first ended. */
export async function listAllLoose(notion: Notion, at: Full, request: FetchRequest): Promise<RecordPage> {
  const second = at.from !== undefined;
  const direction = second ? 'ascending' : 'descending';
  const answer = await search(notion, request.signal, { direction, next: at.next });
  const pages = answer.results.filter(isFullPage);
  return pageOf(notion, request, {
    at,
    pages: pages.filter(isLoose),
    following: () => followingLoose(at, answer, pages),
  });
}

function followingLoose(
  at: Full,
  answer: SearchResponse,
  pages: readonly PageObjectResponse[],
): RecordPage['next'] {
  const { start, from } = at;
  const last = pages.at(-1)?.last_edited_time;
  const met = from !== undefined && last !== undefined && last > from;
  if (answer.has_more && answer.next_cursor !== null && !met) {
    const pass = from === undefined ? {} : { from };
    return { kind: 'more', cursor: writeCursor({ kind: 'full', start, ...pass, next: answer.next_cursor }) };
  }
  if (answer.request_status?.type === 'incomplete' && from === undefined && last !== undefined)
    return { kind: 'more', cursor: writeCursor({ kind: 'full', start, from: last }) };
  return { kind: 'done', cursor: restAfter(at) };
}

/** Search knows no filter by time: newest first, until one was edited before. */
export async function listEditedLoose(
  notion: Notion,
  at: Increment,
  request: FetchRequest,
): Promise<RecordPage> {
  const find = async (part: Increment['part'], next: string | undefined) => {
    const inTrash = part === 'trashed';
    const answer = await search(notion, request.signal, { direction: 'descending', next, inTrash });
    const pages = answer.results.filter(isFullPage);
    const edited = pages.filter((page) => Date.parse(page.last_edited_time) >= Date.parse(at.since));
    const more = edited.length === pages.length && answer.has_more ? answer.next_cursor : null;
    return { pages: edited.filter(isLoose), more };
  };
  const living = at.part === 'living' ? await find('living', at.next) : undefined;
  const trashed =
    living === undefined || living.more === null
      ? await find('trashed', at.part === 'trashed' ? at.next : undefined)
      : undefined;
  const deletions = await trashedOf(request, trashed?.pages ?? []);
  const { start, since } = at;
  const page = await pageOf(notion, request, {
    at,
    pages: living?.pages ?? [],
    following: () => {
      const part = living?.more ? ('living' as const) : ('trashed' as const);
      const next = living?.more ?? trashed?.more;
      return next
        ? { kind: 'more', cursor: writeCursor({ kind: 'increment', start, since, part, next }) }
        : { kind: 'done', cursor: restAfter(at) };
    },
  });
  return { ...page, deletions };
}
