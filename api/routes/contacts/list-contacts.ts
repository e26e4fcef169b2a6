import { z } from 'zod';
import { type LinkedContact, listContacts as queryContacts } from '../../../db/queries/contacts-read.ts';
import { contact, listContactsQuery } from '../../contract/contact.ts';
import { listOf, resourceId } from '../../contract/shape.ts';
import { defineRoute } from '../../define-route.ts';
import { decodeCursor, toList } from '../../paging.ts';
import { presentContact } from '../../present.ts';

/** Where a page ends. */
const positions = {
  created: z.strictObject({ id: resourceId }),
  name: z.strictObject({ id: resourceId, sortName: z.string() }),
};

export const listContacts = defineRoute({
  method: 'get',
  path: '/v1/contacts',
  summary: 'Contacts, in the order in which they were made or by name',
  description:
    'Whoever is renamed while pages are read can turn up twice or not at all; everybody else comes once.',
  tag: 'Contacts',
  auth: 'caller',
  query: listContactsQuery,
  responses: { 200: { description: 'One page', schema: listOf(contact) } },
  handler: async ({ deps, caller, query }) => {
    const { cursor, order, ...filter } = query;
    const after = cursor === undefined ? undefined : decodeCursor(cursor, positions[order]);
    const page = await queryContacts(deps.db, caller, { ...filter, order, after });
    const positionOf = ({ contact: { id, sortName } }: LinkedContact) =>
      order === 'name' ? { id, sortName } : { id };
    return { status: 200, body: toList(page, presentContact, positionOf) };
  },
});
