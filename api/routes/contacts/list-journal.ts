import { z } from 'zod';
import { type JournalRow, listJournal as queryJournal } from '../../../db/queries/contact-journal.ts';
import { findContact } from '../../../db/queries/contacts-read.ts';
import { type JournalEntry, journalEntry, listJournalQuery } from '../../contract/contact-history.ts';
import { listOf } from '../../contract/shape.ts';
import { defineRoute } from '../../define-route.ts';
import { decodeCursor, toList } from '../../paging.ts';
import { notFound } from '../../problem.ts';
import { contactParams } from './contact-params.ts';

const position = z.strictObject({ seq: z.int() });

export const listJournal = defineRoute({
  method: 'get',
  path: '/v1/contacts/{id}/journal',
  summary: 'What syncs wrote for a contact, on either side; the newest first',
  tag: 'Contacts',
  auth: 'caller',
  params: contactParams,
  query: listJournalQuery,
  responses: { 200: { description: 'One page', schema: listOf(journalEntry) } },
  handler: async ({ deps, caller, params, query }) => {
    if ((await findContact(deps.db, caller, params.id)) === undefined) throw notFound('contact');
    const { limit, cursor } = query;
    const before = cursor === undefined ? undefined : decodeCursor(cursor, position).seq;
    const page = await queryJournal(deps.db, params.id, { limit, before });
    return { status: 200, body: toList(page, present, ({ seq }) => ({ seq })) };
  },
});

function present(row: JournalRow): JournalEntry {
  const { at, integrationId, runId, remoteId, side, action, before, after, rules } = row;
  return {
    ...{ id: `jrn_${row.seq}`, at, integrationId, runId, remoteId, side, action },
    ...{ before: { ...before }, after: { ...after }, rules: { ...rules }, undone: row.undoneBy !== null },
  };
}
