import { findContact } from '../../../db/queries/contacts-read.ts';
import { contact, getContactQuery } from '../../contract/contact.ts';
import { defineRoute } from '../../define-route.ts';
import { etagOf } from '../../precondition.ts';
import { presentContact } from '../../present.ts';
import { contactArchived, notFound } from '../../problem.ts';
import { contactParams } from './contact-params.ts';

export const getContact = defineRoute({
  method: 'get',
  path: '/v1/contacts/{id}',
  summary: 'One contact',
  tag: 'Contacts',
  auth: 'caller',
  params: contactParams,
  query: getContactQuery,
  responses: {
    200: { description: 'The contact', schema: contact, headers: { ETag: 'Its version, quoted' } },
  },
  handler: async ({ deps, caller, params, query }) => {
    const found = await findContact(deps.db, caller, params.id);
    if (found === undefined) throw notFound('contact');
    if (found.contact.archivedAt !== null && !query.includeArchived) throw contactArchived(params.id);
    return {
      status: 200,
      headers: { ETag: etagOf(found.contact) },
      body: presentContact(found),
    };
  },
});
