/** Harmony's contact lists; each may be tied to a group (label) of every account. */
import { z } from 'zod';
import { instant, pageQuery, resourceId } from './shape.ts';

export const contactList = z
  .object({
    id: z.string().meta({ example: 'lst_019abc' }),
    name: z.string(),
    system: z.boolean().meta({ description: "The provider's own list, which can't be renamed or removed" }),
    takesMembers: z.boolean().meta({
      description:
        'false: a list of the provider’s own on which nobody can be put; who is on it can be taken off',
    }),
    memberCount: z.int().min(0).meta({ description: 'Contacts on it, archived ones left out' }),
    version: z.int().meta({ description: 'Also in the ETag of the single list' }),
    sources: z
      .array(z.object({ integrationId: z.string(), provider: z.string(), remoteId: z.string() }))
      .meta({ description: 'The remote groups that it is tied to' }),
    integrationId: z.string().nullable().meta({ description: 'Of the first source; null without one' }),
    remoteId: z.string().nullable().meta({ description: 'Of the first source; null without one' }),
    archivedAt: instant.optional().meta({ description: 'Deleted since then; can be restored' }),
    editedAt: instant.optional().meta({ description: 'When a person last renamed it' }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'ContactList' });

export const listContactListsQuery = z.strictObject({
  ...pageQuery,
  integrationId: resourceId.optional(),
  archived: z
    .stringbool()
    .default(false)
    .meta({ description: 'true: only archived lists, which are left out otherwise' }),
});

const name = z.string().trim().min(1, 'a list needs a name').max(200);

export const writeContactList = z.strictObject({ name }).meta({ id: 'WriteContactList' });

export const listMembership = z
  .object({ listId: z.string(), contactId: z.string(), member: z.boolean() })
  .meta({ id: 'ListMembership' });

export type ContactList = z.infer<typeof contactList>;
export type WriteContactList = z.infer<typeof writeContactList>;
export type ListMembership = z.infer<typeof listMembership>;
