import {
  type ConflictWithContact,
  listConflicts as queryConflicts,
} from '../../../db/queries/contact-conflicts.ts';
import { conflict, listConflictsQuery } from '../../contract/conflict.ts';
import { listOf } from '../../contract/shape.ts';
import { defineRoute } from '../../define-route.ts';
import { decodeTimeCursor, toList } from '../../paging.ts';
import { loadCandidates, presentConflict } from '../../present-conflict.ts';

export const listConflicts = defineRoute({
  method: 'get',
  path: '/v1/conflicts',
  summary: 'Values that gave way in a two-way sync, and records that wait for a decision; the newest first',
  description:
    'A value of kind `value` was decided by the policy already, so nothing waits for it; the other one can still be taken.',
  tag: 'Conflicts',
  auth: 'caller',
  query: listConflictsQuery,
  responses: { 200: { description: 'One page', schema: listOf(conflict) } },
  handler: async ({ deps, caller, query }) => {
    const { cursor, ...filter } = query;
    const page = await queryConflicts(deps.db, caller, { ...filter, after: decodeTimeCursor(cursor) });
    const candidates = await loadCandidates(deps.db, caller, page.rows);
    const present = (row: ConflictWithContact) => presentConflict(row, candidates);
    return { status: 200, body: toList(page, present, ({ conflict: { id }, at }) => ({ id, at })) };
  },
});
