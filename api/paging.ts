/** Opaque cursors: a position as base64url of JSON, behind the mark of the list that made it. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Page, TimePosition } from '../db/queries/scope.ts';
import { ProblemError } from './problem.ts';
import { findUnstorable } from './storable-text.ts';

const idPosition = z.strictObject({ id: z.string().regex(/^[\w-]{1,80}$/) });

const timePosition = idPosition.extend({ at: z.iso.datetime().optional() });

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

/** The mark of a list: of its path, and of its filters; `limit` may differ from page to page. */
export function markOfList(path: string, params: unknown, query: Readonly<Record<string, unknown>>): string {
  const { cursor: _position, limit: _size, ...filters } = query;
  const list = JSON.stringify([path, params, filters]);
  return createHash('sha256').update(list).digest('base64url').slice(0, 8);
}

/** What a client is given. */
export const markCursor = (mark: string, cursor: string): string => `${mark}.${cursor}`;

/** The cursor as the list made it. Throws the 400 problem for one of another list, or of other filters. */
export function unmarkCursor(mark: string, cursor: string): string {
  if (!cursor.startsWith(`${mark}.`)) throw foreignCursor();
  return cursor.slice(mark.length + 1);
}

/** The id behind which the page starts. */
export function decodeIdCursor(cursor: string | undefined): string | undefined {
  return cursor === undefined ? undefined : decodeCursor(cursor, idPosition).id;
}

/** The row behind which the page of a list by time starts. */
export function decodeTimeCursor(cursor: string | undefined): TimePosition | undefined {
  return cursor === undefined ? undefined : decodeCursor(cursor, timePosition);
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
    detail: 'The cursor was not made by this list with these filters.',
    remedy:
      'Send it with the path and the filters of the page that gave it, or start again without a cursor.',
    errors: [{ path: 'cursor', message: 'not a cursor of this list' }],
    cause,
  });
}
