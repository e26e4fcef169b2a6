/**
 * Where a listing stands. Linear has no sync tokens, so an increment is a filter on `updatedAt` from a little before the
 * newest time seen. What that overlap brings again is told by fingerprints that the cursor carries.
 */
import { hash } from 'node:crypto';
import { type Cursor, ProviderError } from '../contract/index.ts';

export interface LinearPosition {
  /** The lower bound of this listing's filter; absent in a complete listing. The same on all its pages. */
  readonly from?: string;
  /** Fingerprints that the increments before have shown. */
  readonly known: readonly string[];
  /** The newest time that the next increment may start from; absent before the first page. */
  readonly mark?: string;
  /** Fingerprints within the overlap before `mark`, from the pages so far. */
  readonly seen: readonly string[];
  /** Linear's own cursor of the next page. */
  readonly after?: string;
}

const version = 'v1:';

/** A transaction at Linear may become visible this long after the time that it wrote. */
export const overlapMs = 2 * 60 * 1000;
/** Beyond this, records of the overlap are read again instead of being remembered. */
const rememberedAtMost = 10_000;
const beginning = '1970-01-01T00:00:00.000Z';

export const writePosition = (position: LinearPosition): Cursor => version + JSON.stringify(position);

/** The cursor of the increment that follows a finished listing. */
export function writeMark(mark: string | undefined, seen: readonly string[]): Cursor {
  const remembered = [...new Set(seen)].sort().slice(0, rememberedAtMost);
  return version + JSON.stringify({ mark: mark ?? beginning, known: remembered });
}

/** null is the start of a complete listing. Throws `cursor_expired` where another version wrote it. */
export function readPosition(cursor: Cursor | null): LinearPosition {
  if (cursor === null) return { known: [], seen: [] };
  const found = cursor.startsWith(version) ? parse(cursor.slice(version.length)) : undefined;
  if (found !== undefined) return found;
  throw new ProviderError({
    kind: 'cursor_expired',
    message: 'The saved position was written by another version: a complete listing is needed.',
  });
}

function parse(text: string): LinearPosition | undefined {
  try {
    const stored = JSON.parse(text) as Partial<LinearPosition>;
    if (!Array.isArray(stored.known) || typeof stored.mark !== 'string') return undefined;
    if (typeof stored.after === 'string') return stored as LinearPosition;
    return { known: stored.known, mark: stored.mark, seen: [], from: before(stored.mark) };
  } catch {
    return undefined;
  }
}

/** The start of the overlap before a time. */
export function before(mark: string): string {
  return new Date(Math.max(0, Date.parse(mark) - overlapMs)).toISOString();
}

/** Tells one state of a record from another: 48 bits, as few are compared. */
export const fingerprint = (node: unknown): string =>
  hash('sha256', JSON.stringify(node), 'base64url').slice(0, 8);

/** The later of ISO times; undefined where there is none. */
export function latest(times: readonly (string | null | undefined)[]): string | undefined {
  const known = times
    .filter((time): time is string => typeof time === 'string')
    .map((time) => Date.parse(time));
  return known.length === 0 ? undefined : new Date(Math.max(...known)).toISOString();
}
