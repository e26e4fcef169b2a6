/** Where a Google listing stands: which increment (`syncToken`) and which page of it (`pageToken`). */
import { type Cursor, ProviderError } from '../contract/index.ts';

export interface GooglePosition {
  /** Absent in a complete listing. */
  readonly syncToken?: string;
  readonly pageToken?: string;
}

const version = 'v1:';

export function writeCursor(position: GooglePosition): Cursor {
  return version + JSON.stringify(position);
}

/** null is the start of a complete listing. A cursor of another version counts as expired: list everything again. */
export function readCursor(cursor: Cursor | null): GooglePosition {
  if (cursor === null) return {};
  const position = cursor.startsWith(version) ? parse(cursor.slice(version.length)) : undefined;
  if (position === undefined) {
    throw new ProviderError({
      kind: 'cursor_expired',
      message: 'The saved position was written by another version: a complete listing is needed.',
    });
  }
  return position;
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
