/** Harmony's contacts. */
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
    customFields: z
      .record(z.string(), z.string())
      .meta({ description: 'By name; a mapping calls one `custom.<name>`', example: { customerId: 'C-17' } }),
    listIds: z.array(z.string()).meta({ description: 'The contact lists that it is on' }),
    version: z.int().meta({ description: 'Also in the ETag of the single contact' }),
    sources: z
      .array(z.object({ integrationId: z.string(), provider: z.string(), remoteId: z.string() }))
      .meta({ description: 'The remote contacts that it is linked to' }),
    archivedAt: instant.optional().meta({ description: 'Deleted since then; can be restored' }),
    editedAt: instant.optional().meta({ description: 'When a person last edited it; syncs do not count' }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Contact' });

/** What a write leads to that the caller may not expect. */
export const contactWarning = z
  .object({
    code: z.enum(['provider_wins', 'kept_in_harmony']),
    title: z.string(),
    remedy: z.string(),
    integrationId: z.string(),
    fields: z
      .array(z.string())
      .meta({ description: 'The fields that it is about; empty: the whole contact' }),
  })
  .meta({ id: 'ContactWarning' });

export const writtenContact = contact
  .extend({
    warnings: z.array(contactWarning).optional().meta({
      description:
        'Absent where every integration carries the change over. `provider_wins`: the field only flows from the provider, so the next sync puts its value back and logs this one under conflicts.',
    }),
  })
  .meta({ id: 'WrittenContact' });

export const listContactsQuery = z.strictObject({
  ...pageQuery,
  order: z.enum(['created', 'name']).default('created').meta({
    description:
      'created: in the order in which they were made. name: by first and last name, else by company, e-mail or phone, upper and lower case alike; those with none of these come last. A cursor belongs to its order',
  }),
  integrationId: resourceId.optional(),
  listId: resourceId.optional().meta({ description: 'Only those on this contact list' }),
  email: z
    .string()
    .min(1)
    .max(320)
    .optional()
    .meta({ description: 'Exactly this address, upper and lower case alike' }),
  archived: z
    .stringbool()
    .default(false)
    .meta({ description: 'true: only archived contacts, which are left out otherwise' }),
});

export const getContactQuery = z.strictObject({
  includeArchived: z
    .stringbool()
    .default(false)
    .meta({ description: 'true: an archived contact is shown, too, instead of answering 404' }),
});

/** Blank text counts as no value. */
const text = (maxLength: number) =>
  z
    .string()
    .max(maxLength, `longer than ${maxLength} characters`)
    .transform((value) => (value.trim() === '' ? null : value.trim()))
    .nullable()
    .optional();

const checked = (maxLength: number, isValid: (value: string) => boolean, message: string) =>
  text(maxLength).refine((value) => value === null || value === undefined || isValid(value), { message });

const fieldsToWrite = {
  firstName: text(500),
  lastName: text(500),
  jobTitle: text(500),
  company: text(500),
  department: text(500),
  email: checked(320, (value) => /^[^\s@]+@[^\s@]+$/.test(value), 'not an e-mail address'),
  phone: checked(100, (value) => /[\p{L}\p{N}]/u.test(value), 'not a phone number'),
  address: text(2000),
  birthday: checked(10, isBirthday, 'not a date: write YYYY-MM-DD, or --MM-DD without the year'),
  website: checked(2000, isWebsite, 'not a web address'),
  notes: text(50_000),
};

/** Without the `custom.` of mappings. */
export const customFieldName = z
  .string()
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N}_ -]{0,63}$/u,
    'not a field name: use 1 to 64 letters, digits, blanks, dashes or underscores',
  );

const customFields = z
  .record(
    customFieldName,
    text(5000).transform((value) => value ?? null),
  )
  .optional();

export const createContact = z
  .strictObject({ ...fieldsToWrite, customFields })
  .refine(hasValue, { message: 'A contact needs at least one value.' })
  .meta({ id: 'CreateContact' });

export const patchContact = z
  .strictObject({
    ...fieldsToWrite,
    customFields: customFields.meta({
      description: 'Those named are set, or removed with null; the others stay',
    }),
  })
  .refine((patch) => Object.keys(patch).length > 0, { message: 'Name at least one field to change.' })
  .meta({ id: 'PatchContact' });

function hasValue({ customFields = {}, ...fields }: Readonly<Record<string, unknown>>): boolean {
  return [...Object.values(fields), ...Object.values(customFields as object)].some(
    (value) => value !== null && value !== undefined,
  );
}

function isBirthday(value: string): boolean {
  const parts = /^(?:(\d{4})|-)-(\d\d)-(\d\d)$/.exec(value);
  if (parts === null) return false;
  // 2000 was a leap year: without a year, 29 February is a date.
  const [year, month, day] = [Number(parts[1] ?? 2000), Number(parts[2]), Number(parts[3])];
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year);
  return year > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** With or without `https://`; other schemes could run when somebody clicks on them. */
function isWebsite(value: string): boolean {
  return /^(https?:\/\/)?[^\s:/?#]+(:\d+)?([/?#]\S*)?$/i.test(value);
}

export type Contact = z.infer<typeof contact>;
export type ContactWarning = z.infer<typeof contactWarning>;
export type WrittenContact = z.infer<typeof writtenContact>;
/** As a page sends it. */
export type CreateContact = z.input<typeof createContact>;
export type PatchContact = z.input<typeof patchContact>;
