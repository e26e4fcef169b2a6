import { contactList, writeContactList } from '../../contract/contact-list.ts';
import { defineRoute } from '../../define-route.ts';
import { editContactList } from '../../edit-contact-list.ts';
import { etagOf } from '../../precondition.ts';
import { contactListParams } from './contact-list-params.ts';

export const renameContactList = defineRoute({
  method: 'patch',
  path: '/v1/contact-lists/{id}',
  summary: 'Rename a contact list',
  description: 'If-Match is honoured as with contacts.',
  tag: 'Contacts',
  auth: 'caller',
  params: contactListParams,
  body: writeContactList,
  responses: {
    200: { description: 'The list', schema: contactList, headers: { ETag: 'Its version, quoted' } },
  },
  problems: [412],
  handler: async ({ deps, caller, params, body, req }) => {
    const change = body;
    const list = await editContactList(deps, caller, params.id, { action: 'rename', change, req });
    return { status: 200, headers: { ETag: etagOf(list) }, body: list };
  },
});
