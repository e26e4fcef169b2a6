import { z } from 'zod';
import { listPeople } from '../../../../db/queries/people-read.ts';
import { externalUser, listExternalUsersQuery } from '../../../contract/external-user.ts';
import { listOf } from '../../../contract/shape.ts';
import { defineRoute } from '../../../define-route.ts';
import { decodeCursor, toList } from '../../../paging.ts';
import { presentExternalUser } from '../../../present-task.ts';
import { integrationParams, requireIntegration } from '../../../require-integration.ts';

const position = z.strictObject({ taskCount: z.int(), remoteId: z.string().max(200) });

export const listUsers = defineRoute({
  method: 'get',
  path: '/v1/integrations/{id}/users',
  summary: 'People at the provider and which Harmony users they are',
  description:
    'Whoever has the most tasks comes first. With unmapped=true: the queue of active people whom nobody has mapped.',
  tag: 'Users',
  auth: 'caller',
  params: integrationParams,
  query: listExternalUsersQuery,
  responses: { 200: { description: 'One page', schema: listOf(externalUser) } },
  handler: async ({ deps, caller, params, query }) => {
    const { id } = await requireIntegration(deps, caller, params.id);
    const page = await listPeople(deps.db, id, {
      limit: query.limit,
      after: query.cursor === undefined ? undefined : decodeCursor(query.cursor, position),
      unmapped: query.unmapped ?? false,
    });
    const body = toList(page, presentExternalUser, ({ taskCount, remoteId }) => ({ taskCount, remoteId }));
    return { status: 200, body };
  },
});
