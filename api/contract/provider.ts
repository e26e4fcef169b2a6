/** The catalogue: Available Integrations. */
import { z } from 'zod';
import { pageQuery } from './shape.ts';

export const authKind = z.enum(['oauth', 'api_key']);

export const providerStream = z.object({
  name: z.string().meta({ example: 'events' }),
  label: z.string().meta({ description: 'For people', example: 'calendar events' }),
  perCollection: z.boolean(),
  enabledBy: z.string().optional().meta({
    description: 'Read only while the mapping of this object of the provider is switched on',
    example: 'otherContact',
  }),
});

export const provider = z
  .object({
    id: z.string().meta({ example: 'google-calendar' }),
    name: z.string().meta({ example: 'Google Calendar' }),
    description: z.string(),
    category: z.string(),
    authKinds: z.array(authKind),
    streams: z.array(providerStream),
    capabilities: z.array(z.string()),
    collectionNoun: z
      .object({ one: z.string(), many: z.string() })
      .optional()
      .meta({ description: 'What a person ticks; absent where there is nothing to tick' }),
  })
  .meta({ id: 'Provider' });

export const listProvidersQuery = z.strictObject(pageQuery);

export type AuthKind = z.infer<typeof authKind>;
export type Provider = z.infer<typeof provider>;
