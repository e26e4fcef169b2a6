import type { ScopeNeed } from '../contract/index.ts';
import { scopeName } from '../google/scopes.ts';

export const eventsScope = scopeName('calendar.events.readonly');
export const calendarListScope = scopeName('calendar.calendarlist.readonly');

const wholeCalendar = [scopeName('calendar.readonly'), scopeName('calendar')];

/** The narrowest scopes that read and watch; Google lets a person untick each one. */
export const calendarScopes: readonly ScopeNeed[] = [
  {
    scope: calendarListScope,
    satisfiedBy: [scopeName('calendar.calendarlist'), ...wholeCalendar],
    purpose: 'see the list of your calendars',
    required: true,
  },
  {
    scope: eventsScope,
    satisfiedBy: [scopeName('calendar.events'), ...wholeCalendar],
    purpose: 'read your calendar events',
    required: true,
  },
];
