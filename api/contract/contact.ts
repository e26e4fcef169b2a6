/** Harmony's contacts and the lists that came with them. */
import { z } from 'zod';
import { instant, pageQuery, resourceId } from './shape.ts';

const field = z.string().nullable();

export const contact = z
  .object({
    id: z.string().meta({ example: 'con_019abc' }),
    firstName: field,
    lastName: field,
    jobTitle: field,
    company: field,
    department: field,
    email: field,
    phone: field,
    address: field,
    birthday: field.meta({ description: 'YYYY-MM-DD, or --MM-DD where the year is not known' }),
    website: field,
    notes: field,
    version: z.int().meta({ description: 'Also in the ETag of the single contact' }),
    sources: z
      .array(z.object({ integrationId: z.string(), provider: z.string(), remoteId: z.string() }))
      .meta({ description: 'The remote contacts that it is linked to' }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Contact' });

export const listContactsQuery = z.strictObject({
  ...pageQuery,
  integrationId: resourceId.optional(),
  email: z
    .email()
    .max(320)
    .optional()
    .meta({ description: 'Exactly this address, upper and lower case alike' }),
});

export const contactList = z
  .object({
    id: z.string().meta({ example: 'lst_019abc' }),
    integrationId: z.string(),
    remoteId: z.string(),
    name: z.string(),
    system: z.boolean().meta({ description: "The provider's own list, which can't be renamed or removed" }),
    updatedAt: instant,
  })
  .meta({ id: 'ContactList' });

export const listContactListsQuery = z.strictObject({ ...pageQuery, integrationId: resourceId.optional() });

export type Contact = z.infer<typeof contact>;
export type ContactList = z.infer<typeof contactList>;
