/** People at the provider, and which Harmony user each of them is. */
import { z } from 'zod';
import { pageQuery, resourceId } from './shape.ts';

export const externalUser = z
  .object({
    externalUserId: z.string().meta({ description: "The provider's id" }),
    name: z.string(),
    email: z.string().nullable(),
    active: z.boolean().meta({ description: 'A deactivated person keeps the mapping' }),
    userId: z.string().nullable(),
    match: z
      .enum(['email', 'manual'])
      .nullable()
      .meta({ description: '`manual` without a userId: somebody decided that it is nobody here' }),
    taskCount: z
      .int()
      .min(0)
      .meta({ description: 'Tasks that are assigned to this person and not archived' }),
  })
  .meta({ id: 'ExternalUser' });

export const listExternalUsersQuery = z.strictObject({
  ...pageQuery,
  unmapped: z
    .stringbool()
    .optional()
    .meta({ description: 'true: only active people without a user and without a decision' }),
});

export const mapExternalUser = z
  .strictObject({ userId: resourceId.nullable() })
  .meta({ id: 'MapExternalUser' });

export const usersSynced = z
  .object({
    people: z.int(),
    mapped: z.int(),
    newlyMapped: z.int(),
    unmapped: z.int().meta({ description: 'Active people without a user and without a decision' }),
  })
  .meta({ id: 'UsersSynced' });

export type ExternalUser = z.infer<typeof externalUser>;
export type UsersSynced = z.infer<typeof usersSynced>;
