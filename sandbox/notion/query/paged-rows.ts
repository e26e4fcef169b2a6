/** One page of an ordered list of rows. The cursor is a position, so that it holds while rows come, go and move. */
import { decodeToken, encodeToken, endOfListing } from '../../core/paging.ts';
import { validationError } from '../errors.ts';
import type { Row } from '../world/workspace-world.ts';
import type { Position, Sorting } from './sort.ts';

export interface PlacedRow {
  row: Row;
  position: Position;
}

export interface RowPage {
  rows: Row[];
  nextCursor: string | null;
  /** The limit of rows for one query was met before the end. */
  incomplete: boolean;
}

/** Filters and orders; worth keeping while the same query goes from page to page. */
export function placeRows(rows: readonly Row[], check: (row: Row) => boolean, sorting: Sorting): PlacedRow[] {
  const placed: PlacedRow[] = [];
  for (const row of rows) if (check(row)) placed.push({ row, position: sorting.positionOf(row) });
  return placed.sort((a, b) => sorting.compare(a.position, b.position));
}

export function takePage(
  placed: readonly PlacedRow[],
  order: {
    sorting: Sorting;
    /** Tells queries apart: a cursor of another one is refused. */
    query: string;
    cursor: string | null | undefined;
    size: number;
    limit: number;
    truncateKeep: number | undefined;
  },
): RowPage {
  const kind = 'notion-rows';
  let start = 0;
  let served = 0;
  if (order.cursor != null) {
    const token = decodeToken<{ at: Position; served: number; query: string }>(kind, order.cursor);
    if (token === undefined || token.query !== order.query)
      throw validationError(`The start_cursor provided is invalid: ${order.cursor.slice(0, 40)}`);
    start = firstFrom(placed, token.at, order.sorting);
    served = token.served;
  }
  const total = endOfListing(placed.length, order.truncateKeep);
  const allowed = Math.min(order.size, order.limit - served);
  const end = Math.max(start, Math.min(start + allowed, total));
  const rows = placed.slice(start, end).map(({ row }) => row);
  served += rows.length;
  const next = end < total ? placed[end] : undefined;
  const incomplete = next !== undefined && served >= order.limit;
  return {
    rows,
    incomplete,
    nextCursor:
      next === undefined || incomplete
        ? null
        : encodeToken(kind, { at: next.position, served, query: order.query }),
  };
}

function firstFrom(placed: readonly PlacedRow[], at: Position, sorting: Sorting): number {
  let low = 0;
  let high = placed.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorting.compare((placed[middle] as PlacedRow).position, at) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
