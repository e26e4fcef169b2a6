/** What changes at Google, and what of it is written here: increments, dead cursors, ticked calendars, idle full syncs. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import {
  differences,
  eventAt,
  eventsPath,
  listCollections,
  localContacts,
  localEvents,
  primaryCalendar,
  readableContacts,
  remoteContacts,
  rowVersions,
} from './records.ts';
import { ada, type SyncWorld, startSyncWorld } from './sync-world.ts';

let world: SyncWorld;

beforeAll(async () => {
  world = await startSyncWorld();
});
afterAll(() => world?.stop());
beforeEach(async () => {
  await world.reset();
  // Each sync here is one that the test asks for.
  await world.driver.control('POST', '/pushes', { mode: 'drop' });
});
afterEach(() => world.removeAll());

const same = { twice: [], missing: [], surplus: [] };
const control = <T>(method: string, path: string, body?: unknown) =>
  world.driver.control<T>(method, path, body);
const sync = (id: string, mode: 'incremental' | 'full') => world.driver.sync(id, mode);

describe('an increment', () => {
  it('brings additions, edits and deletions of contacts, and reads nothing else', async () => {
    const id = await world.connect('google-contacts');
    const [first, second] = (await remoteContacts(world)) as [string, string];
    await control('DELETE', `${ada}/contacts/${encodeURIComponent(first)}`);
    const biographies = [{ value: 'Wrote the first program.' }];
    await control('PATCH', `${ada}/contacts/${encodeURIComponent(second)}`, { biographies });
    await control('POST', `${ada}/contacts`, { names: [{ givenName: 'Newcomer' }] });
    const run = await sync(id, 'incremental');
    expect(run).toMatchObject({ status: 'succeeded', counts: { created: 1, updated: 1, deleted: 1 } });
    expect(run.counts.read).toBe(3);
    expect(differences(await localContacts(world, id), await remoteContacts(world))).toEqual(same);
    const rows = await world.sql<{ notes: string }[]>`
      select c.notes from contacts c join contact_links l on l.contact_id = c.id where l.remote_id = ${second}`;
    expect(rows).toMatchObject([{ notes: 'Wrote the first program.' }]);
  });

  it('brings additions, edits and deletions of events', async () => {
    const id = await world.connect('google-calendar');
    const calendar = await primaryCalendar(world, id);
    const path = eventsPath(calendar.remoteId);
    const before = await localEvents(world, calendar.id);
    const { data } = await control<{
      data: { id: string; recurringEventId?: string; recurrence?: unknown }[];
    }>('GET', `${path}?limit=1000`);
    const single = data.filter((event) => !event.recurringEventId && !event.recurrence);
    const [gone, edited] = single as [{ id: string }, { id: string }];
    await control('DELETE', `${path}/${gone.id}`);
    await control('PATCH', `${path}/${edited.id}`, { summary: 'Moved to the garden' });
    const added = await control<{ id: string }>('POST', path, eventAt('2027-03-04', 'Planning'));
    const run = await sync(id, 'incremental');
    expect(run).toMatchObject({ status: 'succeeded', counts: { created: 1, updated: 1, deleted: 1 } });
    const expected = [...before.filter((remoteId) => remoteId !== gone.id), added.id].sort();
    expect(await localEvents(world, calendar.id)).toEqual(expected);
    const rows = await world.sql`select title from calendar_events where remote_id = ${edited.id}`;
    expect(rows).toMatchObject([{ title: 'Moved to the garden' }]);
  });
});

describe('an unchanged provider', () => {
  it.each(['google-contacts', 'google-calendar'])(
    'a full sync of %s writes no record row',
    async (provider) => {
      const id = await world.connect(provider);
      const before = await rowVersions(world);
      const run = await sync(id, 'full');
      expect(run).toMatchObject({ status: 'succeeded', counts: { created: 0, updated: 0, deleted: 0 } });
      expect(run.counts.read).toBeGreaterThanOrEqual(90);
      expect(run.counts.unchanged).toBe(run.counts.read);
      expect(await rowVersions(world)).toEqual(before);
      const marks = await world.sql`select 1 from listing_marks where integration_id = ${id}`;
      expect(marks).toHaveLength(0);
    },
  );
});

describe('an expired sync token', () => {
  it('leads contacts (400) to a full listing: nothing is wiped meanwhile, and what went while away is swept', async () => {
    await world.reset({ contacts: 3000 });
    const id = await world.connect('google-contacts');
    const [first] = (await remoteContacts(world)) as [string];
    await control('DELETE', `${ada}/contacts/${encodeURIComponent(first)}`);
    await control('POST', `${ada}/contacts`, { names: [{ givenName: 'Newcomer' }] });
    await control('POST', `${ada}/sync-tokens/expire`, {});
    await world.addFault({ path: '/v1/people/me/connections', fault: { kind: 'delay', ms: 600 } });
    const sinceMs = Date.now();
    const runId = await world.startSync(id, 'incremental');
    let smallest = Number.POSITIVE_INFINITY;
    let looks = 0;
    const run = await eventually(
      async () => {
        const [here] = await world.sql<{ count: number }[]>`
          select count(*)::int as count from contacts where archived_at is null`;
        smallest = Math.min(smallest, here?.count ?? 0);
        looks += 1;
        const path = `/v1/integrations/${id}/runs/${runId}`;
        return world.driver.api<{ status: string; counts: Record<string, number> }>('GET', path);
      },
      ({ status }) => status !== 'running',
    );
    expect(looks).toBeGreaterThan(2);
    expect(smallest).toBeGreaterThanOrEqual(3000);
    expect(run).toMatchObject({ status: 'succeeded', counts: { created: 1, updated: 0, deleted: 1 } });
    const calls = await world.calls(sinceMs, '/v1/people/me/connections');
    expect(calls[0]?.status).toBe(400);
    expect(differences(await localContacts(world, id), await remoteContacts(world))).toEqual(same);
    expect(await readableContacts(world, id)).toBe(3000);
  });

  it('leads calendars (410) to a full listing each, with the same records and the deleted one swept', async () => {
    const id = await world.connect('google-calendar');
    const calendar = await primaryCalendar(world, id);
    const before = await rowVersions(world);
    const sinceMs = Date.now();
    await control('POST', `${ada}/sync-tokens/expire`, {});
    const unchanged = await sync(id, 'incremental');
    expect(unchanged).toMatchObject({ status: 'succeeded', counts: { created: 0, updated: 0, deleted: 0 } });
    expect(await rowVersions(world)).toEqual(before);
    const answers = await world.calls(sinceMs, '/calendar/v3/calendars/');
    expect(answers.filter(({ status }) => status === 410).length).toBeGreaterThanOrEqual(1);

    const local = await localEvents(world, calendar.id);
    const path = eventsPath(calendar.remoteId);
    const { data } = await control<{
      data: { id: string; recurringEventId?: string; recurrence?: unknown }[];
    }>('GET', `${path}?limit=1000`);
    const single = data.find((event) => !event.recurringEventId && !event.recurrence) as { id: string };
    await control('DELETE', `${path}/${single.id}`);
    await control('POST', `${ada}/sync-tokens/expire`, {});
    expect(await sync(id, 'incremental')).toMatchObject({ status: 'succeeded', counts: { deleted: 1 } });
    expect(await localEvents(world, calendar.id)).toEqual(local.filter((remoteId) => remoteId !== single.id));
  });
});

describe('ticking calendars', () => {
  it('unticking removes that calendar’s events alone, and ticking it again brings them back', async () => {
    const id = await world.connect('google-calendar');
    const all = (await listCollections(world, id)).filter(({ subscribed }) => subscribed);
    expect(all.length).toBeGreaterThan(1);
    const [unticked, ...others] = await Promise.all(
      all.map(async (calendar) => ({ calendar, events: await localEvents(world, calendar.id) })),
    );
    if (unticked === undefined) throw new Error('no calendar');
    expect(unticked.events.length).toBeGreaterThan(10);
    const path = `/v1/integrations/${id}/collections/${unticked.calendar.id}`;
    await world.driver.api('PATCH', path, { subscribed: false });
    await eventually(
      () => localEvents(world, unticked.calendar.id),
      (left) => left.length === 0,
    );
    const run = await world.driver.settled(id);
    expect(run).toMatchObject({ trigger: 'subscription', counts: { deleted: unticked.events.length } });
    for (const { calendar, events } of others) expect(await localEvents(world, calendar.id)).toEqual(events);
    const listed = (await listCollections(world, id)).find((row) => row.id === unticked.calendar.id);
    expect(listed).toMatchObject({ subscribed: false, recordCount: 0 });

    await world.driver.api('PATCH', path, { subscribed: true });
    await eventually(
      () => localEvents(world, unticked.calendar.id),
      (events) => events.length === unticked.events.length,
    );
    expect(await localEvents(world, unticked.calendar.id)).toEqual(unticked.events);
    for (const { calendar, events } of others) expect(await localEvents(world, calendar.id)).toEqual(events);
  });
});

describe('a calendar that is deleted at Google, of which no push tells', () => {
  const missing = async (id: string) =>
    (await listCollections(world, id)).filter(({ missingSince }) => missingSince !== undefined);

  it('is told as missing by the next check, which the others are read with; its events stay', async () => {
    const id = await world.connect('google-calendar');
    const ticked = (await listCollections(world, id)).filter(({ subscribed }) => subscribed);
    const primary = await primaryCalendar(world, id);
    const gone = ticked.find((calendar) => calendar.id !== primary.id);
    if (gone === undefined) throw new Error('no calendar');
    const events = await localEvents(world, gone.id);
    const others = ticked.filter((calendar) => calendar.id !== gone.id);
    await control('DELETE', `${ada}/calendars/${encodeURIComponent(gone.remoteId)}`);
    for (const { remoteId } of others)
      await control('POST', eventsPath(remoteId), eventAt('2031-05-05', 'Breakfast'));
    // The API takes no interval under a minute; the timer is the same with a shorter one.
    await world.sql`update integrations set interval_seconds = 2 where id = ${id}`;
    await world.driver.api('PATCH', `/v1/integrations/${id}`, { autoSync: true });
    await eventually(
      () => world.sql`select id from calendar_events where title = 'Breakfast'`,
      (rows) => rows.length === others.length,
      15_000,
    );
    const run = await world.driver.settled(id);
    expect(run).toMatchObject({ trigger: 'periodic', status: 'succeeded' });
    expect(await missing(id)).toMatchObject([{ id: gone.id, subscribed: true }]);
    expect(await localEvents(world, gone.id)).toEqual(events);
    const { attention } = await world.driver.api<{ attention?: unknown }>('GET', `/v1/integrations/${id}`);
    expect(attention).toBeUndefined();
  });

  it('is read again by the next sync where Google only said so for a moment', async () => {
    const id = await world.connect('google-calendar');
    const calendar = await primaryCalendar(world, id);
    const path = `/calendar/v3/calendars/${calendar.remoteId}/events`;
    await world.addFault({ path, method: 'GET', times: 1, fault: { kind: 'status', status: 404 } });
    expect(await sync(id, 'incremental')).toMatchObject({ status: 'succeeded' });
    expect(await missing(id)).toMatchObject([{ id: calendar.id }]);
    await control('POST', eventsPath(calendar.remoteId), eventAt('2031-05-05', 'Breakfast'));
    expect(await sync(id, 'incremental')).toMatchObject({ status: 'succeeded', counts: { created: 1 } });
    expect(await missing(id)).toEqual([]);
  });
});
