/** calendarList and calendars, and the fixed colors. */
import type { Call } from '../../core/call.ts';
import type { Answer } from '../../core/provider.ts';
import type { GoogleAccount } from '../accounts.ts';
import { calendarNotFound, calendarRefusal } from '../errors.ts';
import type { ApiRoute } from '../guard.ts';
import { hashParameters } from '../listings.ts';
import { scopesFor } from '../scopes.ts';
import {
  type CalendarParts,
  calendarOf,
  checkIfMatch,
  isTrue,
  readMaxResults,
  writableCalendar,
} from './calendar-parts.ts';
import type { CalendarRecord, ListEntry } from './calendar-seed.ts';
import { invalid } from './event-body.ts';
import { refuseToken } from './event-read-routes.ts';
import { isTimeZone } from './time-zones.ts';

const DEFAULT_PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 250;
const list = '/calendar/v3/users/me/calendarList';
const calendars = '/calendar/v3/calendars';

export function calendarRoutes(parts: CalendarParts): ApiRoute[] {
  const readList = { scopes: scopesFor.readCalendarList };
  const writeList = { scopes: scopesFor.writeCalendarList };
  const write = { scopes: scopesFor.writeCalendar };
  const patchEntry = (call: Call, account: GoogleAccount): Answer => {
    const { calendar, entry } = listed(parts, call, account);
    checkIfMatch(call, `"${entry.version}"`);
    const next = parts.calendars(account).putEntry(calendar.id, { ...entry, ...readEntry(call.json()) });
    return { status: 200, body: renderEntry(calendar, next, account) };
  };
  const patchCalendar = (call: Call, account: GoogleAccount): Answer => {
    const calendar = writableCalendar(parts, call, account);
    checkIfMatch(call, `"${calendar.version}"`);
    const next = parts.calendars(account).update(calendar, readCalendar(call.json()));
    return { status: 200, body: renderCalendar(next, account) };
  };
  return [
    {
      method: 'GET',
      path: list,
      ...readList,
      list: true,
      handle: (call, account) => listCalendars(parts, call, account),
    },
    {
      method: 'GET',
      path: `${list}/{calendarId}`,
      ...readList,
      handle: (call, account) => {
        const { calendar, entry } = listed(parts, call, account);
        return { status: 200, body: renderEntry(calendar, entry, account) };
      },
    },
    {
      method: 'POST',
      path: list,
      ...writeList,
      handle: (call, account) => {
        const { id = '' } = (call.json() ?? {}) as { id?: string };
        const calendar = parts.calendars(account).find(id);
        if (calendar === undefined) throw calendarNotFound();
        const entry = parts.calendars(account).putEntry(id, { ...newEntry, ...readEntry(call.json()) });
        return { status: 200, body: renderEntry(calendar, entry, account) };
      },
    },
    { method: 'PATCH', path: `${list}/{calendarId}`, ...writeList, handle: patchEntry },
    { method: 'PUT', path: `${list}/{calendarId}`, ...writeList, handle: patchEntry },
    {
      method: 'DELETE',
      path: `${list}/{calendarId}`,
      ...writeList,
      handle: (call, account) => {
        const { calendar } = listed(parts, call, account);
        parts.calendars(account).removeEntry(calendar.id);
        return { status: 204 };
      },
    },
    {
      method: 'GET',
      path: `${calendars}/{calendarId}`,
      scopes: scopesFor.readCalendar,
      handle: (call, account) => ({
        status: 200,
        body: renderCalendar(calendarOf(parts, call, account), account),
      }),
    },
    {
      method: 'POST',
      path: calendars,
      ...write,
      handle: (call, account) => {
        const fields = readCalendar(call.json());
        if (!fields.summary) throw calendarRefusal(400, 'required', 'Missing title.');
        return { status: 200, body: renderCalendar(parts.calendars(account).create(fields), account) };
      },
    },
    { method: 'PATCH', path: `${calendars}/{calendarId}`, ...write, handle: patchCalendar },
    { method: 'PUT', path: `${calendars}/{calendarId}`, ...write, handle: patchCalendar },
    {
      method: 'DELETE',
      path: `${calendars}/{calendarId}`,
      ...write,
      handle: (call, account) => {
        const calendar = writableCalendar(parts, call, account);
        if (calendar.primary)
          throw calendarRefusal(400, 'cannotDeletePrimaryCalendar', 'Cannot delete primary calendar.');
        parts.calendars(account).delete(calendar);
        return { status: 204 };
      },
    },
    {
      method: 'GET',
      path: '/calendar/v3/colors',
      scopes: [...scopesFor.readCalendarList, ...scopesFor.readEvents],
      handle: () => ({ status: 200, body: colors }),
    },
  ];
}

function listed(parts: CalendarParts, call: Call, account: GoogleAccount) {
  const seq = parts.core.readSeq(call);
  const calendar = parts.calendars(account).find(call.param('calendarId'), seq);
  const entry = parts.calendars(account).entry(call.param('calendarId'), seq);
  if (calendar === undefined || entry === undefined) throw calendarNotFound();
  return { calendar, entry };
}

