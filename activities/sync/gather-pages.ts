/** Small pages together: a commit costs about the same for one page as for several. */
import type { RecordPage } from '../../providers/contract/index.ts';

/** However slow the provider is, what it has given is committed after about this long. */
const gatherForMs = 300;

/**
 * The page at `from` and those that follow it, until there are `upTo` records. A failure after the first page ends the
 * gathering; whoever goes on from there meets it again.
 */
export async function gatherPages(
  fetch: (cursor: string | null) => Promise<RecordPage>,
  from: string | null,
  upTo: number,
): Promise<RecordPage> {
  const endAtMs = performance.now() + gatherForMs;
  let gathered = await fetch(from);
  while (
    gathered.next.kind === 'more' &&
    gathered.upserts.length + gathered.deletions.length < upTo &&
    performance.now() < endAtMs
  ) {
    const following = await fetch(gathered.next.cursor).catch(() => undefined);
    if (following === undefined) break;
    gathered = join(gathered, following);
  }
  return gathered;
}

/** What a later page has again was not removed, or lost, for good. */
function join(earlier: RecordPage, later: RecordPage): RecordPage {
  const again = new Set(later.upserts.map((record) => record.remoteId));
  const without = (ids: readonly string[] = []) => ids.filter((id) => !again.has(id));
  return {
    upserts: [...earlier.upserts, ...later.upserts],
    deletions: [...without(earlier.deletions), ...later.deletions],
    lost: [...without(earlier.lost), ...(later.lost ?? [])],
    next: later.next,
    ...(later.total === undefined ? {} : { total: later.total }),
  };
}
