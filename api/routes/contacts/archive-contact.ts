import { writtenContact } from '../../contract/contact.ts';
import { defineRoute } from '../../define-route.ts';
import { contactHeaders, editContact } from '../../edit-contact.ts';
import { contactParams } from './contact-params.ts';

export const archiveContact = defineRoute({
  method: 'delete',
  path: '/v1/contacts/{id}',
  summary: 'Archive a contact',
  description:
    'It leaves every list and search, and a two-way sync deletes it at the provider. It can be restored. If-Match as with PATCH.',
  tag: 'Contacts',
  auth: 'caller',
  params: contactParams,
  responses: {
    200: {
      description: 'The archived contact',
      schema: writtenContact,
      headers: { ETag: 'Its version, quoted' },
    },
  },
  problems: [412],
  handler: async ({ deps, caller, params, req }) => {
    const change = { archivedAt: new Date().toISOString() };
    const written = await editContact(deps, caller, params.id, { action: 'archive', change, req });
    return { status: 200, headers: contactHeaders(written), body: written };
  },
});
