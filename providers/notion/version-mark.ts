/** Under which version a page is held, and whether its content may still have changed under the same version. */
import { overlapMs } from './cursor.ts';

/** Raised when pages are mapped otherwise: all contents are then read anew. */
const mapping = 'v1';

/**
 * `last_edited_time` is cut to the minute: a page may be edited again under the same one. A content that was read well
 * after that minute is settled; one that was read earlier carries a tilde and is read again when the page comes up.
 */
export function markOf(page: { readonly last_edited_time: string }, readAtMs: number): string {
  const settled = readAtMs - Date.parse(page.last_edited_time) >= overlapMs;
  return `${mapping}:${page.last_edited_time}${settled ? '' : '~'}`;
}

/** Of a page whose content could not be read: it is held, and its content is not that of any time. */
export const unreadMark = `${mapping}:unread`;

/** Whether the content that is held under this mark is certainly that of the page as it is now. */
export function isCurrent(mark: string | undefined, page: { readonly last_edited_time: string }): boolean {
  return mark === `${mapping}:${page.last_edited_time}`;
}
