/** Where a Google listing stands: which increment (`syncToken`) and which page of it (`pageToken`). */
import { createHash } from 'node:crypto';
import { type Cursor, ProviderError } from '../contract/index.ts';

export interface GooglePosition {
  /** Absent in a complete listing. */
  readonly syncToken?: string;
  readonly pageToken?: string;
}

export interface GoogleCursors {
  write(position: GooglePosition): Cursor;
  /** null is the start of a complete listing. Throws `cursor_expired` where another version or other parameters wrote it. */
  read(cursor: Cursor | null): GooglePosition;
}

/**
 * Google takes a token only with the parameters of the call that gave it, so each cursor carries their fingerprint: a
 * release that asks for one field more begins a complete listing instead of failing for ever.
 */
export function createCursors(parameters: object): GoogleCursors {
  const fingerprint = createHash('sha256').update(JSON.stringify(parameters)).digest('base64url').slice(0, 8);
  const mark = `v1:${fingerprint}:`;
  return {
    write: (position) => mark + JSON.stringify(position),
    read(cursor) {
      if (cursor === null) return {};
      const position = cursor.startsWith(mark) ? parse(cursor.slice(mark.length)) : undefined;
      if (position !== undefined) return position;
      throw new ProviderError({
        kind: 'cursor_expired',
        message: 'The saved position was written by another version: a complete listing is needed.',
      });
    },
  };
}

function parse(text: string): GooglePosition | undefined {
  try {
    const { syncToken, pageToken } = JSON.parse(text) as Record<string, unknown>;
    if (typeof syncToken !== 'string' && typeof pageToken !== 'string') return undefined;
    return {
      ...(typeof syncToken === 'string' ? { syncToken } : {}),
      ...(typeof pageToken === 'string' ? { pageToken } : {}),
    };
  } catch {
    return undefined;
  }
}
