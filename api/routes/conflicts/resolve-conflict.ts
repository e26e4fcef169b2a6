import { z } from 'zod';
import { findConflict } from '../../../db/queries/contact-conflicts.ts';
import { conflict, resolveConflict as requestBody } from '../../contract/conflict.ts';
import { resourceId } from '../../contract/shape.ts';
import { defineRoute } from '../../define-route.ts';
import { loadCandidates, presentConflict } from '../../present-conflict.ts';
import { notFound } from '../../problem.ts';
import { carryOutDecision } from '../../resolve-conflict.ts';

export const resolveConflict = defineRoute({
  method: 'post',
  path: '/v1/conflicts/{id}/resolve',
  summary: 'Decide a conflict, once or always for this field',
  description:
    'The chosen value is set in Harmony and carried to the provider like any edit. `always` makes a new version of the mappings.',
  tag: 'Conflicts',
  auth: 'caller',
  params: z.object({ id: resourceId.meta({ description: 'Conflict id' }) }),
  body: requestBody,
  responses: { 200: { description: 'The conflict, decided', schema: conflict } },
  handler: async ({ deps, caller, params, body }) => {
    const found = await findConflict(deps.db, caller, params.id);
    if (found === undefined) throw notFound('conflict');
    await carryOutDecision(deps, caller, found, body);
    const decided = await findConflict(deps.db, caller, params.id);
    if (decided === undefined) throw notFound('conflict');
    const candidates = await loadCandidates(deps.db, caller, [decided]);
    return { status: 200, body: presentConflict(decided, candidates) };
  },
});
