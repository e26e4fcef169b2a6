import { contactList } from '../../contract/contact-list.ts';
import { defineRoute } from '../../define-route.ts';
import { editContactList } from '../../edit-contact-list.ts';
import { etagOf } from '../../precondition.ts';
import { contactListParams } from './contact-list-params.ts';

export const archiveContactList = defineRoute({
  method: 'delete',
  path: '/v1/contact-lists/{id}',
  summary: 'Archive a contact list',
  description:
    'Its contacts stay, and a two-way sync removes the group at the provider. It can be restored with its members. If-Match as with contacts.',
  tag: 'Contacts',
  auth: 'caller',
  params: contactListParams,
  responses: {
    200: { description: 'The list', schema: contactList, headers: { ETag: 'Its version, quoted' } },
  },
  problems: [412],
  handler: async ({ deps, caller, params, req }) => {
    const change = { archivedAt: new Date().toISOString() };
    const list = await editContactList(deps, caller, params.id, { action: 'archive', change, req });
    return { status: 200, headers: { ETag: etagOf(list) }, body: list };
  },
});
