import { patchContact, writtenContact } from '../../contract/contact.ts';
import { defineRoute } from '../../define-route.ts';
import { contactHeaders, editContact } from '../../edit-contact.ts';
import { contactParams } from './contact-params.ts';

export const changeContact = defineRoute({
  method: 'patch',
  path: '/v1/contacts/{id}',
  summary: 'Change a contact',
  description:
    'With If-Match, only that version is changed (412 otherwise); without, the last one to write wins. Fields that only flow from a provider can be changed, but its value comes back with the next sync; `warnings` names them.',
  tag: 'Contacts',
  auth: 'caller',
  params: contactParams,
  body: patchContact,
  responses: {
    200: {
      description: 'The contact; the same version where nothing changed',
      schema: writtenContact,
      headers: { ETag: 'Its version, quoted' },
    },
  },
  problems: [412],
  handler: async ({ deps, caller, params, body, req }) => {
    const written = await editContact(deps, caller, params.id, { action: 'change', change: body, req });
    return { status: 200, headers: contactHeaders(written), body: written };
  },
});
