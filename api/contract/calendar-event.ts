/** Calendar events as the Companion reads them. */
import { z } from 'zod';
import { instant, pageQuery, resourceId } from './shape.ts';

export const eventTime = z
  .object({
    date: z.string().optional().meta({ description: 'All-day; an end is exclusive', example: '2026-11-23' }),
    dateTime: z.string().optional().meta({ description: 'ISO 8601 with offset' }),
    timeZone: z.string().optional(),
  })
  .meta({ id: 'EventTime' });

export const calendarEvent = z
  .object({
    id: z.string().meta({ example: 'evt_019abc' }),
    integrationId: z.string(),
    collectionId: z.string(),
    remoteId: z.string(),
    title: z.string().nullable(),
    description: z.string().nullable(),
    location: z.string().nullable(),
    start: eventTime.nullable(),
    end: eventTime.nullable(),
    status: z.enum(['confirmed', 'tentative', 'cancelled']),
    recurrence: z
      .array(z.string())
      .meta({ description: 'RFC 5545 lines of a series; empty on single events and exceptions' }),
    seriesId: z
      .string()
      .nullable()
      .meta({ description: 'Remote id of the series that this is an exception of' }),
    originalStart: eventTime.nullable().meta({ description: 'Which occurrence of the series it replaces' }),
    url: z.string().nullable(),
    updatedAt: instant,
  })
  .meta({ id: 'CalendarEvent' });

const bound = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: 'expected an instant with offset or a day, as 2026-11-23T12:00:00Z or 2026-11-23',
  })
  .meta({ description: 'An instant with offset, or a day (midnight UTC)' });

export const listCalendarEventsQuery = z
  .strictObject({
    ...pageQuery,
    from: bound.optional(),
    to: bound.optional(),
    calendarId: z
      .string()
      .min(1)
      .max(300)
      .optional()
      .meta({ description: "A collection's id, or its remoteId" }),
    integrationId: resourceId.optional(),
    includeCancelled: z.stringbool().default(false),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || Date.parse(from) < Date.parse(to), {
    message: 'must be after from',
    path: ['to'],
  });

export type EventTime = z.infer<typeof eventTime>;
export type CalendarEvent = z.infer<typeof calendarEvent>;
