import { listContacts as queryContacts } from '../../../db/queries/contacts-read.ts';
import { contact, listContactsQuery } from '../../contract/contact.ts';
import { listOf } from '../../contract/shape.ts';
import { defineRoute } from '../../define-route.ts';
import { decodeIdCursor, toList } from '../../paging.ts';
import { presentContact } from '../../present.ts';

export const listContacts = defineRoute({
  method: 'get',
  path: '/v1/contacts',
  summary: 'Contacts, in the order in which they were made',
  tag: 'Contacts',
  auth: 'caller',
  query: listContactsQuery,
  responses: { 200: { description: 'One page', schema: listOf(contact) } },
  handler: async ({ deps, caller, query }) => {
    const { cursor, ...filter } = query;
    const page = await queryContacts(deps.db, caller, { ...filter, after: decodeIdCursor(cursor) });
    return { status: 200, body: toList(page, presentContact, (row) => ({ id: row.contact.id })) };
  },
});
