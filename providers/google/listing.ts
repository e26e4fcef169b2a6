/** The form that Google's three listings share: records, then a page token or, at the end, a sync token. */
import { ProviderError, type RecordPage } from '../contract/index.ts';
import type { GoogleCursors, GooglePosition } from './cursor.ts';

export interface ListingAnswer {
  /** undefined where the answer has no list. */
  readonly records: unknown;
  readonly nextPageToken?: string | null | undefined;
  readonly nextSyncToken?: string | null | undefined;
}

/**
 * The records of an answer. Google leaves an empty list out, but then a token shows that the answer is whole; one with
 * neither is refused, because it would read as a complete listing of nothing.
 */
export function recordsOf<T>(answer: ListingAnswer): readonly T[] {
  if (Array.isArray(answer.records)) return answer.records as T[];
  if (answer.records === undefined && (answer.nextPageToken || answer.nextSyncToken)) return [];
  throw drift('a listing without its list');
}

/** A page token means more, also after an empty page; without one the listing is complete. */
export function nextOf(
  answer: ListingAnswer,
  position: GooglePosition,
  cursors: GoogleCursors,
): RecordPage['next'] {
  if (answer.nextPageToken) {
    const { syncToken } = position;
    const base = syncToken === undefined ? {} : { syncToken };
    return { kind: 'more', cursor: cursors.write({ ...base, pageToken: answer.nextPageToken }) };
  }
  const syncToken = answer.nextSyncToken;
  return { kind: 'done', cursor: syncToken ? cursors.write({ syncToken }) : null };
}

/** `what` names the shape, never a value. */
export function drift(what: string): ProviderError {
  return new ProviderError({
    kind: 'schema_drift',
    message: `Google answered in a form that Harmony does not know: ${what}.`,
  });
}

/** The id of a record, which everything else hangs on. */
export function requireId(id: unknown): string {
  if (typeof id !== 'string' || id === '') throw drift('a record without its id');
  return id;
}
