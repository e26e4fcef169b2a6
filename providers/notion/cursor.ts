/** Where a listing of pages stands. Times are Notion's or ours in ISO 8601 UTC; ids are of pages. */
import { z } from 'zod';
import { type Cursor, ProviderError } from '../contract/index.ts';

const common = {
  /** Notion's own cursor within the query. */
  next: z.string().optional(),
  /** Pages of that answer whose contents are stored already: a limit cut the last attempt short. */
  done: z.array(z.string()).optional(),
};

const position = z.discriminatedUnion('kind', [
  /** A complete listing, begun at `start`. */
  z.strictObject({
    kind: z.literal('full'),
    start: z.string(),
    /** Data sources: only what was created from here on. Search: how far the first pass, newest first, came. */
    from: z.string().optional(),
    ...common,
  }),
  /** What was edited since; `part` says whether living pages or trashed ones are read. */
  z.strictObject({
    kind: z.literal('increment'),
    start: z.string(),
    since: z.string(),
    part: z.enum(['living', 'trashed']),
    ...common,
  }),
  /** Between listings: the next increment begins with what was edited from `since` on. */
  z.strictObject({ kind: z.literal('rest'), since: z.string() }),
]);

export type Position = z.infer<typeof position>;
export type Full = Extract<Position, { kind: 'full' }>;
export type Increment = Extract<Position, { kind: 'increment' }>;

/**
 * `last_edited_time` is cut to the minute and queries may lag behind edits, so an increment begins this long before the
 * last listing did: what was read in that time is read again and compared.
 */
export const overlapMs = 2 * 60 * 1000;

const mark = 'v1:';

export const writeCursor = (value: Position): Cursor => mark + JSON.stringify(value);

/** null begins a complete listing, a resting position an increment. Throws `cursor_expired` for another version's. */
export function readCursor(cursor: Cursor | null, nowMs: number): Full | Increment {
  const start = new Date(nowMs).toISOString();
  if (cursor === null) return { kind: 'full', start };
  const read = position.safeParse(parse(cursor));
  if (!read.success) {
    throw new ProviderError({
      kind: 'cursor_expired',
      message: 'The saved position was written by another version: a complete listing is needed.',
    });
  }
  if (read.data.kind !== 'rest') return read.data;
  return { kind: 'increment', start, since: read.data.since, part: 'living' };
}

/** Where the listing after this one begins. */
export function restAfter({ start }: Full | Increment): Cursor {
  return writeCursor({ kind: 'rest', since: new Date(Date.parse(start) - overlapMs).toISOString() });
}

function parse(cursor: Cursor): unknown {
  try {
    return cursor.startsWith(mark) ? JSON.parse(cursor.slice(mark.length)) : undefined;
  } catch {
    return undefined;
  }
}
