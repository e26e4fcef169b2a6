/** The account's owner at work in Google's own calendar, for checks. */

import { ControlError, withoutUnknown } from '../../control/control-error.ts';
import { listingRange, listPage } from '../../control/listing.ts';
import type { Call } from '../../core/call.ts';
import { encodeJsonList } from '../../core/json-list.ts';
import type { ControlRoute } from '../../core/provider.ts';
import type { GoogleAccount } from '../accounts.ts';
import { controlAccount, refusing } from '../people/contact-control-routes.ts';
import type { CalendarParts } from './calendar-parts.ts';
import { readCalendar, readEntry, renderEntry } from './calendar-routes.ts';
import type { CalendarRecord } from './calendar-seed.ts';
import type { EventRecord } from './event.ts';
import { eventMembers } from './event-body.ts';
import { changeEvent, insertEvent } from './event-write-routes.ts';
import { renderEvent } from './render-event.ts';

/** Every member of a CalendarListEntry that may be sent. */
const calendarMembers = [
  'accessRole',
  'backgroundColor',
  'colorId',
  'conferenceProperties',
  'dataOwner',
  'defaultReminders',
  'description',
  'etag',
  'foregroundColor',
  'hidden',
  'id',
  'kind',
  'location',
  'notificationSettings',
  'primary',
  'selected',
  'summary',
  'summaryOverride',
  'timeZone',
];

const base = '/google/{account}/calendars';

export function calendarControlRoutes(parts: CalendarParts): ControlRoute[] {
  return [...calendarsOnly(parts), ...eventsOnly(parts), channelListing(parts)];
}

function calendarsOnly(parts: CalendarParts): ControlRoute[] {
  const answer = (account: GoogleAccount, calendar: CalendarRecord, status = 200) => {
    const entry = parts.calendars(account).entry(calendar.id);
    if (entry === undefined)
      throw new ControlError(404, `${calendar.id} is not in the list of ${account.email}`);
    return { status, body: renderEntry(calendar, entry, account) };
  };
  return [
    {
      method: 'GET',
      path: base,
      handle: (call) => {
        const account = controlAccount(call);
        const listed = parts.calendars(account).list(parts.core.state.seq);
        const rows = listed.map(({ calendar, entry }) => renderEntry(calendar, entry, account));
        return { status: 200, body: listPage(rows, call) };
      },
    },
    {
      method: 'POST',
      path: base,
      handle: (call) => {
        const account = controlAccount(call);
        const fields = refusing(() => readCalendar(withoutUnknown(call.json(), calendarMembers)));
        if (!fields.summary) throw new ControlError(400, 'summary: is required');
        return answer(account, parts.calendars(account).create(fields), 201);
      },
    },
    {
      method: 'GET',
      path: `${base}/{id}`,
      handle: (call) => answer(controlAccount(call), calendarOf(parts, call)),
    },
    {
      method: 'PATCH',
      path: `${base}/{id}`,
      handle: (call) => {
        const account = controlAccount(call);
        const store = parts.calendars(account);
        const calendar = calendarOf(parts, call);
        const fields = refusing(() => readCalendar(withoutUnknown(call.json(), calendarMembers)));
        const entryFields = readEntry(call.json());
        const entry = store.entry(calendar.id);
        if (entry !== undefined && Object.keys(entryFields).length > 0)
          store.putEntry(calendar.id, { ...entry, ...entryFields });
        return answer(account, Object.keys(fields).length > 0 ? store.update(calendar, fields) : calendar);
      },
    },
    {
      method: 'DELETE',
      path: `${base}/{id}`,
      handle: (call) => {
        parts.calendars(controlAccount(call)).delete(calendarOf(parts, call));
        return { status: 200, body: {} };
      },
    },
  ];
}

function eventsOnly(parts: CalendarParts): ControlRoute[] {
  const open = (call: Call) => {
    const account = controlAccount(call);
    const calendar = calendarOf(parts, call);
    return { account, calendar, store: parts.calendars(account).events(calendar) };
  };
  const find = (call: Call) => {
    const where = open(call);
    const record = where.store.findOrExpand(call.param('eventId'));
    if (record === undefined || record.gone)
      throw new ControlError(404, `${where.calendar.id} has no event ${call.param('eventId')}`);
    return { ...where, record };
  };
  const path = `${base}/{id}/events`;
  return [
    {
      method: 'GET',
      path,
      handle: (call) => {
        const { account, calendar, store } = open(call);
        const { limit, offset } = listingRange(call);
        const snapshot = store.snapshot(parts.core.state.seq);
        const end = Math.min(snapshot.total, offset + limit);
        const items: string[] = [];
        for (const record of store.range(snapshot, offset, end))
          items.push(JSON.stringify(renderEvent(record, { account, calendar })));
        const nextCursor = end < snapshot.total ? `"${end}"` : 'null';
        return {
          status: 200,
          body: encodeJsonList('{"data":[', items, `],"nextCursor":${nextCursor}}`),
        };
      },
    },
    {
      method: 'POST',
      path,
      handle: (call) => {
        const { store, ...view } = open(call);
        return {
          status: 201,
          body: renderEvent(
            refusing(() => insertEvent(store, withoutUnknown(call.json(), eventMembers))),
            view,
          ),
        };
      },
    },
    {
      method: 'GET',
      path: `${path}/{eventId}`,
      handle: (call) => {
        const { record, store: _, ...view } = find(call);
        return { status: 200, body: renderEvent(record, view) };
      },
    },
    {
      method: 'PATCH',
      path: `${path}/{eventId}`,
      handle: (call) => {
        const { record, store, ...view } = find(call);
        const changed: EventRecord = refusing(() =>
          changeEvent(store, record, withoutUnknown(call.json(), eventMembers), 'patch'),
        );
        return { status: 200, body: renderEvent(changed, view) };
      },
    },
    {
      method: 'DELETE',
      path: `${path}/{eventId}`,
      handle: (call) => {
        const { record, store } = find(call);
        store.delete(record);
        return { status: 200, body: {} };
      },
    },
  ];
}

function channelListing(parts: CalendarParts): ControlRoute {
  return {
    method: 'GET',
    path: '/google/{account}/channels',
    handle: (call) => ({
      status: 200,
      body: listPage(parts.channels.list(controlAccount(call).email), call),
    }),
  };
}

function calendarOf(parts: CalendarParts, call: Call): CalendarRecord {
  const account = controlAccount(call);
  const calendar = parts.calendars(account).find(call.param('id'));
  if (calendar === undefined)
    throw new ControlError(404, `${account.email} has no calendar ${call.param('id')}`);
  return calendar;
}
