/** Documents as the Companion reads them: pages with their properties and their text. */
import { z } from 'zod';
import { instant, pageQuery, resourceId } from './shape.ts';

export const document = z
  .object({
    id: z.string().meta({ example: 'doc_019abc' }),
    integrationId: z.string(),
    collectionId: z.string(),
    remoteId: z.string(),
    title: z.string(),
    content: z.string().optional().meta({ description: 'Markdown; absent where the list was asked without' }),
    properties: z
      .record(z.string(), z.unknown())
      .meta({ description: "By the properties' names at the provider, as plain values" }),
    url: z.string().nullable(),
    lastEditedAt: instant.nullable().meta({ description: 'As the provider tells it' }),
    updatedAt: instant.meta({ description: 'When Harmony last saw a change' }),
  })
  .meta({ id: 'Document' });

export const listDocumentsQuery = z.strictObject({
  ...pageQuery,
  integrationId: resourceId.optional(),
  collectionId: resourceId.optional(),
  content: z.stringbool().default(true).meta({ description: 'false leaves the contents out' }),
});

export type Document = z.infer<typeof document>;
