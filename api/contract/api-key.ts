/** Workspace keys, as whoever runs a workspace manages them. */
import { z } from 'zod';
import { instant, pageQuery } from './shape.ts';

export const workspaceKey = z
  .object({
    id: z.string().meta({ example: 'key_019abc' }),
    name: z.string(),
    createdAt: instant,
    revokedAt: instant.nullable(),
  })
  .meta({ id: 'WorkspaceKey' });

export const listApiKeysQuery = z.strictObject(pageQuery);

export const createWorkspaceKey = z
  .strictObject({ name: z.string().trim().min(1).max(100).meta({ description: 'What it is for' }) })
  .meta({ id: 'CreateWorkspaceKey' });

export const createdWorkspaceKey = workspaceKey
  .extend({ key: z.string().meta({ description: 'Shown only now' }) })
  .meta({ id: 'CreatedWorkspaceKey' });
