import { z } from 'zod';
import { listUsers } from '../../../db/queries/identity.ts';
import { listOf, resourceId } from '../../contract/shape.ts';
import { listWorkspaceUsersQuery, workspaceUser } from '../../contract/user.ts';
import { defineRoute } from '../../define-route.ts';
import { decodeCursor, toList } from '../../paging.ts';

const position = z.strictObject({ name: z.string(), id: resourceId });

export const listWorkspaceUsers = defineRoute({
  method: 'get',
  path: '/v1/users',
  summary: 'The users of the workspace',
  description: 'By name. People at a provider are mapped to them, and tasks are assigned to them.',
  tag: 'Users',
  auth: 'caller',
  query: listWorkspaceUsersQuery,
  responses: { 200: { description: 'One page', schema: listOf(workspaceUser) } },
  handler: async ({ deps, caller, query: { cursor, limit } }) => {
    const after = cursor === undefined ? undefined : decodeCursor(cursor, position);
    const page = await listUsers(deps.db, caller.workspaceId, { limit, after });
    const present = ({ id, name, email }: (typeof page.rows)[number]) => ({ id, name, email });
    return { status: 200, body: toList(page, present, ({ name, id }) => ({ name, id })) };
  },
});
