/** What every mirrored kind of record shares: whose it is, and how a page's outcome is counted. */

/** Whose records a page holds, and which run brings them. */
export interface MirrorContext {
  readonly integrationId: string;
  readonly workspaceId: string;
  readonly userId: string;
  readonly stream: string;
  readonly collectionId: string;
  readonly runId: string;
}

/** A record as it is compared and stored. */
export interface Mirrored {
  readonly remoteId: string;
  readonly etag: string | null;
  readonly remoteUpdatedAt: string | null;
  /** The first 132 bits of the SHA-256 of `rawJson`, base64url. */
  readonly contentHash: string;
  /** The provider's record as JSON text. */
  readonly rawJson: string;
}

export interface PageOutcome {
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  readonly unchanged: number;
  /** By how many the stream's records grew, where that is not `created - deleted`: a planner counts what it does itself. */
  readonly recordChange?: number;
}

/** Splits a page into what is new, what changed and what is as it was; the last of a repeated id wins. */
export function splitByHash<R extends Mirrored>(
  rows: readonly R[],
  known: ReadonlyMap<string, string>,
): { created: R[]; updated: R[]; unchanged: number } {
  const latest = new Map(rows.map((row) => [row.remoteId, row]));
  const created: R[] = [];
  const updated: R[] = [];
  for (const row of latest.values()) {
    const hash = known.get(row.remoteId);
    if (hash === undefined) created.push(row);
    else if (hash !== row.contentHash) updated.push(row);
  }
  return { created, updated, unchanged: latest.size - created.length - updated.length };
}

/** Each record once, where a page gives one twice; the last wins. */
export const latestOf = <R extends { readonly remoteId: string }>(records: readonly R[]): Iterable<R> =>
  new Map(records.map((record) => [record.remoteId, record])).values();

/** What loading a page into an empty stream did. */
export const loadedRows = (count: number): PageOutcome => ({
  created: count,
  updated: 0,
  deleted: 0,
  unchanged: 0,
});
