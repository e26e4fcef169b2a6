/** All nodes of one kind: seeded ones, computed when they are read, under the changes that were made since. */
import { RecentCache } from '../../core/paging.ts';
import type { VersionedTable } from '../../core/versioned-table.ts';
import type { LinearNode } from './records.ts';

export type TimeOrder = 'createdAt' | 'updatedAt';

/** Seeded records by index. */
export interface SeededRecords<T> {
  size: number;
  at(index: number): T;
  id(index: number): string;
  indexOf(id: string): number | undefined;
  timeMs(index: number, order: TimeOrder): number;
  /** Indices whose record belongs to that group, where the collection groups. */
  inGroup?(key: string): number[];
}

/** A place in a listing: after this time and id. */
export interface Position {
  ms: number;
  id: string;
}

/** Inclusive bounds on a time; only a shortcut, what is yielded must still be filtered. */
export interface TimeBounds {
  minMs: number;
  maxMs: number;
}

export interface Walk {
  orderBy: TimeOrder;
  /** Newest first, or the other way round. */
  descending: boolean;
  seq: number;
  after?: Position | undefined;
  bounds?: Partial<Record<TimeOrder, TimeBounds>>;
}

interface Entry<T> extends Position {
  record: T;
}

export class Collection<T extends LinearNode> {
  readonly seeded: SeededRecords<T>;
  readonly #changes: VersionedTable<T>;
  readonly #groupOf: ((record: T) => string | null) | undefined;
  readonly #changedSeeds = new Set<number>();
  readonly #changedInGroup = new Map<string, Set<string>>();
  readonly #times = new Map<TimeOrder, Float64Array>();
  readonly #orders = new Map<TimeOrder, Uint32Array>();
  readonly #sortedChanges = new RecentCache<Entry<T>[]>(8);
  #lastSeq = 0;

  /** @param groupOf a key under which `group` finds records: an issue's parent, a comment's issue. */
  constructor(seeded: SeededRecords<T>, changes: VersionedTable<T>, groupOf?: (record: T) => string | null) {
    this.seeded = seeded;
    this.#changes = changes;
    this.#groupOf = groupOf;
    for (const { key, version } of changes.entries()) this.#note(key, version.value, version.seq);
  }

  /** The record as of `seq`; undefined where it does not exist or was removed for good. */
  get(id: string, seq = Number.POSITIVE_INFINITY): T | undefined {
    const version = this.#changes.get(id, seq);
    if (version !== undefined) return version.value ?? undefined;
    const index = this.seeded.indexOf(id);
    return index === undefined || index >= this.seeded.size ? undefined : this.seeded.at(index);
  }

  put(record: T): T {
    this.#note(record.id, record, this.#changes.put(record.id, record).seq);
    return record;
  }

  remove(id: string): void {
    this.#note(id, null, this.#changes.put(id, null).seq);
  }

