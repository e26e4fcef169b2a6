/** The pages of one data source, all or those edited since: https://developers.notion.com/reference/query-a-data-source */
import { isFullPage, type QueryDataSourceResponse } from '@notionhq/client';
import type { FetchRequest, RecordPage } from '../contract/index.ts';
import { type Full, type Increment, restAfter, writeCursor } from './cursor.ts';
import { pageOf, trashedOf } from './page-of.ts';
import type { Notion } from './transport.ts';

/** As many as Notion gives in one answer. */
const pageSize = 100;

/**
 * In the order of creation. One query ends after 10,000 rows, so the next one begins with the minute in which the last
 * row was made: its rows come twice, which changes nothing.
 */
export async function listAllRows(
  notion: Notion,
  dataSourceId: string,
  at: Full,
  request: FetchRequest,
): Promise<RecordPage> {
  const answer = await notion(request.signal, (client) =>
    client.dataSources.query({
      data_source_id: dataSourceId,
      page_size: pageSize,
      sorts: [{ timestamp: 'created_time', direction: 'ascending' }],
      ...(at.from === undefined
        ? {}
        : { filter: { timestamp: 'created_time', created_time: { on_or_after: at.from } } }),
      ...(at.next === undefined ? {} : { start_cursor: at.next }),
    }),
  );
  const pages = answer.results.filter(isFullPage);
  return pageOf(notion, request, { at, pages, following: () => followingRows(at, answer) });
}

function followingRows(at: Full, answer: QueryDataSourceResponse): RecordPage['next'] {
  const { start, from } = at;
  if (answer.next_cursor !== null && answer.has_more) {
    const window = from === undefined ? {} : { from };
    return {
      kind: 'more',
      cursor: writeCursor({ kind: 'full', start, ...window, next: answer.next_cursor }),
    };
  }
  const last = answer.results.filter(isFullPage).at(-1)?.created_time;
  if (answer.request_status?.type === 'incomplete' && last !== undefined) {
    return { kind: 'more', cursor: writeCursor({ kind: 'full', start, from: nextWindow(from, last) }) };
  }
  return { kind: 'done', cursor: restAfter(at) };
}

/** A window that would begin where this one did ends with the minute: nothing tells its further rows apart. */
function nextWindow(from: string | undefined, last: string): string {
  return last === from ? new Date(Date.parse(last) + 60_000).toISOString() : last;
}

/** What was edited since, the living and then the trashed. */
export async function listEditedRows(
  notion: Notion,
  dataSourceId: string,
  at: Increment,
  request: FetchRequest,
): Promise<RecordPage> {
  const query = (part: Increment['part'], next: string | undefined) =>
    notion(request.signal, (client) =>
      client.dataSources.query({
        data_source_id: dataSourceId,
        page_size: pageSize,
        filter: { timestamp: 'last_edited_time', last_edited_time: { on_or_after: at.since } },
        sorts: [{ timestamp: 'last_edited_time', direction: 'ascending' }],
        ...(part === 'trashed' ? { in_trash: true } : {}),
        ...(next === undefined ? {} : { start_cursor: next }),
      }),
    );
  const living = at.part === 'living' ? await query('living', at.next) : undefined;
  const livingEnds = living === undefined || !living.has_more;
  const trashed = livingEnds
    ? await query('trashed', at.part === 'trashed' ? at.next : undefined)
    : undefined;
  const deletions = await trashedOf(request, trashed?.results.filter(isFullPage) ?? []);
  const page = await pageOf(notion, request, {
    at,
    pages: living?.results.filter(isFullPage) ?? [],
    following: () => followingEdits(at, living, trashed),
  });
  return { ...page, deletions };
}

function followingEdits(
  at: Increment,
  living: QueryDataSourceResponse | undefined,
  trashed: QueryDataSourceResponse | undefined,
): RecordPage['next'] {
  const { start, since } = at;
  const more = (
    part: Increment['part'],
    answer: QueryDataSourceResponse,
    from = since,
  ): RecordPage['next'] => ({
    kind: 'more',
    cursor: writeCursor({
      kind: 'increment',
      start,
      since: from,
      part,
      ...(answer.has_more && answer.next_cursor !== null ? { next: answer.next_cursor } : {}),
    }),
  });
  if (living?.has_more === true) return more('living', living);
  const last = living?.results.filter(isFullPage).at(-1)?.last_edited_time;
  if (living?.request_status?.type === 'incomplete' && last !== undefined)
    return more('living', living, nextWindow(since, last));
  if (trashed?.has_more === true) return more('trashed', trashed);
  return { kind: 'done', cursor: restAfter(at) };
}
