/** What changed in a calendar since a sync token; with singleEvents, told as occurrences. */
import type { CalendarEvent, EventRecord } from './event.ts';
import { type EventQuery, matchesContent } from './event-query.ts';
import { type EventSource, replacedStamps } from './event-selection.ts';
import type { EventStore } from './event-store.ts';
import { expandSeries, occurrenceEvent } from './recurrence.ts';

export function changedEvents(
  store: EventStore,
  query: EventQuery,
  range: { since: number; seq: number; untilMs: number },
): EventSource {
  const changes = store.changes(range.since, range.seq);
  const isShown = (record: EventRecord | null): record is EventRecord =>
    record !== null && (record.event.status === 'cancelled' || matchesContent(record, query));
  if (!query.singleEvents) {
    const records = changes.map(({ version }) => version.value).filter(isShown);
    return { total: records.length, read: (from, to) => records.slice(from, to) };
  }
  const records = changes.flatMap(({ version }) =>
    isShown(version.value) ? tellOccurrences(store, version.value, range) : [],
  );
  return { total: records.length, read: (from, to) => records.slice(from, to) };
}

function tellOccurrences(
  store: EventStore,
  record: EventRecord,
  range: { since: number; seq: number; untilMs: number },
): EventRecord[] {
  const { event } = record;
  const before = store.find(event.id, range.since);
  if (event.recurrence === undefined && before?.event.recurrence === undefined) return [record];
  const occurrences = (master: CalendarEvent | undefined) =>
    master?.recurrence === undefined
      ? []
      : expandSeries(master, range.untilMs, store.timeZone()).map((one) =>
          occurrenceEvent(master, one, store.timeZone()),
        );
  const replaced = replacedStamps(store, record, range.seq);
  const now = record.gone ? [] : occurrences(event);
  const kept = new Set(now.map(({ id }) => id));
  const isOwn = ({ id }: CalendarEvent) => !replaced.has(id.slice(event.id.length + 1));
  const vanished = occurrences(before?.gone ? undefined : before?.event).filter((one) => !kept.has(one.id));
  return [
    ...now.filter(isOwn).map((one) => ({ ...record, event: one })),
    ...vanished.filter(isOwn).map((one) => ({ ...record, event: { ...one, status: 'cancelled' as const } })),
    // A series that became a single event is told as that too.
    ...(event.recurrence === undefined && !record.gone ? [record] : []),
  ];
}
