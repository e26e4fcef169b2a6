/**
 * A world that is mostly a function: seeded records by index, and over them a versioned table of what was changed,
 * created and deleted. Listings show one moment: untouched seeded records first, then the others by their last change.
 */
import { RecentCache } from './paging.ts';
import type { Change, VersionedTable } from './versioned-table.ts';

export interface SeededSnapshot {
  seq: number;
  /** Indexes of the seeded records that the table has taken over, ascending. */
  touched: number[];
  isTouched: ReadonlySet<number>;
  /** Keys of the listed records of the table, in order of their last change. */
  tail: string[];
  /** Seeded records that nothing has touched. */
  untouched: number;
  /** All listed records. */
  total: number;
}

export class SeededTable<T> {
  readonly table: VersionedTable<T>;
  readonly #seed: { readonly count: number; indexOf(key: string): number | undefined };
  readonly #isListed: (value: T) => boolean;
  readonly #snapshots = new RecentCache<SeededSnapshot>(8);
  readonly #changes = new RecentCache<Change<T>[]>(4);

  /** @param isListed whether a record of the table is part of listings (a renamed or trashed one may not be). */
  constructor(
    table: VersionedTable<T>,
    seed: { readonly count: number; indexOf(key: string): number | undefined },
    isListed: (value: T) => boolean,
  ) {
    this.table = table;
    this.#seed = seed;
    this.#isListed = isListed;
  }

  snapshot(seq: number): SeededSnapshot {
    const lastChange = this.table.lastChange(seq);
    return this.#snapshots.getOrCreate(String(lastChange), () => this.#take(lastChange));
  }

  /** Changes after one moment and up to another, oldest first. */
  changes(afterSeq: number, upToSeq: number): Change<T>[] {
    return this.#changes.getOrCreate(`${afterSeq} ${upToSeq}`, () => this.table.changes(afterSeq, upToSeq));
  }

  /** The records at these positions of a listing: the index of a seeded one, the key of another. */
  *range(snapshot: SeededSnapshot, from: number, to: number): Generator<number | string> {
    let index = from < snapshot.untouched ? nthUntouched(snapshot, from) : 0;
    for (let position = from; position < Math.min(to, snapshot.total); position++) {
      if (position >= snapshot.untouched) yield snapshot.tail[position - snapshot.untouched] as string;
      else {
        while (snapshot.isTouched.has(index)) index++;
        yield index++;
      }
    }
  }

  #take(seq: number): SeededSnapshot {
    const isTouched = new Set<number>();
    const listed: { key: string; seq: number }[] = [];
    for (const { key, version } of this.table.entries(seq)) {
      const index = this.#seed.indexOf(key);
      if (index !== undefined) isTouched.add(index);
      if (version.value !== null && this.#isListed(version.value)) listed.push({ key, seq: version.seq });
    }
    listed.sort((a, b) => a.seq - b.seq);
    const untouched = this.#seed.count - isTouched.size;
    return {
      seq,
      isTouched,
      touched: [...isTouched].sort((a, b) => a - b),
      tail: listed.map(({ key }) => key),
      untouched,
      total: untouched + listed.length,
    };
  }
}

/** The index of the n-th untouched seeded record: n, moved up by the touched ones before it. */
function nthUntouched({ touched }: SeededSnapshot, n: number): number {
  let low = 0;
  let high = touched.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((touched[middle] as number) - middle <= n) low = middle + 1;
    else high = middle;
  }
  return n + low;
}
