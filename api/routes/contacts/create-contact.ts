import { recordAudit } from '../../../db/queries/audit.ts';
import { insertContact } from '../../../db/queries/contact-edits.ts';
import { transact } from '../../../db/transact.ts';
import { createContact as requestBody, writtenContact } from '../../contract/contact.ts';
import { defineRoute } from '../../define-route.ts';
import { contactHeaders, describeWritten, refuseTooMany } from '../../edit-contact.ts';
import { fieldsOf } from '../../read-pair.ts';
import { requireUser } from '../../require-user.ts';
import { tellPlanners } from '../../tell-planners.ts';

export const createContact = defineRoute({
  method: 'post',
  path: '/v1/contacts',
  summary: 'Create a contact',
  description:
    'It is made at one account of its user: of those that contacts go to, the one that was connected first. With the same Idempotency-Key a repeat gives the same contact.',
  tag: 'Contacts',
  auth: 'caller',
  body: requestBody,
  responses: {
    201: {
      description: 'The contact',
      schema: writtenContact,
      headers: { ETag: 'Its version, quoted', Location: 'Where it is' },
    },
  },
  handler: async ({ deps, caller, body, newId }) => {
    const userId = requireUser(caller);
    const { workspaceId, actor } = caller;
    const id = newId('con');
    const { contact, integrationIds } = await transact(deps.db, async (tx) => {
      const inserted = await insertContact(tx, { id, workspaceId, userId, change: body });
      refuseTooMany(inserted.contact);
      const values = Object.entries(fieldsOf(inserted.contact));
      const fields = values.flatMap(([field, value]) => (value === null ? [] : [field]));
      await recordAudit(tx, {
        ...{ workspaceId, actor, action: 'contact.create', target: id, details: { fields } },
      });
      return inserted;
    });
    tellPlanners(deps, contact, integrationIds);
    const written = await describeWritten(deps, caller, contact, { fields: [], archived: false });
    return {
      status: 201,
      headers: { ...contactHeaders(written), Location: `/v1/contacts/${id}` },
      body: written,
    };
  },
});
