import {
  type CalendarEventRow,
  loadCalendarEvents,
  packCalendarEvents,
  purgeCalendarEvents,
  purgeCalendarEventsOf,
  removeCalendarEvents,
  unseenCalendarEvents,
  writeCalendarEvents,
} from '../../db/queries/calendar-events.ts';
import type { CalendarEventRecord } from '../../providers/contract/index.ts';
import { mirror, type RecordStore } from './store.ts';

export const calendarEventStore: RecordStore = {
  prepare(page) {
    const rows = (page.upserts as readonly CalendarEventRecord[]).map(shape);
    const { deletions } = page;
    return (tx, context) => writeCalendarEvents(tx, context, { rows, deletions });
  },
  prepareLoad(page, context) {
    const rows = packCalendarEvents(context, page.upserts as readonly CalendarEventRecord[], shape);
    return (tx) => loadCalendarEvents(tx, rows);
  },
  findUnseen: (db, { key, limit, ...query }) => unseenCalendarEvents(db, { ...key, ...query }, limit),
  remove: (tx, key, remoteIds) => removeCalendarEvents(tx, key.collectionId, remoteIds),
  purgeCollection: purgeCalendarEvents,
  async purgeIntegration(tx, { integrationId, records, limit }) {
    return records === 'delete' ? purgeCalendarEventsOf(tx, integrationId, limit) : 0;
  },
};

/** Without the parsed record, which is in `rawJson`. */
function shape(record: CalendarEventRecord): CalendarEventRow {
  const { raw: _, ...event } = record;
  return { ...event, ...mirror(record) };
}
