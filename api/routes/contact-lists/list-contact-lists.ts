import { listContactLists as queryContactLists } from '../../../db/queries/contact-lists-read.ts';
import { contactList, listContactListsQuery } from '../../contract/contact-list.ts';
import { listOf } from '../../contract/shape.ts';
import { defineRoute } from '../../define-route.ts';
import { decodeIdCursor, toList } from '../../paging.ts';
import { presentContactList } from '../../present.ts';

export const listContactLists = defineRoute({
  method: 'get',
  path: '/v1/contact-lists',
  summary: 'Contact lists (labels, groups)',
  tag: 'Contacts',
  auth: 'caller',
  query: listContactListsQuery,
  responses: { 200: { description: 'One page', schema: listOf(contactList) } },
  handler: async ({ deps, caller, query }) => {
    const { cursor, ...filter } = query;
    const page = await queryContactLists(deps.db, caller, { ...filter, after: decodeIdCursor(cursor) });
    return { status: 200, body: toList(page, presentContactList, ({ list }) => ({ id: list.id })) };
  },
});
