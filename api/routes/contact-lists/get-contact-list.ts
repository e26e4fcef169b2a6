import { contactList } from '../../contract/contact-list.ts';
import { defineRoute } from '../../define-route.ts';
import { describeContactList, requireContactList } from '../../edit-contact-list.ts';
import { etagOf } from '../../precondition.ts';
import { contactListParams } from './contact-list-params.ts';

export const getContactList = defineRoute({
  method: 'get',
  path: '/v1/contact-lists/{id}',
  summary: 'One contact list',
  description: 'Its members: GET /v1/contacts?listId=.',
  tag: 'Contacts',
  auth: 'caller',
  params: contactListParams,
  responses: {
    200: { description: 'The list', schema: contactList, headers: { ETag: 'Its version, quoted' } },
  },
  handler: async ({ deps, caller, params }) => {
    await requireContactList(deps, caller, params.id);
    const body = await describeContactList(deps, caller, params.id);
    return { status: 200, headers: { ETag: etagOf(body) }, body };
  },
});
