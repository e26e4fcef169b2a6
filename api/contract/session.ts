/** Browser sessions and the one-time links that open them. */
import { z } from 'zod';
import { instant, resourceId } from './shape.ts';

export const createSession = z.strictObject({ userId: resourceId }).meta({ id: 'CreateSession' });

export const createdSession = z
  .object({
    id: z.string().meta({ example: 'ses_019abc' }),
    token: z.string().meta({ description: 'Bearer token; shown only now' }),
    userId: z.string(),
    expiresAt: instant,
    signInUrl: z.url().meta({
      description: 'Opens the page signed in, once. Its secret is in the fragment, so that no server logs it',
    }),
    embedUrl: z.url().meta({
      description: 'The same link, once, for a frame inside your own product: docs/embedding.md',
    }),
  })
  .meta({ id: 'CreatedSession' });

export const redeemLink = z
  .strictObject({
    link: z.string().min(1).max(200).meta({ description: 'The fragment of the sign-in link' }),
    embedded: z
      .boolean()
      .default(false)
      .meta({ description: 'For a page inside a frame of another product' }),
  })
  .meta({ id: 'RedeemLink' });

export const session = z
  .object({
    user: z
      .object({ id: z.string(), name: z.string(), email: z.string() })
      .nullable()
      .meta({ description: 'null for a workspace key that acts for nobody' }),
    workspace: z.object({ id: z.string(), name: z.string() }),
    expiresAt: instant.nullable().meta({ description: 'null for a workspace key' }),
  })
  .meta({ id: 'Session' });

export type Session = z.infer<typeof session>;
