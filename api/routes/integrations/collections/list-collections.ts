import { listCollections as queryCollections } from '../../../../db/queries/collections-read.ts';
import { collection, listCollectionsQuery } from '../../../contract/collection.ts';
import { listOf } from '../../../contract/shape.ts';
import { defineRoute } from '../../../define-route.ts';
import { decodeIdCursor, toList } from '../../../paging.ts';
import { presentCollection } from '../../../present.ts';
import { integrationParams, requireIntegration } from '../../../require-integration.ts';

export const listCollections = defineRoute({
  method: 'get',
  path: '/v1/integrations/{id}/collections',
  summary: 'What can be ticked: calendars, teams, data sources',
  tag: 'Collections',
  auth: 'caller',
  params: integrationParams,
  query: listCollectionsQuery,
  responses: { 200: { description: 'One page, the primary one first', schema: listOf(collection) } },
  handler: async ({ deps, caller, params, query }) => {
    const { id } = await requireIntegration(deps, caller, params.id);
    const page = await queryCollections(deps.db, id, {
      limit: query.limit,
      after: decodeIdCursor(query.cursor),
    });
    return { status: 200, body: toList(page, presentCollection, (row) => ({ id: row.id })) };
  },
});