  /** The changed and added records as of `seq`, in no particular order. */
  *changed(seq = Number.POSITIVE_INFINITY): Generator<T> {
    for (const { version } of this.#changes.entries(seq)) if (version.value !== null) yield version.value;
  }

  /** The records of one group as of `seq`. */
  group(key: string, seq: number): T[] {
    const ids = new Set(this.#changedInGroup.get(key));
    for (const index of this.seeded.inGroup?.(key) ?? []) ids.add(this.seeded.id(index));
    const records = [...ids].map((id) => this.get(id, seq));
    return records.filter((record): record is T => record !== undefined && this.#groupOf?.(record) === key);
  }

  /** Every record as of `seq` in the order asked for, computed one by one, so that a page costs what a page holds. */
  *walk(walk: Walk): Generator<T> {
    const { orderBy, seq, bounds } = walk;
    const step = walk.descending ? 1 : -1;
    const order = this.#order(orderBy);
    const times = this.#time(orderBy);
    const other: TimeOrder = orderBy === 'createdAt' ? 'updatedAt' : 'createdAt';
    const otherBounds = bounds?.[other];
    const otherTimes = otherBounds && this.#time(other);
    const changes = this.#changesInOrder(orderBy, seq);
    const seedAt = (i: number) => order[i] as number;
    const seedPosition = (i: number): Position => ({
      ms: times[seedAt(i)] as number,
      id: this.seeded.id(seedAt(i)),
    });
    const start = startOf(walk);
    let s = firstBeyond(order.length, start, walk.descending, seedPosition);
    let c = firstBeyond(changes.length, start, walk.descending, (i) => changes[i] as Entry<T>);
    const isPast = (ms: number) => {
      const limits = bounds?.[orderBy];
      return limits !== undefined && (walk.descending ? ms < limits.minMs : ms > limits.maxMs);
    };
    for (;;) {
      while (s >= 0 && s < order.length && this.#isHidden(seedAt(s), seq, otherTimes, otherBounds)) s += step;
      const hasSeed = s >= 0 && s < order.length;
      const change = changes[c];
      if (!hasSeed && change === undefined) return;
      const seedMs = hasSeed ? (times[seedAt(s)] as number) : 0;
      const takeSeed =
        hasSeed &&
        (change === undefined ||
          (seedMs === change.ms
            ? compare(seedPosition(s), change) * step < 0
            : walk.descending === seedMs > change.ms));
      if (isPast(takeSeed ? seedMs : (change as Entry<T>).ms)) return;
      if (takeSeed) {
        yield this.seeded.at(seedAt(s));
        s += step;
      } else {
        yield (change as Entry<T>).record;
        c += step;
      }
    }
  }

  #isHidden(index: number, seq: number, times?: Float64Array, bounds?: TimeBounds): boolean {
    if (times !== undefined && bounds !== undefined) {
      const ms = times[index] as number;
      if (ms < bounds.minMs || ms > bounds.maxMs) return true;
    }
    return this.#changedSeeds.has(index) && this.#changes.get(this.seeded.id(index), seq) !== undefined;
  }

  #note(id: string, value: T | null, seq: number): void {
    this.#lastSeq = Math.max(this.#lastSeq, seq);
    const index = this.seeded.indexOf(id);
    if (index !== undefined && index < this.seeded.size) this.#changedSeeds.add(index);
    const group = value === null ? null : this.#groupOf?.(value);
    if (group === null || group === undefined) return;
    const members = this.#changedInGroup.get(group);
    if (members === undefined) this.#changedInGroup.set(group, new Set([id]));
    else members.add(id);
  }

  #time(order: TimeOrder): Float64Array {
    let times = this.#times.get(order);
    if (times === undefined) {
      times = Float64Array.from({ length: this.seeded.size }, (_, i) => this.seeded.timeMs(i, order));
      this.#times.set(order, times);
    }
    return times;
  }

  #order(orderBy: TimeOrder): Uint32Array {
    let order = this.#orders.get(orderBy);
    if (order === undefined) {
      const times = this.#time(orderBy);
      const { seeded } = this;
      order = Uint32Array.from(times, (_, i) => i).sort((a, b) => {
        const later = (times[b] as number) - (times[a] as number);
        return later !== 0 ? later : seeded.id(a) < seeded.id(b) ? -1 : 1;
      });
      this.#orders.set(orderBy, order);
    }
    return order;
  }

  #changesInOrder(orderBy: TimeOrder, seq: number): Entry<T>[] {
    const asOf = Math.min(seq, this.#lastSeq);
    return this.#sortedChanges.getOrCreate(`${orderBy} ${asOf}`, () =>
      [...this.changed(asOf)]
        .map((record) => ({ ms: Date.parse(record[orderBy]), id: record.id, record }))
        .sort(compare),
    );
  }
}

/** Newest first; by id where the times are the same. */
export function compare(a: Position, b: Position): number {
  return b.ms - a.ms || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** Where to begin: after the position asked for, or at the near end of the time bounds, whichever is further on. */
function startOf({ after, bounds, orderBy, descending }: Walk): Position | undefined {
  const limits = bounds?.[orderBy];
  const edgeMs = descending ? limits?.maxMs : limits?.minMs;
  if (edgeMs === undefined || !Number.isFinite(edgeMs)) return after;
  const edge = { ms: edgeMs, id: descending ? '' : '~' };
  if (after === undefined) return edge;
  return compare(after, edge) * (descending ? 1 : -1) > 0 ? after : edge;
}

/** The first index strictly beyond the start in walking direction, in a list sorted by `compare`. */
function firstBeyond(
  length: number,
  start: Position | undefined,
  descending: boolean,
  at: (index: number) => Position,
): number {
  if (start === undefined) return descending ? 0 : length - 1;
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const isBefore = descending ? compare(at(middle), start) <= 0 : compare(at(middle), start) < 0;
    if (isBefore) low = middle + 1;
    else high = middle;
  }
  return descending ? low : low - 1;
}
