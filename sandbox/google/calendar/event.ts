/** Events as the stand-in keeps them. Every member is one of the discovery document's. */

export interface EventTime {
  date?: string;
  dateTime?: string;
  timeZone?: string;
}

export interface CalendarEvent {
  id: string;
  status: 'confirmed' | 'tentative' | 'cancelled';
  summary?: string;
  start?: EventTime;
  end?: EventTime;
  recurrence?: string[];
  recurringEventId?: string;
  originalStartTime?: EventTime;
  iCalUID?: string;
  sequence?: number;
  [member: string]: unknown;
}

export interface EventRecord {
  event: CalendarEvent;
  /** ISO times. */
  created: string;
  updated: string;
  /** Grows with every write; the etag is made of it. */
  version: number;
  /** Deleted for good. A cancelled occurrence of a living series is not gone. */
  gone?: true;
}

/** `20261103T083000Z` or `20261103`: the end of an occurrence's id. */
export function occurrenceStamp(utcMs: number, allDay: boolean): string {
  const text = new Date(utcMs).toISOString();
  return allDay ? text.slice(0, 10).replaceAll('-', '') : `${text.slice(0, 19).replace(/[-:]/g, '')}Z`;
}

export const eventEtag = (record: EventRecord): string => `"${record.version}"`;

/** A version for a write at that time, larger than the one before. */
export const nextVersion = (nowMs: number, before = 0): number => Math.max(nowMs * 2000, before + 2000);
