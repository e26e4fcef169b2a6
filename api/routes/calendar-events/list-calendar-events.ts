import { z } from 'zod';
import {
  isCalendarKnown,
  listCalendarEvents as queryCalendarEvents,
} from '../../../db/queries/calendar-events-read.ts';
import { calendarEvent, listCalendarEventsQuery } from '../../contract/calendar-event.ts';
import { listOf, resourceId } from '../../contract/shape.ts';
import { defineRoute } from '../../define-route.ts';
import { decodeCursor, toList } from '../../paging.ts';
import { presentCalendarEvent } from '../../present.ts';
import { notFound } from '../../problem.ts';

const position = z.strictObject({ startsAt: z.iso.datetime().nullable(), id: resourceId });
const toUtc = (bound: string | undefined) =>
  bound === undefined ? undefined : new Date(bound).toISOString();

export const listCalendarEvents = defineRoute({
  method: 'get',
  path: '/v1/calendar-events',
  summary: 'Calendar events in a time range, by their start',
  description:
    'A series comes once, with its recurrence lines, wherever it may have an occurrence in the range; its exceptions come as events of their own (seriesId, originalStart). To expand a series yourself, ask with includeCancelled=true: cancelled occurrences are exceptions too. Events of unticked calendars are left out; a calendarId that names no calendar answers 404.',
  tag: 'Calendar',
  auth: 'caller',
  query: listCalendarEventsQuery,
  responses: { 200: { description: 'One page', schema: listOf(calendarEvent) } },
  problems: [404],
  handler: async ({ deps, caller, query }) => {
    const page = await queryCalendarEvents(deps.db, caller, {
      limit: query.limit,
      after: query.cursor === undefined ? undefined : decodeCursor(query.cursor, position),
      from: toUtc(query.from),
      to: toUtc(query.to),
      calendarId: query.calendarId,
      integrationId: query.integrationId,
      includeCancelled: query.includeCancelled,
    });
    const { calendarId } = query;
    const isNothing = page.rows.length === 0 && calendarId !== undefined;
    if (isNothing && !(await isCalendarKnown(deps.db, caller, calendarId))) {
      throw notFound(
        'calendar',
        'Name one by its id, or by its remoteId, as its integration lists them under collections.',
      );
    }
    const body = toList(page, presentCalendarEvent, ({ startsAt, id }) => ({ startsAt, id }));
    return { status: 200, body };
  },
});
