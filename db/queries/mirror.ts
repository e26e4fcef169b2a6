/** What every mirrored kind of record shares: whose it is, and how a page's outcome is counted. */

/** Whose records a page holds, and which run brings them. */
export interface MirrorContext {
  readonly integrationId: string;
  readonly workspaceId: string;
  readonly userId: string;
  readonly stream: string;
  readonly collectionId: string;
  readonly runId: string;
  /** This listing began into an empty stream: only its own earlier pages can have stored a row. */
  readonly fresh: boolean;
  /** Nothing of this stream is stored yet, so that looking for known rows can be left out. */
  readonly empty: boolean;
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
