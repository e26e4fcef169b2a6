/** Search over everything synced. */
import { z } from 'zod';
import { eventTime } from './calendar-event.ts';
import { instant, pageQuery } from './shape.ts';

export const searchType = z.enum(['contact', 'calendar_event', 'task', 'document']);

export const searchHit = z
  .object({
    type: searchType,
    id: z.string().meta({ description: 'Of the contact, event, task or document' }),
    integrationId: z.string().optional().meta({ description: 'Absent on contacts, which may have several' }),
    title: z.string(),
    url: z.string().optional().meta({ description: 'At the provider' }),
    start: eventTime.optional().meta({ description: 'Of an event, where it is known' }),
    score: z.number().meta({ description: 'Higher is better; comparable within one answer' }),
    highlights: z
      .array(
        z.object({
          field: z.enum(['title', 'text']),
          html: z.string().meta({
            description: 'Escaped text with what was found in <mark>',
            example: 'Bring the <mark>map</mark>.',
          }),
        }),
      )
      .meta({
        description: 'Where the words stand; the beginning of the text where they stand further down',
      }),
    updatedAt: instant,
  })
  .meta({ id: 'SearchHit' });

export const searchQuery = z.strictObject({
  ...pageQuery,
  limit: z.coerce.number().int().min(1).max(100).default(20),
  q: z.string().max(200).meta({
    description:
      'Words that must all be there, in any case and with or without accents; the last may be the beginning of one',
    example: 'lovelace min',
  }),
  type: z
    .string()
    .max(100)
    .transform((text) => text.split(','))
    .pipe(z.array(searchType))
    .optional()
    .meta({ description: 'One kind or several, separated by commas', example: 'document,task' }),
});

export type SearchHit = z.infer<typeof searchHit>;
