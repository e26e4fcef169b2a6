import type { ProviderAdapter } from '../contract/index.ts';
import { classifyGoogleError } from '../google/classify.ts';
import { googleEnvironment } from '../google/environment.ts';
import { createGoogleOAuth } from '../google/oauth.ts';
import { identityScopes } from '../google/scopes.ts';
import { readCalendarPush } from './read-push.ts';
import { calendarScopes, eventsScope } from './scopes.ts';
import { openCalendarSession } from './session.ts';

export const googleCalendar: ProviderAdapter = {
  id: 'google-calendar',
  displayName: 'Google Calendar',
  description: 'Your calendars and their events, kept current in Harmony.',
  category: 'calendar',
  authKinds: ['oauth'],
  grantFamily: 'google',
  capabilities: ['read', 'collections', 'push'],
  streams: [
    {
      name: 'events',
      label: 'calendar events',
      kind: 'calendar_event',
      perCollection: true,
      deletions: 'tombstones',
      scope: eventsScope,
      notFoundHides: true,
    },
  ],
  collectionNoun: { one: 'calendar', many: 'calendars' },
  environment: googleEnvironment,
  oauth: (environment) => createGoogleOAuth(environment, [...calendarScopes, ...identityScopes]),
  openSession: openCalendarSession,
  push: 'watch',
  readPush: readCalendarPush,
  classify: (error) => classifyGoogleError(error),
};
