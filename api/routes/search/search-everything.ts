import { z } from 'zod';
import { type SearchHit as FoundRecord, searchRecords } from '../../../db/queries/search.ts';
import { searchKinds } from '../../../db/queries/search-kinds.ts';
import { type SearchHit, searchHit, searchQuery } from '../../contract/search.ts';
import { listOf } from '../../contract/shape.ts';
import { defineRoute } from '../../define-route.ts';
import { decodeCursor, encodeCursor } from '../../paging.ts';
import { highlight, splitWords } from '../../search-text.ts';

/** Ranks change as records do, so pages go by number, and not for ever. */
const position = z.strictObject({ offset: z.int().min(1).max(1000) });

export const searchEverything = defineRoute({
  method: 'get',
  path: '/v1/search',
  summary: 'Full text over contacts, events, tasks and documents, the best first',
  description:
    'Every word has to stand in the record; the title counts most. What is not shown elsewhere (archived, cancelled, unticked, out of reach) is not found.',
  tag: 'Search',
  auth: 'caller',
  query: searchQuery,
  responses: { 200: { description: 'One page', schema: listOf(searchHit) } },
  handler: async ({ deps, caller, query }) => {
    const words = splitWords(query.q);
    if (words.length === 0) return { status: 200, body: { data: [], nextCursor: null } };
    const { limit } = query;
    const offset = query.cursor === undefined ? 0 : decodeCursor(query.cursor, position).offset;
    const kinds = query.type ?? searchKinds;
    const found = await searchRecords(deps.db, caller, { words, kinds, limit, offset });
    const next = offset + limit;
    return {
      status: 200,
      body: {
        data: found.slice(0, limit).map((hit) => presentHit(hit, words)),
        nextCursor: found.length > limit && next <= 1000 ? encodeCursor({ offset: next }) : null,
      },
    };
  },
});

function presentHit(hit: FoundRecord, words: readonly string[]): SearchHit {
  const title = highlight(hit.title, words);
  const text = highlight(hit.body, words);
  return {
    type: hit.kind,
    id: hit.id,
    ...(hit.integrationId === null ? {} : { integrationId: hit.integrationId }),
    title: hit.title,
    ...(hit.url === null ? {} : { url: hit.url }),
    ...(hit.start === null ? {} : { start: hit.start }),
    score: hit.rank,
    highlights: [
      ...(title.found ? [{ field: 'title' as const, html: title.html }] : []),
      ...(text.html === '' ? [] : [{ field: 'text' as const, html: text.html }]),
    ],
    updatedAt: hit.updatedAt,
  };
}
