/** Values that gave way in a two-way sync, and records that wait for a person. */
import { z } from 'zod';
import { instant, pageQuery, resourceId } from './shape.ts';

const value = z.string().nullable();
const choice = z.enum(['harmony', 'provider', 'dismiss', 'link']);

export const conflict = z
  .object({
    id: z.string().meta({ example: 'cfl_019abc' }),
    integrationId: z.string(),
    runId: z.string(),
    contactId: z.string().nullable(),
    contactName: z.string().nullable(),
    listId: z
      .string()
      .nullable()
      .meta({ description: 'The list that it is about; null: it is about a contact' }),
    remoteId: z.string().nullable(),
    kind: z.string().meta({
      description:
        '`value`: one field, decided by the policy and restorable. Else why the record is parked: maybe_merged, ambiguous_match, unstorable_value, stale_version, refused, duplicate_marker, double_merged; of a list, whose name is the value: list_name (one of two names, decided), lists_held_back, list_name_taken, list_refused (as its name is); of a contact on a list, whose name is the value of the side on which it was on it: refused',
      example: 'value',
    }),
    title: z.string().meta({ description: 'What happened, for a person' }),
    field: z.string().nullable(),
    winner: z.enum(['harmony', 'provider']).nullable(),
    harmonyValue: value,
    providerValue: value,
    base: z
      .object({ harmony: value, provider: value })
      .nullable()
      .meta({ description: 'What both sides last agreed on; null where they never did' }),
    rule: z.string().nullable(),
    policy: z.string().nullable(),
    candidates: z.array(z.object({ id: z.string(), name: z.string(), email: z.string().nullable() })).meta({
      description:
        'Of a parked record: remote contacts that a contact may belong to, or contacts that a remote one may be',
    }),
    choices: z.array(choice).meta({
      description: 'What it can be resolved with; nothing once it is decided',
      example: ['harmony', 'provider', 'dismiss'],
    }),
    open: z.boolean(),
    resolution: z.enum(['harmony', 'provider', 'dismissed', 'linked']).nullable(),
    resolvedBy: z.string().nullable(),
    resolvedAt: instant.nullable(),
    at: instant,
  })
  .meta({ id: 'Conflict' });

export const listConflictsQuery = z.strictObject({
  ...pageQuery,
  integrationId: resourceId.optional(),
  contactId: resourceId.optional(),
  open: z
    .stringbool()
    .optional()
    .meta({ description: 'true: only undecided ones; false: only decided ones' }),
});

export const resolveConflict = z
  .strictObject({
    choose: choice.meta({
      description:
        'One of its `choices`. `harmony`, `provider`: that value holds on both sides; of a stale_version, `harmony`: try again now. `dismiss`: as it is now. `link`: the contact belongs to `candidate`',
    }),
    candidate: z
      .string()
      .max(200)
      .optional()
      .meta({ description: 'The id of one of the candidates, with `link`' }),
    always: z
      .boolean()
      .default(false)
      .meta({ description: 'Decide every later conflict of this field the same way' }),
  })
  .refine(({ choose, candidate }) => (choose === 'link') === (candidate !== undefined), {
    path: ['candidate'],
    message: 'goes with choose: link, and only there',
  })
  .refine(({ choose, always }) => !always || choose === 'harmony' || choose === 'provider', {
    path: ['always'],
    message: 'goes with harmony or provider',
  })
  .meta({ id: 'ResolveConflict' });

export type Conflict = z.infer<typeof conflict>;
export type ResolveConflict = z.input<typeof resolveConflict>;
