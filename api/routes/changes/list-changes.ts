import {
  isForgotten,
  isPosition,
  latestPosition,
  listChanges as queryChanges,
} from '../../../db/queries/changes.ts';
import { type Change, changePage, listChangesQuery } from '../../contract/change.ts';
import { defineRoute } from '../../define-route.ts';
import { ProblemError } from '../../problem.ts';

const fromTheOldest: readonly (string | undefined)[] = [undefined, '', '0'];

export const listChanges = defineRoute({
  method: 'get',
  path: '/v1/changes',
  summary: 'What changed, in an order that skips nothing',
  description:
    'Pass `after` of each answer to the next request. Each change names a record, which is then read by its own route; several changes of one record may come. Changes are kept for 30 days: later the answer is 410, and the lists have to be read anew. A change shows once no older transaction is open any more, usually within a second.',
  tag: 'Changes',
  auth: 'caller',
  query: listChangesQuery,
  bareCursors: true,
  responses: { 200: { description: 'The next changes', schema: changePage } },
  problems: [410],
  handler: async ({ deps, caller, query }) => {
    const { limit, kind } = query;
    const asked = query.cursor ?? query.after;
    const after = fromTheOldest.includes(asked) ? undefined : asked;
    if (after === 'latest') {
      return { status: 200, body: { data: [], nextCursor: null, after: await latestPosition(deps.db) } };
    }
    if (after !== undefined) {
      if (!isPosition(after)) throw notAPosition(query.cursor === undefined ? 'after' : 'cursor');
      if (await isForgotten(deps.db, after)) throw forgotten();
    }
    const page = await queryChanges(deps.db, caller, { after, limit, kind });
    const data = page.rows.map((row) => ({ ...row }) as Change);
    return { status: 200, body: { data, nextCursor: page.more ? page.after : null, after: page.after } };
  },
});

function notAPosition(path: 'after' | 'cursor'): ProblemError {
  return new ProblemError('invalid_cursor', {
    detail: `\`${path}\` is not a position in the change feed.`,
    remedy: 'Send what an answer gave as `after`, or `latest`.',
    errors: [{ path, message: 'not a position' }],
  });
}

function forgotten(): ProblemError {
  return new ProblemError('changes_expired', {
    detail: 'Changes since then are no longer kept.',
    remedy: 'Ask for after=latest, read the lists anew, then go on from there.',
  });
}
