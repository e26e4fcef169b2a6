import { writtenContact } from '../../contract/contact.ts';
import { defineRoute } from '../../define-route.ts';
import { contactHeaders, editContact } from '../../edit-contact.ts';
import { contactParams } from './contact-params.ts';

export const restoreContact = defineRoute({
  method: 'post',
  path: '/v1/contacts/{id}/restore',
  summary: 'Restore an archived contact',
  description: 'One that is not archived stays as it is. If-Match as with PATCH.',
  tag: 'Contacts',
  auth: 'caller',
  params: contactParams,
  responses: {
    200: { description: 'The contact', schema: writtenContact, headers: { ETag: 'Its version, quoted' } },
  },
  problems: [412],
  handler: async ({ deps, caller, params, req }) => {
    const change = { archivedAt: null };
    const written = await editContact(deps, caller, params.id, { action: 'restore', change, req });
    return { status: 200, headers: contactHeaders(written), body: written };
  },
});
