/** One calendar's events: the seeded ones, and over them what was changed, created and deleted. */
import { RecentCache } from '../../core/paging.ts';
import type { SandboxCore } from '../../core/sandbox-core.ts';
import { type SeededSnapshot, SeededTable } from '../../core/seeded-table.ts';
import type { Change } from '../../core/versioned-table.ts';
import type { GoogleSettings } from '../settings.ts';
import { type CalendarEvent, type EventRecord, nextVersion, occurrenceStamp } from './event.ts';
import type { EventSeed } from './event-seed.ts';
import { expandSeries, type Occurrence, occurrenceEvent } from './recurrence.ts';

export class EventStore {
  readonly seed: EventSeed;
  readonly timeZone: () => string;
  readonly #core: SandboxCore<GoogleSettings>;
  readonly #listing: SeededTable<EventRecord>;
  readonly #onChange: () => void;
  readonly #exceptionIds = new Map<string, Set<string>>();
  readonly #expansions = new RecentCache<Occurrence[]>(64);

  constructor(parts: {
    core: SandboxCore<GoogleSettings>;
    /** Names the durable table. */
    name: string;
    seed: EventSeed;
    timeZone: () => string;
    /** Called after each write, to notify watchers. */
    onChange: () => void;
  }) {
    this.#core = parts.core;
    this.seed = parts.seed;
    this.timeZone = parts.timeZone;
    this.#onChange = parts.onChange;
    this.#listing = new SeededTable(
      parts.core.state.versioned<EventRecord>(`google.world.events.${parts.name}`),
      parts.seed,
      (record) => record.gone === undefined,
    );
    for (const { key } of this.#listing.table.entries()) this.#noteException(key);
  }

  /** The stored event as of `seq`, a deleted one included; undefined where there never was one. */
  find(id: string, seq?: number): EventRecord | undefined {
    const version = this.#listing.table.get(id, seq);
    if (version !== undefined) return version.value ?? undefined;
    const index = this.seed.indexOf(id);
    return index === undefined ? undefined : this.seed.record(index);
  }

  /** Like `find`, and an occurrence of a series that nothing is stored of. */
  findOrExpand(id: string, seq?: number): EventRecord | undefined {
    const stored = this.find(id, seq);
    const underscore = id.lastIndexOf('_');
    if (stored !== undefined || underscore < 0) return stored;
    const master = this.find(id.slice(0, underscore), seq);
    if (master?.event.recurrence === undefined || master.gone) return undefined;
    const stamp = id.slice(underscore + 1);
    const untilMs = readStamp(stamp) + 1;
    const occurrence = expandSeries(master.event, untilMs, this.timeZone()).find(
      ({ startMs, allDay }) => occurrenceStamp(startMs, allDay) === stamp,
    );
    return occurrence && { ...master, event: occurrenceEvent(master.event, occurrence, this.timeZone()) };
  }

  /** The occurrences of a series that start before `untilMs`, exceptions not considered; none of a single event. */
  expand(master: EventRecord, untilMs: number): Occurrence[] {
    if (master.event.recurrence === undefined) return [];
    const zone = this.timeZone();
    return this.#expansions.getOrCreate(`${master.event.id} ${master.version} ${untilMs} ${zone}`, () =>
      expandSeries(master.event, untilMs, zone),
    );
  }

  put(event: CalendarEvent, before?: EventRecord, gone?: true): EventRecord {
    const nowMs = this.#core.clock.now();
    const now = new Date(nowMs).toISOString();
    const record: EventRecord = {
      event,
      created: before?.created ?? now,
      updated: now,
      version: nextVersion(nowMs, before?.version),
      ...(gone && { gone }),
    };
    this.#listing.table.put(event.id, record);
    this.#noteException(event.id);
    this.#onChange();
    return record;
  }

  /** Deletes an event; of a series, its exceptions too. An occurrence of a living series is cancelled. */
  delete(record: EventRecord): void {
    const { event } = record;
    if (event.recurringEventId !== undefined) {
      this.put({ ...event, status: 'cancelled' }, record);
      return;
    }
    if (event.recurrence !== undefined)
      for (const exception of this.exceptionsOf(event.id, this.#core.state.seq))
        this.put({ ...exception.event, status: 'cancelled' }, exception, true);
    this.put({ ...event, status: 'cancelled' }, record, true);
  }

  /** The stored exceptions of a series as of `seq`, those that went with it left out. */
  exceptionsOf(masterId: string, seq: number): EventRecord[] {
    const ids = new Set(this.#exceptionIds.get(masterId));
    const index = this.seed.indexOf(masterId);
    if (index !== undefined)
      for (const candidate of [index + 1, index + 2])
        if (candidate < this.seed.count && isExceptionOf(this.seed.id(candidate), masterId))
          ids.add(this.seed.id(candidate));
    return [...ids].flatMap((id) => {
      const record = this.find(id, seq);
      return record === undefined || record.gone ? [] : [record];
    });
  }

  snapshot(seq: number): SeededSnapshot {
    return this.#listing.snapshot(seq);
  }

  /** The events at these positions of a listing, as of its moment. */
  *range(snapshot: SeededSnapshot, from: number, to: number): Generator<EventRecord> {
    for (const one of this.#listing.range(snapshot, from, to)) {
      const record = typeof one === 'number' ? this.seed.record(one) : this.find(one, snapshot.seq);
      if (record !== undefined) yield record;
    }
  }

  /** The seeded index or the key at each position of a listing, to filter a large one without making its events. */
  positions(snapshot: SeededSnapshot): Generator<number | string> {
    return this.#listing.range(snapshot, 0, snapshot.total);
  }

  /** Deleted events as of `seq`, for listings that ask for them. */
  *deleted(seq: number): Generator<EventRecord> {
    for (const { version } of this.#listing.table.entries(seq)) if (version.value?.gone) yield version.value;
  }

  changes(afterSeq: number, upToSeq: number): Change<EventRecord>[] {
    return this.#listing.changes(afterSeq, upToSeq);
  }

  /** The moment of the last change, for the collection's etag and `updated`. */
  lastChange(seq: number): number {
    return this.#listing.table.lastChange(seq);
  }

  #noteException(id: string): void {
    const underscore = id.lastIndexOf('_');
    if (underscore < 0) return;
    const masterId = id.slice(0, underscore);
    const ids = this.#exceptionIds.get(masterId) ?? new Set();
    this.#exceptionIds.set(masterId, ids.add(id));
  }
}

/** Google's ids say it: an exception's is its series' id and the moment that it replaces. */
const isExceptionOf = (id: string, masterId: string): boolean => id.startsWith(`${masterId}_`);

function readStamp(stamp: string): number {
  const iso = `${stamp.slice(0, 4)}-${stamp.slice(4, 6)}-${stamp.slice(6, 8)}`;
  if (stamp.length === 8) return Date.parse(iso);
  return Date.parse(`${iso}T${stamp.slice(9, 11)}:${stamp.slice(11, 13)}:${stamp.slice(13, 15)}Z`);
}
