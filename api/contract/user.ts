/** The people of the workspace, to map others to and to assign tasks to. */
import { z } from 'zod';
import { pageQuery } from './shape.ts';

export const workspaceUser = z
  .object({ id: z.string().meta({ example: 'usr_019abc' }), name: z.string(), email: z.string() })
  .meta({ id: 'User' });

export const listWorkspaceUsersQuery = z.strictObject(pageQuery);

export type WorkspaceUser = z.infer<typeof workspaceUser>;
