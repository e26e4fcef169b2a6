/** Why a contact is as it is, what runs did to it, and taking a run back. */
import { z } from 'zod';
import { syncAccepted } from './integration.ts';
import { instant, pageQuery } from './shape.ts';

const values = z.record(z.string(), z.string().nullable());

export const fieldOrigin = z
  .object({
    field: z.string().meta({ example: 'email' }),
    value: z.string().nullable(),
    side: z
      .enum(['harmony', 'provider'])
      .nullable()
      .meta({ description: 'Where the value comes from; null: it was never set' }),
    by: z
      .string()
      .nullable()
      .meta({ description: '`user:<id>` or `key:<id>` where somebody set it in Harmony' }),
    integrationId: z.string().nullable(),
    remoteId: z.string().nullable(),
    runId: z.string().nullable(),
    rule: z.string().nullable().meta({ description: 'The rule that decided', example: 'one_changed' }),
    reason: z.string().meta({ description: 'The same in a sentence' }),
    at: instant.nullable(),
    mappings: z
      .array(z.object({ integrationId: z.string(), path: z.string(), direction: z.string() }))
      .meta({ description: 'Where the field flows now' }),
  })
  .meta({ id: 'FieldOrigin' });

export const contactExplanation = z
  .object({ contactId: z.string(), version: z.int(), fields: z.array(fieldOrigin) })
  .meta({ id: 'ContactExplanation' });

export const journalEntry = z
  .object({
    id: z.string(),
    at: instant,
    integrationId: z.string(),
    runId: z.string(),
    remoteId: z.string().nullable(),
    side: z.enum(['harmony', 'provider']).meta({ description: 'The side that was written' }),
    action: z.enum(['create', 'update', 'archive', 'restore', 'delete']),
    before: values,
    after: values,
    rules: z.record(z.string(), z.string()),
    undone: z.boolean(),
  })
  .meta({ id: 'JournalEntry' });

export const listJournalQuery = z.strictObject(pageQuery);

export const undoReport = z
  .object({
    runId: z.string().meta({ description: 'The run that was taken back' }),
    reverted: z.int().meta({ description: 'Contacts with at least one value taken back' }),
    skipped: z.array(
      z.object({
        contactId: z.string(),
        contactName: z.string().nullable(),
        field: z.string().nullable().meta({ description: 'null: the whole contact' }),
        reason: z.enum([
          'changed_since',
          'contact_gone',
          'undone_already',
          'kept_at_provider',
          'provider_wins',
          'merged',
        ]),
        detail: z.string(),
      }),
    ),
    lists: z
      .object({
        reverted: z.int().meta({ description: 'Lists that have their former name again, or are back' }),
        memberships: z.int().meta({ description: 'Contacts put back on a list or taken off it' }),
        skipped: z.array(
          z.object({
            listId: z.string(),
            listName: z.string().nullable(),
            contactId: z.string().nullable().meta({ description: 'null: the list itself' }),
            contactName: z.string().nullable(),
            reason: z.enum([
              'changed_since',
              'contact_gone',
              'list_gone',
              'merged',
              'undone_already',
              'kept_at_provider',
              'provider_wins',
            ]),
            detail: z.string(),
          }),
        ),
      })
      .meta({ description: 'What became of lists and of who is on them' }),
    sync: syncAccepted
      .nullable()
      .meta({ description: 'The run that carries it to the provider; null where none was asked for' }),
    waits: z.boolean().meta({
      description:
        'Something has to go to the provider and goes with a later run: the workflow engine did not answer, or somebody has to act first (sign in again, decide on a parked run)',
    }),
  })
  .meta({ id: 'UndoReport' });

export type FieldOrigin = z.infer<typeof fieldOrigin>;
export type ContactExplanation = z.infer<typeof contactExplanation>;
export type JournalEntry = z.infer<typeof journalEntry>;
export type UndoReport = z.infer<typeof undoReport>;