function listCalendars(parts: CalendarParts, call: Call, account: GoogleAccount): Answer {
  const size = readMaxResults(call, DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE);
  const hasSyncToken = Boolean(call.query.get('syncToken'));
  const minAccessRole = call.query.get('minAccessRole');
  const isNarrowed = ['showDeleted', 'showHidden'].some((name) => call.query.get(name) === 'false');
  if (hasSyncToken && (isNarrowed || minAccessRole !== null || call.query.has('showOwnOrganizationOnly')))
    throw calendarRefusal(400, 'badRequest', 'The sync token cannot be used with query restrictions.', {
      locationType: 'parameter',
      location: 'syncToken',
    });
  const showHidden = isTrue(call, 'showHidden');
  const showDeleted = isTrue(call, 'showDeleted');
  const request = {
    call,
    list: `calendarList ${account.email}`,
    account: account.email,
    parameters: hashParameters([String(showHidden), String(showDeleted), minAccessRole ?? '']),
    syncParameters: '',
  };
  const state = parts.listings.open(request, refuseToken(call));
  const store = parts.calendars(account);
  let rows: object[];
  if (state.since === null) {
    rows = store
      .list(state.seq)
      .filter(({ entry }) => showHidden || entry.hidden !== true)
      .filter(({ calendar }) => minAccessRole === null || rank(calendar.accessRole) >= rank(minAccessRole))
      .map(({ calendar, entry }) => renderEntry(calendar, entry, account));
    if (showDeleted)
      rows.push(
        ...store
          .changes(0, state.seq)
          .flatMap((one) => (one.version.value === null ? [deletedEntry(one.key)] : [])),
      );
  } else
    rows = store.changes(state.since, state.seq).map(({ key, version }) => {
      const calendar = store.find(key, state.seq);
      return version.value === null || calendar === undefined
        ? deletedEntry(key)
        : renderEntry(calendar, version.value, account);
    });
  const { items, ...tokens } = parts.listings.page(request, state, {
    total: rows.length,
    size,
    read: (from, to) => rows.slice(from, to),
  });
  return { status: 200, body: { kind: 'calendar#calendarList', etag: `"p${state.seq}"`, ...tokens, items } };
}

const rank = (role: string): number => ['none', 'freeBusyReader', 'reader', 'writer', 'owner'].indexOf(role);

const deletedEntry = (id: string): object => ({ kind: 'calendar#calendarListEntry', id, deleted: true });

const newEntry: Omit<ListEntry, 'version'> = {
  colorId: '14',
  backgroundColor: '#9fe1e7',
  foregroundColor: '#000000',
  selected: false,
  defaultReminders: [],
};

/** The calendar's place in the list as the API serves it. */
export function renderEntry(calendar: CalendarRecord, entry: ListEntry, account: GoogleAccount): object {
  const { version, hidden, summaryOverride, ...own } = entry;
  return {
    kind: 'calendar#calendarListEntry',
    etag: `"${Math.max(version, calendar.version)}"`,
    id: calendar.id,
    summary: calendar.summary,
    ...(calendar.description !== undefined && { description: calendar.description }),
    ...(calendar.location !== undefined && { location: calendar.location }),
    timeZone: calendar.timeZone,
    ...(summaryOverride !== undefined && { summaryOverride }),
    ...(hidden === true && { hidden }),
    ...own,
    accessRole: calendar.accessRole,
    ...(calendar.primary && { primary: true }),
    ...(!calendar.primary && calendar.accessRole === 'owner' && { dataOwner: account.email }),
    conferenceProperties: { allowedConferenceSolutionTypes: ['hangoutsMeet'] },
  };
}

export function renderCalendar(calendar: CalendarRecord, account: GoogleAccount): object {
  return {
    kind: 'calendar#calendar',
    etag: `"${calendar.version}"`,
    id: calendar.id,
    summary: calendar.summary,
    ...(calendar.description !== undefined && { description: calendar.description }),
    ...(calendar.location !== undefined && { location: calendar.location }),
    timeZone: calendar.timeZone,
    ...(!calendar.primary && calendar.accessRole === 'owner' && { dataOwner: account.email }),
    conferenceProperties: { allowedConferenceSolutionTypes: ['hangoutsMeet'] },
  };
}

/** The members of a calendar that its owner may set. */
export function readCalendar(body: unknown): Partial<CalendarRecord> {
  const sent = (body ?? {}) as Record<string, unknown>;
  const fields: Record<string, unknown> = {};
  for (const name of ['summary', 'description', 'location', 'timeZone'])
    if (typeof sent[name] === 'string') fields[name] = sent[name];
  if (typeof fields.timeZone === 'string' && !isTimeZone(fields.timeZone))
    throw invalid('timeZone', 'Invalid time zone definition.');
  return fields;
}

/** The members of a list entry that the person may set. */
export function readEntry(body: unknown): Partial<Omit<ListEntry, 'version'>> {
  const sent = (body ?? {}) as Record<string, unknown>;
  const settable = [
    'colorId',
    'backgroundColor',
    'foregroundColor',
    'selected',
    'hidden',
    'summaryOverride',
    'defaultReminders',
    'notificationSettings',
  ];
  return Object.fromEntries(settable.filter((name) => name in sent).map((name) => [name, sent[name]]));
}

const shade = (background: string) => ({ background, foreground: '#1d1d1d' });
const colors = {
  kind: 'calendar#colors',
  updated: '2012-02-14T00:00:00.000Z',
  calendar: Object.fromEntries(Array.from({ length: 24 }, (_, i) => [String(i + 1), shade('#9fe1e7')])),
  event: Object.fromEntries(Array.from({ length: 11 }, (_, i) => [String(i + 1), shade('#a4bdfc')])),
};
