/** Which objects and fields of contacts correspond, which way they flow, and what a change of that would do. */
import { z } from 'zod';
import { customFieldName } from './contact.ts';
import { conflictPolicy } from './integration.ts';
import { planListSample } from './plan.ts';
import { attention, instant, pageQuery } from './shape.ts';

const custom = 'custom.';
const isCustomName = (name: string): boolean => customFieldName.safeParse(name).success;

export const mappingDirection = z.enum(['both', 'from_provider', 'to_provider']);

export const objectMapping = z
  .strictObject({
    harmonyObject: z.enum(['contact', 'list']),
    providerObject: z.enum(['person', 'contactGroup', 'otherContact']),
    direction: mappingDirection,
    enabled: z.boolean(),
  })
  .meta({ id: 'ObjectMapping' });

export const fieldMapping = z
  .strictObject({
    field: z
      .string()
      .min(1)
      .max(100)
      .refine((field) => !field.startsWith(custom) || isCustomName(field.slice(custom.length)), {
        message: 'after `custom.`, a name has 1 to 64 letters, digits, blanks, dashes or underscores',
      })
      .meta({ description: 'A field of Harmony contacts, or `custom.<name>`', example: 'jobTitle' }),
    path: z.string().min(1).max(200).meta({
      description:
        'Where it lives at the provider: `list.subfield`, `list[type=<label>].subfield`, `userDefined[key=<key>].value`',
      example: 'organizations.title',
    }),
    direction: mappingDirection,
    conflictPolicy: conflictPolicy
      .optional()
      .meta({ description: "Decides conflicts of this field in place of the integration's policy" }),
  })
  .meta({ id: 'FieldMapping' });

/** A set of mappings is one versioned document: it is read and replaced as a whole. */
const versioned = {
  version: z.int().meta({ description: 'In force' }),
  pending: z
    .object({ version: z.int() })
    .optional()
    .meta({ description: 'A newer version that waits until its plan is applied' }),
  nextCursor: z.null(),
};

/** Taken as by other lists, but all of them are always on one page. */
export const readMappingsQuery = z.strictObject({
  ...pageQuery,
  limit: pageQuery.limit.meta({
    description: 'Changes nothing: all are on one page, as they are replaced as a whole',
  }),
});

export const objectMappings = z
  .object({ data: z.array(objectMapping), ...versioned })
  .meta({ id: 'ObjectMappings' });
export const fieldMappings = z.object({ data: z.array(fieldMapping), ...versioned }).meta({
  id: 'FieldMappings',
});

const expectedVersion = z
  .int()
  .optional()
  .meta({ description: 'The newest version that you know; another one answers 409' });

/** What GET answers can be changed and sent back as it is: this is known, and not read. */
const fromGet = {
  pending: z.object({ version: z.int() }).optional().meta({ description: 'As GET gave it; not read' }),
  nextCursor: z.null().optional().meta({ description: 'As GET gave it; not read' }),
};

export const putObjectMappings = z
  .strictObject({ data: z.array(objectMapping).max(10), version: expectedVersion, ...fromGet })
  .meta({ id: 'PutObjectMappings' });
export const putFieldMappings = z
  .strictObject({ data: z.array(fieldMapping).max(200), version: expectedVersion, ...fromGet })
  .meta({ id: 'PutFieldMappings' });

export const mappingVersion = z
  .object({
    version: z.int(),
    state: z.enum(['in_force', 'pending', 'former', 'rejected']).meta({
      description:
        '`pending`: it waits for its plan. `rejected`: somebody turned that down; it waits no more',
    }),
    objects: z.array(objectMapping),
    fields: z.array(fieldMapping),
    createdBy: z.string().nullable().meta({ description: '`user:<id>` or `key:<id>`; null: the defaults' }),
    createdAt: instant.nullable(),
  })
  .meta({ id: 'MappingVersion' });

/** The answer to every change of mappings. */
export const mappingChange = z
  .object({
    version: z.int(),
    takesEffect: z.enum(['now', 'with_plan']).meta({
      description:
        '`now`: nothing more is written to the provider than before. `with_plan`: it is in force once a plan (POST …/plan) is applied',
    }),
    objects: z.array(objectMapping),
    fields: z.array(fieldMapping),
    attention: attention.optional().meta({
      description:
        'A permission at the provider is missing: what for, and what to do. The rest of the mappings holds.',
    }),
  })
  .meta({ id: 'MappingChange' });

export const listMappingVersionsQuery = z.strictObject(pageQuery);

export const previewMappings = z
  .strictObject({
    objects: z.array(objectMapping).max(10).optional(),
    fields: z.array(fieldMapping).max(200).optional(),
    sample: z
      .int()
      .min(1)
      .max(500)
      .default(100)
      .meta({ description: 'How many linked contacts to try it on' }),
  })
  .meta({ id: 'PreviewMappings' });

const previewedSide = z.object({ created: z.int(), updated: z.int(), deleted: z.int() });
const previewedLists = z
  .object({
    ...{ harmony: previewedSide, provider: previewedSide },
    ...{ tied: z.int(), parked: z.int(), conflicts: z.int() },
    samples: z.array(planListSample),
  })
  .meta({
    id: 'PreviewedLists',
    description: 'As `lists` of a plan; who is on them is for the plan to show',
  });

export const mappingPreview = z
  .object({
    records: z.int().meta({ description: 'Linked contacts that it was tried on' }),
    changedFields: z.array(z.string()),
    changes: z.array(
      z.object({
        contactId: z.string(),
        contactName: z.string(),
        field: z.string(),
        side: z.enum(['harmony', 'provider']).meta({ description: 'The side that would be written' }),
        from: z.string().nullable(),
        to: z.string().nullable(),
        rule: z.string(),
      }),
    ),
    counts: z.object({ harmony: z.int(), provider: z.int(), conflicts: z.int() }),
    takesEffect: z.enum(['now', 'with_plan']),
    lists: previewedLists.optional().meta({ description: 'Where lists flow another way than before' }),
    otherContacts: z
      .object({
        effect: z.enum(['come', 'stop']),
        known: z.int().meta({
          description:
            'How many are known from having been read: those that come in, or that are in Harmony and are kept as they are. What was never read is not known before.',
        }),
        samples: z.array(z.string()),
      })
      .optional()
      .meta({ description: 'Where contacts that were saved by themselves are switched on or off' }),
  })
  .meta({ id: 'MappingPreview' });

export type ObjectMapping = z.infer<typeof objectMapping>;
export type FieldMapping = z.infer<typeof fieldMapping>;
export type ObjectMappings = z.infer<typeof objectMappings>;
export type FieldMappings = z.infer<typeof fieldMappings>;
export type MappingVersion = z.infer<typeof mappingVersion>;
export type MappingChange = z.infer<typeof mappingChange>;
export type PreviewMappings = z.input<typeof previewMappings>;
export type MappingPreview = z.infer<typeof mappingPreview>;
export type MappingDirection = z.infer<typeof mappingDirection>;
