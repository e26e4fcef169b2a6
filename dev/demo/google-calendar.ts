import { account, atProvider, inHarmony, pick, type Scenario, titled } from './scenario.ts';

const calendars = `/google/${account}/calendars`;
const eventsOf = (calendarId: string) => `${calendars}/${encodeURIComponent(calendarId)}/events`;
const ownEvents = eventsOf(account);
interface Event {
  id: string;
  status: string;
  recurrence?: string[];
  recurringEventId?: string;
}
const isSingle = (event: Event) =>
  event.status === 'confirmed' && event.recurrence === undefined && event.recurringEventId === undefined;

export const googleCalendar: Scenario = {
  provider: 'google-calendar',
  name: 'Google Calendar',
  account,
  pushes: true,
  async count(driver, collections) {
    const events = await Promise.all(collections.map((id) => atProvider<Event>(driver, eventsOf(id))));
    return { collections: (await atProvider(driver, calendars)).length, events: events.flat().length };
  },
  async edit(driver) {
    const { id } = pick(await atProvider<Event>(driver, ownEvents), isSingle);
    const title = 'Lunch, moved to the lake';
    await driver.control('PATCH', `${ownEvents}/${id}`, { summary: title });
    return { remoteId: id, title };
  },
  async add(driver) {
    const title = 'Concert at the town hall';
    const { id } = await driver.control<Event>('POST', ownEvents, {
      summary: title,
      start: { dateTime: '2026-12-04T19:30:00Z' },
      end: { dateTime: '2026-12-04T22:00:00Z' },
    });
    return { remoteId: id, title };
  },
  async remove(driver) {
    const singles = (await atProvider<Event>(driver, ownEvents)).filter(isSingle);
    const { id } = pick(singles.slice(1), () => true);
    await driver.control('DELETE', `${ownEvents}/${id}`);
    return { remoteId: id };
  },
  read: async (driver) => titled(await inHarmony(driver, '/v1/calendar-events')),
};
