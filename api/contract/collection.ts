/** What a person ticks: a sub-calendar, a Linear team, a Notion data source. */
import { z } from 'zod';
import { instant, pageQuery } from './shape.ts';

export const collection = z
  .object({
    id: z.string().meta({ example: 'col_019abc' }),
    remoteId: z.string(),
    name: z.string(),
    subscribed: z.boolean(),
    recordCount: z.int().min(0),
    color: z.string().optional().meta({ example: '#9fe1e7' }),
    primary: z.boolean().optional(),
    missingSince: instant
      .optional()
      .meta({ description: "No longer in the provider's list since then; what was synced stays" }),
  })
  .meta({ id: 'Collection' });

export const listCollectionsQuery = z.strictObject(pageQuery);

export const patchCollection = z.strictObject({ subscribed: z.boolean() }).meta({ id: 'PatchCollection' });

export const collectionsRefreshed = z
  .object({ added: z.array(collection), renamed: z.array(collection), missing: z.array(collection) })
  .meta({ id: 'CollectionsRefreshed', description: 'What the refresh found; every choice is kept' });

export type Collection = z.infer<typeof collection>;
export type CollectionsRefreshed = z.infer<typeof collectionsRefreshed>;
