/** Google's scopes: what the consent page says of them, and which of them a method accepts (from the discovery documents). */

const prefix = 'https://www.googleapis.com/auth/';

const labels: Record<string, string> = {
  openid: 'Associate you with your personal info on Google',
  [`${prefix}userinfo.email`]: 'See your primary Google Account email address',
  [`${prefix}userinfo.profile`]: 'See your personal info',
  [`${prefix}calendar`]: 'See, edit, share, and permanently delete all the calendars you can access',
  [`${prefix}calendar.readonly`]: 'See and download any calendar you can access',
  [`${prefix}calendar.events`]: 'View and edit events on all your calendars',
  [`${prefix}calendar.events.readonly`]: 'View events on all your calendars',
  [`${prefix}calendar.calendarlist`]: 'See, add, and remove Google calendars you are subscribed to',
  [`${prefix}calendar.calendarlist.readonly`]: 'See the list of Google calendars you are subscribed to',
  [`${prefix}contacts`]: 'See, edit, download, and permanently delete your contacts',
  [`${prefix}contacts.readonly`]: 'See and download your contacts',
  [`${prefix}contacts.other.readonly`]:
    'See and download contact info automatically saved in your "Other contacts"',
};

/** Signing in cannot be unticked. */
const signInScopes = new Set(['openid', `${prefix}userinfo.email`, `${prefix}userinfo.profile`]);

export const isSignInScope = (scope: string): boolean => signInScopes.has(scope);

export const describeScope = (scope: string): string => labels[scope] ?? scope;

/** The asked scopes in the form in which Google grants them: `email` and `profile` are short names. */
export function parseScopes(text: string): string[] {
  const long = text
    .split(/\s+/)
    .filter((scope) => scope !== '')
    .map((scope) => (scope === 'email' || scope === 'profile' ? `${prefix}userinfo.${scope}` : scope));
  return [...new Set(long)];
}

const named = (...names: string[]): string[] => names.map((name) => prefix + name);

export const scopesFor = {
  readCalendarList: named(
    'calendar',
    'calendar.calendarlist',
    'calendar.calendarlist.readonly',
    'calendar.readonly',
  ),
  writeCalendarList: named('calendar', 'calendar.calendarlist'),
  readCalendar: named(
    'calendar',
    'calendar.app.created',
    'calendar.calendars',
    'calendar.calendars.readonly',
    'calendar.readonly',
  ),
  writeCalendar: named('calendar', 'calendar.app.created', 'calendar.calendars'),
  readEvents: named(
    'calendar',
    'calendar.app.created',
    'calendar.events',
    'calendar.events.freebusy',
    'calendar.events.owned',
    'calendar.events.owned.readonly',
    'calendar.events.public.readonly',
    'calendar.events.readonly',
    'calendar.readonly',
  ),
  writeEvents: named('calendar', 'calendar.app.created', 'calendar.events', 'calendar.events.owned'),
  readContacts: named('contacts', 'contacts.readonly'),
  writeContacts: named('contacts'),
  readOtherContacts: named('contacts.other.readonly'),
  readPeople: named(
    'contacts',
    'contacts.readonly',
    'contacts.other.readonly',
    'userinfo.email',
    'userinfo.profile',
  ),
  userinfo: ['openid', ...named('userinfo.email', 'userinfo.profile')],
};

export const emailScope = `${prefix}userinfo.email`;
export const profileScope = `${prefix}userinfo.profile`;
