/** Pieces that every resource shares. */
import { z } from 'zod';

/** ISO 8601 UTC. */
export const instant = z.iso
  .datetime()
  .meta({ description: 'ISO 8601, UTC', example: '2026-11-23T12:00:00.000Z' });

/** Any of our prefixed ids. */
export const resourceId = z.string().regex(/^[\w-]{1,80}$/, 'not an id');

/** What a person should know and do, in words for them. */
export const attention = z
  .object({
    code: z.string().meta({ example: 'reauth_required' }),
    title: z.string(),
    remedy: z.string().meta({ description: 'What to do next' }),
  })
  .meta({ id: 'Attention' });

/** The Temporal workflow behind a resource, and where an operator sees it. */
export const workflowLink = z.object({ id: z.string(), url: z.url() }).meta({ id: 'WorkflowLink' });

/** One page of a list: pass `nextCursor` as `cursor` for the next; null on the last. */
export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ data: z.array(item), nextCursor: z.string().nullable() });

export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(1000).default(50),
  cursor: z
    .string()
    .max(2000)
    .optional()
    .meta({ description: 'nextCursor of the page before: of this list, with the same filters, else 400' }),
};

export type Attention = z.infer<typeof attention>;
export interface List<Item> {
  readonly data: readonly Item[];
  readonly nextCursor: string | null;
}
