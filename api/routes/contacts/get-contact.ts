import { z } from 'zod';
import { findContact } from '../../../db/queries/contacts-read.ts';
import { contact } from '../../contract/contact.ts';
import { resourceId } from '../../contract/shape.ts';
import { defineRoute } from '../../define-route.ts';
import { presentContact } from '../../present.ts';
import { notFound } from '../../problem.ts';

export const getContact = defineRoute({
  method: 'get',
  path: '/v1/contacts/{id}',
  summary: 'One contact',
  tag: 'Contacts',
  auth: 'caller',
  params: z.object({ id: resourceId }),
  responses: {
    200: { description: 'The contact', schema: contact, headers: { ETag: 'Its version, quoted' } },
  },
  handler: async ({ deps, caller, params }) => {
    const found = await findContact(deps.db, caller, params.id);
    if (found === undefined) throw notFound('contact');
    return {
      status: 200,
      headers: { ETag: `"${found.contact.version}"` },
      body: presentContact(found),
    };
  },
});
