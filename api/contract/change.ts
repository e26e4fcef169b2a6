/** What changed in Harmony, in an order that never skips anything. */
import { z } from 'zod';
import { instant } from './shape.ts';

export const changeKind = z.enum(['contact', 'contact_list', 'calendar_event', 'task', 'document']);

export const change = z
  .object({
    seq: z.string().meta({ description: 'Increases from change to change, also as text; `after` takes it' }),
    kind: changeKind,
    id: z.string(),
    change: z.enum(['created', 'updated', 'deleted']).meta({
      description: '`deleted` also when it was archived, hidden or cancelled; `updated` when it came back',
    }),
    at: instant,
  })
  .meta({ id: 'Change' });

export const listChangesQuery = z.strictObject({
  after: z.string().max(100).optional().meta({
    description:
      '`after` of the answer before, or the `seq` of a change; `latest`: only what comes from now on; absent, empty or `0`: from the oldest that is kept',
  }),
  cursor: z.string().max(2000).optional().meta({
    description:
      'The same as `after`, by its name at other lists, for walking on with `nextCursor`; goes before `after` where both are sent',
  }),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  kind: changeKind.optional(),
});

export const changePage = z
  .object({
    data: z.array(change),
    nextCursor: z.string().nullable().meta({ description: 'null: nothing more at the moment' }),
    after: z.string().meta({ description: 'Where to go on, now or later' }),
  })
  .meta({ id: 'ChangePage' });

export type Change = z.infer<typeof change>;
export type ChangePage = z.infer<typeof changePage>;
