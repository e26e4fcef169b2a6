import {
  calendarEventJson,
  purgeCalendarEvents,
  purgeCalendarEventsOf,
  removeCalendarEvents,
  unseenCalendarEvents,
  writeCalendarEvents,
} from '../../db/queries/calendar-events.ts';
import type { CalendarEventRecord } from '../../providers/contract/index.ts';
import { mirror, type RecordStore } from './store.ts';

export const calendarEventStore: RecordStore = {
  prepare(page, { fresh }) {
    const rows = (page.upserts as readonly CalendarEventRecord[]).map((record) => {
      const mirrored = mirror(record);
      // The raw record must not be kept by the closure: it is in `rawJson`.
      const { raw: _, ...event } = record;
      const json = fresh ? calendarEventJson(mirrored, event) : undefined;
      return { ...mirrored, json: () => json ?? calendarEventJson(mirrored, event) };
    });
    const { deletions } = page;
    return (tx, context) => writeCalendarEvents(tx, context, { rows, deletions });
  },
  findUnseen: (db, { key, limit, ...query }) => unseenCalendarEvents(db, { ...key, ...query }, limit),
  remove: (tx, key, remoteIds) => removeCalendarEvents(tx, key.collectionId, remoteIds),
  purgeCollection: purgeCalendarEvents,
  async purgeIntegration(tx, { integrationId, records, limit }) {
    return records === 'delete' ? purgeCalendarEventsOf(tx, integrationId, limit) : 0;
  },
};
