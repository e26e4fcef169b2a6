/** Opaque cursors: base64url of JSON, so that a client neither reads nor makes one. */
import { z } from 'zod';
import type { Page } from '../db/queries/scope.ts';
import { ProblemError } from './problem.ts';
import { findUnstorable } from './storable-text.ts';

const idPosition = z.strictObject({ id: z.string().regex(/^[\w-]{1,80}$/) });

export function encodeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** Throws the 400 problem for a text that `encodeCursor` can't have made of this shape. */
export function decodeCursor<Shape extends z.ZodType>(cursor: string, shape: Shape): z.infer<Shape> {
  let position: unknown;
  try {
    position = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch (cause) {
    throw foreignCursor(cause);
  }
  const parsed = shape.safeParse(position);
  if (!parsed.success || findUnstorable(position).length > 0) throw foreignCursor(parsed.error);
  return parsed.data;
}

/** The id behind which the page starts. */
export function decodeIdCursor(cursor: string | undefined): string | undefined {
  return cursor === undefined ? undefined : decodeCursor(cursor, idPosition).id;
}

export function toList<Row, Item>(
  page: Page<Row>,
  present: (row: Row) => Item,
  position: (row: Row) => unknown,
): { data: Item[]; nextCursor: string | null } {
  const last = page.rows.at(-1);
  return {
    data: page.rows.map(present),
    nextCursor: page.more && last !== undefined ? encodeCursor(position(last)) : null,
  };
}

/** One page of a list that is at hand as a whole, in an order that does not change. Throws the 400 problem for a cursor that names none of them. */
export function pageOfWhole<Item>(
  items: readonly Item[],
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  idOf: (item: Item) => string,
): { data: Item[]; nextCursor: string | null } {
  const afterId = decodeIdCursor(cursor);
  const after = afterId === undefined ? -1 : items.findIndex((item) => idOf(item) === afterId);
  if (afterId !== undefined && after === -1) throw foreignCursor();
  const rows = items.slice(after + 1, after + 1 + limit);
  return toList(
    { rows, more: after + 1 + limit < items.length },
    (item) => item,
    (item) => ({ id: idOf(item) }),
  );
}

function foreignCursor(cause?: unknown): ProblemError {
  return new ProblemError('invalid_cursor', {
    detail: 'The cursor was not made by this list.',
    remedy: 'Start again without a cursor.',
    errors: [{ path: 'cursor', message: 'not a cursor of this list' }],
    cause,
  });
}
