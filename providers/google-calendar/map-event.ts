import type { calendar_v3 } from '@googleapis/calendar';
import type { CalendarEventRecord, EventTime } from '../contract/index.ts';
import { requireId } from '../google/listing.ts';

type GoogleEvent = calendar_v3.Schema$Event;

/**
 * Splits a page into records and deletions. A cancelled item is a deletion, except where it cancels one occurrence of
 * a living series: that exception must stay, or the series would show the occurrence again.
 */
export function sortEvents(events: readonly GoogleEvent[]): {
  upserts: CalendarEventRecord[];
  deletions: string[];
} {
  const upserts: CalendarEventRecord[] = [];
  const deletions: string[] = [];
  for (const event of events) {
    if (event.status === 'cancelled' && !event.recurringEventId) deletions.push(requireId(event.id));
    else upserts.push(mapEvent(event));
  }
  return { upserts, deletions };
}

/** `raw`, `start` and `end` are Google's own parsed objects, not copies: pages hold 2,500 events. */
export function mapEvent(event: GoogleEvent): CalendarEventRecord {
  const record = {
    remoteId: requireId(event.id),
    raw: event,
    title: event.summary ?? null,
    description: event.description ?? null,
    location: event.location ?? null,
    start: readTime(event.start),
    end: readTime(event.end),
    status: readStatus(event.status),
    recurrence: event.recurrence ?? [],
    seriesRemoteId: event.recurringEventId ?? null,
    originalStart: readTime(event.originalStartTime),
    url: event.htmlLink ?? null,
  };
  const marks: { etag?: string; updatedAt?: string } = {};
  if (event.etag) marks.etag = event.etag;
  if (event.updated) marks.updatedAt = event.updated;
  return Object.assign(record, marks);
}

function readTime(time: calendar_v3.Schema$EventDateTime | undefined): EventTime | null {
  return (time as EventTime | undefined) ?? null;
}

function readStatus(status: string | null | undefined): CalendarEventRecord['status'] {
  return status === 'tentative' || status === 'cancelled' ? status : 'confirmed';
}
