import { z } from 'zod';
import { findDocument } from '../../../db/queries/documents-read.ts';
import { document } from '../../contract/document.ts';
import { resourceId } from '../../contract/shape.ts';
import { defineRoute } from '../../define-route.ts';
import { presentDocument } from '../../present.ts';
import { notFound } from '../../problem.ts';

export const getDocument = defineRoute({
  method: 'get',
  path: '/v1/documents/{id}',
  summary: 'One document with its content',
  tag: 'Documents',
  auth: 'caller',
  params: z.object({ id: resourceId }),
  responses: { 200: { description: 'The document', schema: document } },
  handler: async ({ deps, caller, params }) => {
    const found = await findDocument(deps.db, caller, params.id);
    if (found === undefined) throw notFound('document');
    return { status: 200, body: presentDocument(found) };
  },
});
