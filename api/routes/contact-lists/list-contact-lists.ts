import { listContactLists as queryContactLists } from '../../../db/queries/contacts-read.ts';
import { contactList, listContactListsQuery } from '../../contract/contact-list.ts';
import { listOf } from '../../contract/shape.ts';
import { defineRoute } from '../../define-route.ts';
import { decodeIdCursor, toList } from '../../paging.ts';
import { presentContactList } from '../../present.ts';

const present = contactList.pick({
  ...{ id: true, integrationId: true, remoteId: true, name: true, system: true, updatedAt: true },
});

export const listContactLists = defineRoute({
  method: 'get',
  path: '/v1/contact-lists',
  summary: 'Contact lists (labels, groups)',
  tag: 'Contacts',
  auth: 'caller',
  query: listContactListsQuery.omit({ archived: true }),
  responses: { 200: { description: 'One page', schema: listOf(present) } },
  handler: async ({ deps, caller, query }) => {
    const { limit, cursor, integrationId } = query;
    const page = await queryContactLists(deps.db, caller, {
      limit,
      after: decodeIdCursor(cursor),
      integrationId,
    });
    return { status: 200, body: toList(page, presentContactList, (row) => ({ id: row.id })) };
  },
});
