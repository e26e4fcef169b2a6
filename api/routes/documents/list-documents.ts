import { z } from 'zod';
import { listDocuments as queryDocuments } from '../../../db/queries/documents-read.ts';
import { document, listDocumentsQuery } from '../../contract/document.ts';
import { instant, listOf, resourceId } from '../../contract/shape.ts';
import { defineRoute } from '../../define-route.ts';
import { decodeCursor, toList } from '../../paging.ts';
import { presentDocument } from '../../present.ts';

const position = z.strictObject({ lastEditedAt: instant, id: resourceId });

export const listDocuments = defineRoute({
  method: 'get',
  path: '/v1/documents',
  summary: 'Documents, the last edited first',
  description:
    'Those of unticked collections are left out, and so are those that the provider no longer lets Harmony read.',
  tag: 'Documents',
  auth: 'caller',
  query: listDocumentsQuery,
  responses: { 200: { description: 'One page', schema: listOf(document) } },
  handler: async ({ deps, caller, query }) => {
    const page = await queryDocuments(deps.db, caller, {
      limit: query.limit,
      after: query.cursor === undefined ? undefined : decodeCursor(query.cursor, position),
      integrationId: query.integrationId,
      collectionId: query.collectionId,
      withContent: query.content,
    });
    const body = toList(page, presentDocument, ({ remoteUpdatedAt, id }) => ({
      lastEditedAt: remoteUpdatedAt,
      id,
    }));
    return { status: 200, body };
  },
});
