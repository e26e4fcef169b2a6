/** Which events a listing holds, in which order: as positions, so that a large calendar fits in little memory. */
import { RecentCache } from '../../core/paging.ts';
import type { SeededSnapshot } from '../../core/seeded-table.ts';
import { type EventRecord, occurrenceStamp } from './event.ts';
import {
  type EventQuery,
  hasContentFilter,
  isPlain,
  isWithin,
  isWithinQuery,
  matchesContent,
} from './event-query.ts';
import type { EventStore } from './event-store.ts';
import { MAX_OCCURRENCES, occurrenceEvent, readTime } from './recurrence.ts';

export interface EventSource {
  total: number;
  read: (from: number, to: number) => EventRecord[];
}

/** position × STRIDE + number of the occurrence */
const STRIDE = MAX_OCCURRENCES + 1;
const selections = new WeakMap<EventStore, RecentCache<EventSource>>();

/** @param untilMs where a series without an end stops. */
export function selectEvents(
  store: EventStore,
  query: EventQuery,
  seq: number,
  untilMs: number,
): EventSource {
  const snapshot = store.snapshot(seq);
  if (isPlain(query))
    return { total: snapshot.total, read: (from, to) => [...store.range(snapshot, from, to)] };
  let cache = selections.get(store);
  if (cache === undefined) {
    cache = new RecentCache(3);
    selections.set(store, cache);
  }
  return cache.getOrCreate(`${snapshot.seq} ${untilMs} ${JSON.stringify(query)}`, () =>
    query.singleEvents
      ? selectOccurrences(store, query, snapshot, untilMs)
      : selectRecords(store, query, snapshot, untilMs),
  );
}

function selectRecords(
  store: EventStore,
  query: EventQuery,
  snapshot: SeededSnapshot,
  untilMs: number,
): EventSource {
  const positions: number[] = [];
  const needsEvent = hasContentFilter(query) || query.updatedMinMs !== undefined;
  let position = -1;
  for (const one of store.positions(snapshot)) {
    position++;
    const times = typeof one === 'number' && !needsEvent ? store.seed.times(one) : undefined;
    if (times !== undefined) {
      if (isWithin(query, times.startMs, times.endMs)) positions.push(position);
      continue;
    }
    const record = recordAt(store, snapshot, one);
    if (record !== undefined && matchesContent(record, query) && touchesRange(store, query, record, untilMs))
      positions.push(position);
  }
  // Since updatedMin deletions are always shown: documented.
  const deleted =
    query.showDeleted || query.updatedMinMs !== undefined
      ? [...store.deleted(snapshot.seq)].filter((record) => matchesContent(record, query))
      : [];
  const records = (from: number, to: number) =>
    positions.slice(from, to).flatMap((at) => [...store.range(snapshot, at, at + 1)]);
  if (query.orderBy === 'updated') {
    const sorted = [...records(0, positions.length), ...deleted].sort((a, b) => a.version - b.version);
    return { total: sorted.length, read: (from, to) => sorted.slice(from, to) };
  }
  return {
    total: positions.length + deleted.length,
    read: (from, to) => [
      ...records(from, to),
      ...deleted.slice(Math.max(0, from - positions.length), Math.max(0, to - positions.length)),
    ],
  };
}

function selectOccurrences(
  store: EventStore,
  query: EventQuery,
  snapshot: SeededSnapshot,
  untilMs: number,
): EventSource {
  const found: { code: number; startMs: number; version: number }[] = [];
  let position = -1;
  const add = (occurrence: number, startMs: number, version: number) =>
    found.push({ code: position * STRIDE + occurrence, startMs, version });
  for (const one of store.positions(snapshot)) {
    position++;
    const record = recordAt(store, snapshot, one);
    if (record === undefined || !matchesContent(record, query)) continue;
    const { event } = record;
    if (event.recurrence === undefined) {
      if ((query.showDeleted || event.status !== 'cancelled') && isWithinQuery(query, record))
        add(0, readTime(event.start), record.version);
      continue;
    }
    const replaced = replacedStamps(store, record, snapshot.seq);
    store.expand(record, untilMs).forEach(({ startMs, endMs, allDay }, i) => {
      if (isWithin(query, startMs, endMs) && !replaced.has(occurrenceStamp(startMs, allDay)))
        add(i + 1, startMs, record.version);
    });
  }
  if (query.orderBy === 'startTime') found.sort((a, b) => a.startMs - b.startMs);
  if (query.orderBy === 'updated') found.sort((a, b) => a.version - b.version);
  const codes = Float64Array.from(found, ({ code }) => code);
  return {
    total: codes.length,
    read: (from, to) =>
      [...codes.subarray(from, to)].flatMap((code) => {
        const at = Math.floor(code / STRIDE);
        const [record] = store.range(snapshot, at, at + 1);
        return record === undefined ? [] : [occurrenceOf(store, record, (code % STRIDE) - 1, untilMs)];
      }),
  };
}

function occurrenceOf(
  store: EventStore,
  record: EventRecord,
  occurrence: number,
  untilMs: number,
): EventRecord {
  const found = occurrence < 0 ? undefined : store.expand(record, untilMs)[occurrence];
  if (found === undefined) return record;
  return { ...record, event: occurrenceEvent(record.event, found, store.timeZone()) };
}

/** Which occurrences of a series are told by an exception of their own. */
export function replacedStamps(store: EventStore, master: EventRecord, seq: number): Set<string> {
  return new Set(
    store.exceptionsOf(master.event.id, seq).map(({ event }) => event.id.slice(master.event.id.length + 1)),
  );
}

function recordAt(
  store: EventStore,
  snapshot: SeededSnapshot,
  one: number | string,
): EventRecord | undefined {
  return typeof one === 'number' ? store.seed.record(one) : store.find(one, snapshot.seq);
}

/** A series is within a range where one of its occurrences is. */
function touchesRange(store: EventStore, query: EventQuery, record: EventRecord, untilMs: number): boolean {
  if (query.timeMinMs === undefined && query.timeMaxMs === undefined) return true;
  if (record.event.recurrence === undefined) return isWithinQuery(query, record);
  return store.expand(record, untilMs).some(({ startMs, endMs }) => isWithin(query, startMs, endMs));
}
