/** Records with their recent versions, so that a listing can be read as of a moment and a sync token can ask "since". */

export interface Version<T> {
  /** Grows with every write of the whole stand-in; what sync tokens carry. */
  seq: number;
  /** When it was written, ms since the epoch. */
  at: number;
  /** null is a tombstone. */
  value: T | null;
}

export interface Change<T> {
  key: string;
  version: Version<T>;
}

/** Enough for a lagging or stale read to find its moment; older versions of one record are forgotten. */
const VERSIONS_KEPT = 50;

export class VersionedTable<T> {
  readonly #versions = new Map<string, Version<T>[]>();
  #log: { seq: number; key: string }[] = [];
  readonly #write: (key: string, value: T | null) => Version<T>;

  /** @param write makes the version durable and gives it its sequence number. */
  constructor(write: (key: string, value: T | null) => Version<T>) {
    this.#write = write;
  }

  put(key: string, value: T | null): Version<T> {
    const version = this.#write(key, value);
    this.restore(key, version);
    return version;
  }

  /** Adds a version without writing it: used when the journal is read back. */
  restore(key: string, version: Version<T>): void {
    const versions = this.#versions.get(key);
    if (versions === undefined) this.#versions.set(key, [version]);
    else {
      versions.push(version);
      if (versions.length > VERSIONS_KEPT) versions.shift();
    }
    this.#log.push({ seq: version.seq, key });
  }

  /** The version that stood at `seq` (default: the newest); undefined where the table has never heard of it by then. */
  get(key: string, seq = Number.POSITIVE_INFINITY): Version<T> | undefined {
    const versions = this.#versions.get(key);
    if (versions === undefined) return undefined;
    for (let i = versions.length - 1; i >= 0; i--) {
      const version = versions[i] as Version<T>;
      if (version.seq <= seq) return version;
    }
    return undefined;
  }

  has(key: string): boolean {
    return this.#versions.has(key);
  }

  /** Every record as of `seq`, tombstones included, in order of first appearance. */
  *entries(seq = Number.POSITIVE_INFINITY): Generator<Change<T>> {
    for (const key of this.#versions.keys()) {
      const version = this.get(key, seq);
      if (version !== undefined) yield { key, version };
    }
  }

  /** What changed after `afterSeq` and up to `upToSeq`: each record once, as of `upToSeq`, oldest change first. */
  changes(afterSeq: number, upToSeq: number): Change<T>[] {
    const seen = new Set<string>();
    const found: Change<T>[] = [];
    for (let i = this.#log.length - 1; i >= 0; i--) {
      const entry = this.#log[i] as { seq: number; key: string };
      if (entry.seq <= afterSeq) break;
      if (entry.seq > upToSeq || seen.has(entry.key)) continue;
      seen.add(entry.key);
      const version = this.get(entry.key, upToSeq);
      if (version !== undefined) found.push({ key: entry.key, version });
    }
    return found.reverse();
  }

  /** The sequence number of the last change up to `upToSeq`; 0 where there is none. */
  lastChange(upToSeq: number): number {
    for (let i = this.#log.length - 1; i >= 0; i--) {
      const { seq } = this.#log[i] as { seq: number };
      if (seq <= upToSeq) return seq;
    }
    return 0;
  }

  /** All kept versions in the order they were written. */
  *history(): Generator<Change<T>> {
    const all: Change<T>[] = [];
    for (const [key, versions] of this.#versions) for (const version of versions) all.push({ key, version });
    yield* all.sort((a, b) => a.version.seq - b.version.seq);
  }

  clear(): void {
    this.#versions.clear();
    this.#log = [];
  }
}
