/** Calendar: each account's calendars, their events, and who watches them. */
import type { GrantStore } from '../../core/grants.ts';
import type { ControlRoute, Route, World } from '../../core/provider.ts';
import type { SandboxCore } from '../../core/sandbox-core.ts';
import { googleAccounts } from '../accounts.ts';
import type { Guard } from '../guard.ts';
import type { Listings } from '../listings.ts';
import type { GoogleSettings } from '../settings.ts';
import { calendarControlRoutes } from './calendar-control-routes.ts';
import type { CalendarParts } from './calendar-parts.ts';
import { calendarRoutes } from './calendar-routes.ts';
import { CalendarStore } from './calendar-store.ts';
import { calendarListResource, channelRoutes, eventsResource } from './channel-routes.ts';
import { Channels } from './channels.ts';
import { eventReadRoutes } from './event-read-routes.ts';
import { eventWriteRoutes } from './event-write-routes.ts';

const DEFAULT_CALENDARS = 4;
/** Only the first account has as much as a reset asks for. */
const MOST_CALENDARS_OF_OTHERS = 3;
const MOST_EVENTS_OF_OTHERS = 60;

export function createCalendar(shared: {
  core: SandboxCore<GoogleSettings>;
  guard: Guard;
  listings: Listings;
  grants: GrantStore;
}): { routes: Route[]; controlRoutes: ControlRoute[]; loadWorld: (world: World) => void } {
  const { core, guard, listings, grants } = shared;
  const stores = new Map<string, CalendarStore>();
  const channels = new Channels(core, grants);
  const parts: CalendarParts = {
    core,
    listings,
    channels,
    calendars: (account) => {
      const found = stores.get(account.email);
      if (found === undefined) throw new Error(`no world is loaded for ${account.email}`);
      return found;
    },
  };
  return {
    routes: guard.protect('calendar', [
      ...calendarRoutes(parts),
      ...eventReadRoutes(parts),
      ...eventWriteRoutes(parts),
      ...channelRoutes(parts),
    ]),
    controlRoutes: calendarControlRoutes(parts),
    loadWorld: (world) => {
      googleAccounts.forEach((account, i) => {
        const calendars = world.calendars ?? DEFAULT_CALENDARS;
        const events = world.eventsPerCalendar;
        const store = new CalendarStore({
          core,
          account,
          world: {
            seed: world.seed,
            calendars: i === 0 ? calendars : Math.min(calendars, MOST_CALENDARS_OF_OTHERS),
            eventsPerCalendar:
              i === 0 ? events : Math.min(events ?? MOST_EVENTS_OF_OTHERS, MOST_EVENTS_OF_OTHERS),
          },
          onChange: (calendarId) =>
            channels.notify(
              calendarId === undefined ? calendarListResource(account) : eventsResource(account, calendarId),
            ),
        });
        stores.set(account.email, store);
      });
    },
  };
}
