import { contactList } from '../../contract/contact-list.ts';
import { defineRoute } from '../../define-route.ts';
import { editContactList } from '../../edit-contact-list.ts';
import { etagOf } from '../../precondition.ts';
import { contactListParams } from './contact-list-params.ts';

export const restoreContactList = defineRoute({
  method: 'post',
  path: '/v1/contact-lists/{id}/restore',
  summary: 'Restore an archived contact list',
  description: 'One that is not archived stays as it is.',
  tag: 'Contacts',
  auth: 'caller',
  params: contactListParams,
  responses: {
    200: { description: 'The list', schema: contactList, headers: { ETag: 'Its version, quoted' } },
  },
  problems: [412],
  handler: async ({ deps, caller, params, req }) => {
    const change = { archivedAt: null };
    const list = await editContactList(deps, caller, params.id, { action: 'restore', change, req });
    return { status: 200, headers: { ETag: etagOf(list) }, body: list };
  },
});
