import { findMakers, listEdits, listJournal } from '../../../db/queries/contact-journal.ts';
import { listPairsOf } from '../../../db/queries/contact-pairs.ts';
import { findContact } from '../../../db/queries/contacts-read.ts';
import { contactExplanation } from '../../contract/contact-history.ts';
import { defineRoute } from '../../define-route.ts';
import { explainContact as explain } from '../../explain-contact.ts';
import { notFound } from '../../problem.ts';
import { readMappings } from '../../read-mappings.ts';
import { contactParams } from './contact-params.ts';

/** Older ones say nothing about a present value. */
const lookBack = 1000;

export const explainContact = defineRoute({
  method: 'get',
  path: '/v1/contacts/{id}/explain',
  summary: 'Why each field of a contact has its value: which side, run and rule set it',
  tag: 'Contacts',
  auth: 'caller',
  params: contactParams,
  responses: { 200: { description: 'Every field', schema: contactExplanation } },
  handler: async ({ deps, caller, params }) => {
    const found = await findContact(deps.db, caller, params.id);
    if (found === undefined) throw notFound('contact');
    const { contact } = found;
    const { rows: journal } = await listJournal(deps.db, contact.id, { limit: lookBack });
    const { workspaceId } = contact;
    const edits = await listEdits(deps.db, { workspaceId, contactId: contact.id, limit: lookBack });
    const rows = await listPairsOf(deps.db, contact.id);
    const pairs = await Promise.all(
      rows.map(async (row) => ({ row, mappings: await readMappings(deps.db, row.link.integrationId) })),
    );
    const makers = await findMakers(deps.db, contact.id);
    const fields = explain({ contact, journal, edits, makers, pairs });
    return { status: 200, body: { contactId: contact.id, version: contact.version, fields } };
  },
});
