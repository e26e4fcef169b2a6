/** Pushes from Google: one leads to one sync; repeated, reordered and lost ones do no harm. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunView } from '../../dev/drive.ts';
import { eventually } from '../support/eventually.ts';
import { type CollectionView, eventAt, eventsPath, listCollections, primaryCalendar } from './records.ts';
import { reauthenticate } from './sign-in.ts';
import { ada, type SyncWorld, startSyncWorld } from './sync-world.ts';

let world: SyncWorld;
let id: string;
let calendar: CollectionView;

beforeAll(async () => {
  world = await startSyncWorld();
});
afterAll(() => world?.stop());
beforeEach(async () => {
  made.length = 0;
  await world.reset({ contacts: 5 });
  id = await world.connect('google-calendar');
  calendar = await primaryCalendar(world, id);
});
afterEach(() => world.removeAll());

const made: string[] = [];
const addEvent = async (summary: string) => {
  made.push(summary);
  await world.driver.control('POST', eventsPath(calendar.remoteId), eventAt('2031-05-05', summary));
};
const setPushes = (mode: string) => world.driver.control('POST', '/pushes', { mode });

/** Titles of the test's own events, as a reader of the API sees them. */
async function readTitles(): Promise<string[]> {
  const { data } = await world.driver.api<{ data: { title: string }[] }>(
    'GET',
    `/v1/calendar-events?calendarId=${calendar.id}&from=2031-05-05T00:00:00Z&to=2031-05-06T00:00:00Z`,
  );
  return data
    .map(({ title }) => title)
    .filter((title) => made.includes(title))
    .sort();
}

/** Push channels: what is open at Google, and what we know of. */
const open = async () => {
  const { data } = await world.driver.control<{ data: { id: string }[] }>('GET', `${ada}/channels`);
  return data.map((channel) => channel.id).sort();
};
const known = async () => {
  const rows = await world.sql<{ id: string }[]>`select id from watches where integration_id = ${id}`;
  return rows.map((watch) => watch.id).sort();
};

const pushRuns = async (): Promise<RunView[]> => {
  const { data } = await world.driver.api<{ data: RunView[] }>('GET', `/v1/integrations/${id}/runs`);
  return data.filter(({ trigger }) => trigger === 'push');
};
const quiet = async () => {
  await sleep(1500);
  await world.driver.settled(id);
};

it('makes a change readable through the API, by one sync of that calendar alone', async () => {
  const sinceMs = Date.now();
  await addEvent('Breakfast');
  await eventually(readTitles, (titles) => titles.includes('Breakfast'));
  await quiet();
  const runs = await pushRuns();
  expect(runs).toHaveLength(1);
  expect(runs[0]).toMatchObject({
    status: 'succeeded',
    mode: 'incremental',
    counts: { read: 1, created: 1 },
  });
  const listings = await world.calls(sinceMs, '/calendar/v3/calendars/');
  const others = listings.filter(
    ({ path, method }) => method === 'GET' && !decodeURIComponent(path).includes(`/${calendar.remoteId}/`),
  );
  expect(others).toEqual([]);
});

it('goes on with a calendar whose listing broke off, also in the sync that a push for another began', async () => {
  const [other] = (await listCollections(world, id)).filter(
    (one) => one.subscribed && one.id !== calendar.id,
  );
  const cursorOf = () => world.sql<{ cursor: string | null }[]>`
    select cursor from stream_cursors where collection_id = ${other?.id as string}`;
  await world.sql`update stream_cursors set cursor = null where collection_id = ${other?.id as string}`;
  await addEvent('Breakfast');
  await eventually(cursorOf, (rows) => rows.length === 1 && rows[0]?.cursor !== null);
  await quiet();
  expect(await pushRuns()).toHaveLength(1);
});

it('takes repeated pushes in once', async () => {
  await setPushes('duplicate');
  await addEvent('Breakfast');
  await eventually(readTitles, (titles) => titles.includes('Breakfast'));
  await quiet();
  expect((await pushRuns()).filter(({ counts }) => (counts.created ?? 0) > 0)).toHaveLength(1);
  expect((await pushRuns()).length).toBeLessThanOrEqual(2);
  expect(await readTitles()).toEqual(['Breakfast']);
});

it('folds many pushes in the wrong order into few syncs, and every change is there', async () => {
  await setPushes('reorder');
  const titles = Array.from({ length: 12 }, (_, index) => `Change ${String(index).padStart(2, '0')}`);
  for (const title of titles) await addEvent(title);
  await eventually(readTitles, (seen) => seen.length === titles.length);
  await quiet();
  expect(await readTitles()).toEqual(titles);
  expect((await pushRuns()).length).toBeLessThanOrEqual(4);
});

it('covers lost pushes by the next sync, asked for or by the timer', async () => {
  await setPushes('drop');
  await addEvent('Lost once');
  expect(await world.driver.sync(id, 'incremental')).toMatchObject({ counts: { created: 1 } });
  expect(await readTitles()).toEqual(['Lost once']);

  await addEvent('Lost twice');
  // The API takes no interval under a minute; the timer is the same with a shorter one.
  await world.sql`update integrations set interval_seconds = 2 where id = ${id}`;
  await world.driver.api('PATCH', `/v1/integrations/${id}`, { autoSync: true });
  await eventually(readTitles, (titles) => titles.includes('Lost twice'));
  await world.driver.settled(id);
  const { data } = await world.driver.api<{ data: RunView[] }>('GET', `/v1/integrations/${id}/runs`);
  expect(data[0]).toMatchObject({ trigger: 'periodic', status: 'succeeded', counts: { created: 1 } });
  expect(await pushRuns()).toHaveLength(0);
});

it('ends a subscription that Google would not end for a moment with the next sync, and leaves none behind', async () => {
  const before = await open();
  const fault = { kind: 'status', status: 503 };
  const { id: faultId } = await world.driver.control<{ id: string }>('POST', '/faults', {
    ...{ provider: 'google', path: '/calendar/v3/channels/stop', fault },
  });
  await world.driver.api('PATCH', `/v1/integrations/${id}/collections/${calendar.id}`, { subscribed: false });
  await quiet();
  await world.driver.sync(id, 'incremental');
  expect(await open()).toEqual(before);
  expect(await known(), 'it is not forgotten').toEqual(before);
  await world.driver.control('DELETE', `/faults/${faultId}`);
  expect(await world.driver.sync(id, 'incremental')).toMatchObject({ status: 'succeeded' });
  expect(await open()).toHaveLength(before.length - 1);
  expect(await known()).toEqual(await open());
});

it('ends a subscription that Google says for a moment it does not know', async () => {
  const before = await open();
  const path = '/calendar/v3/channels/stop';
  await world.addFault({ path, times: 3, fault: { kind: 'status', status: 404 } });
  await world.driver.api('PATCH', `/v1/integrations/${id}/collections/${calendar.id}`, { subscribed: false });
  await quiet();
  await world.driver.sync(id, 'incremental');
  expect(await open()).toHaveLength(before.length - 1);
  expect(await known()).toEqual(await open());
});

/** Loses Google's answer to the next call that opens a channel, which happens because the present ones are to be replaced. */
async function loseNextWatchAnswer(): Promise<void> {
  await world.sql`update watches set expires_at = now() + interval '1 hour' where integration_id = ${id}`;
  const path = '/calendar/v3/users/me/calendarList/watch';
  await world.addFault({ path, times: 1, fault: { kind: 'lose-answer' } });
}

it('renews subscriptions that are about to end, also where nothing changes for so long', async () => {
  const before = await open();
  await world.sql`update watches set created_at = now() - interval '6 days 1 hour',
    expires_at = now() + interval '23 hours' where integration_id = ${id}`;
  // The API takes no interval under a minute; the timer is the same with a shorter one.
  await world.sql`update integrations set interval_seconds = 2 where id = ${id}`;
  await world.driver.api('PATCH', `/v1/integrations/${id}`, { autoSync: true });
  const ending = () => world.sql`
    select id from watches where integration_id = ${id} and expires_at < now() + interval '1 day'`;
  await eventually(ending, (rows) => rows.length === 0, 15_000);
  await world.driver.settled(id);
  const renewed = await open();
  expect(renewed).toHaveLength(before.length);
  expect(renewed.filter((channel) => before.includes(channel))).toEqual([]);
  expect(await known()).toEqual(renewed);
  const runs = () => world.sql`select id from runs where integration_id = ${id}`;
  const { length } = await runs();
  await sleep(5000);
  expect(await runs(), 'one run renews them').toHaveLength(length);
});

it('knows a subscription whose answer was lost by its first message, and opens no other in its place', async () => {
  const { length } = await open();
  await loseNextWatchAnswer();
  await world.driver.sync(id, 'incremental');
  const unanswered = () => world.sql`select id from watches where resource_id is null`;
  await eventually(unanswered, (rows) => rows.length === 0);
  const opened = await open();
  expect(await known()).toEqual(opened);
  await world.driver.sync(id, 'incremental');
  expect(await open()).toEqual(opened);
  expect(opened).toHaveLength(length);
});

it('stops a subscription of which neither the answer nor the first message came', async () => {
  const { length } = await open();
  await setPushes('drop');
  await loseNextWatchAnswer();
  await world.driver.sync(id, 'incremental');
  const [lost] = await world.sql<{ id: string }[]>`select id from watches where resource_id is null`;
  expect(await open(), 'it is open, and not to be named yet').toContain(lost?.id);
  await world.driver.sync(id, 'incremental');
  expect(await open()).not.toContain(lost?.id);
  expect(await open()).toHaveLength(length);
  expect(await known()).toEqual(await open());
});

describe('a first subscription of which neither the answer nor the first message came', () => {
  const lost = () => world.sql<{ id: string }[]>`select id from watches where resource_id is null`;

  beforeEach(async () => {
    await world.removeAll();
    await world.reset({ contacts: 5 });
    // Contacts of the same account: the grant lives on, and so does whatever was opened under it.
    await world.connect('google-contacts');
    await setPushes('drop');
    const path = `/calendar/v3/calendars/${calendar.remoteId}/events/watch`;
    await world.addFault({ path, times: 1, fault: { kind: 'lose-answer' } });
    id = await world.connect('google-calendar');
    calendar = await primaryCalendar(world, id);
    const [unnamed] = await eventually(lost, (rows) => rows.length === 1);
    expect(await open(), 'it is open, and nothing tells its name').toContain(unnamed?.id);
  });

  it('is stopped when its calendar is unticked', async () => {
    const before = await open();
    await world.driver.api('PATCH', `/v1/integrations/${id}/collections/${calendar.id}`, {
      subscribed: false,
    });
    await eventually(lost, (rows) => rows.length === 0);
    expect(await open()).toHaveLength(before.length - 1);
    expect(await known()).toEqual(await open());
  });

  it('is stopped when the integration is deleted', async () => {
    await world.driver.remove(id);
    await eventually(
      () => world.sql`select id from integrations where id = ${id}`,
      (rows) => rows.length === 0,
    );
    expect(await open()).toEqual([]);
  });
});

it('opens subscriptions anew after somebody signed in again, since the old grant may have taken its own along', async () => {
  const before = await open();
  await world.driver.control('POST', `${ada}/revoke`);
  await addEvent('Nobody hears of it');
  expect(await open(), 'they ended with the grant').not.toEqual(before);
  await world.driver.sync(id, 'incremental');
  await reauthenticate(world, id);
  await world.driver.settled(id);
  await eventually(open, (channels) => channels.length === before.length);
  await eventually(known, (watches) => watches.length === before.length);
  expect(await known()).toEqual(await open());
  await addEvent('Breakfast');
  await eventually(readTitles, (titles) => titles.includes('Breakfast'));
});

it('stops what was left behind under a grant that was revoked amid a sync, once somebody has signed in again', async () => {
  await world.driver.control('PATCH', '/settings', { google: { revocationEndsChannels: false } });
  const before = await open();
  await world.addFault({
    path: '/calendar/v3/users/me/calendarList/watch',
    times: 1,
    fault: { kind: 'delay', ms: 1500 },
  });
  await reauthenticate(world, id);
  await eventually(known, (watches) => watches.length > before.length);
  await world.driver.control('POST', `${ada}/revoke`);
  const phase = async () =>
    (await world.driver.api<{ phase: string }>('GET', `/v1/integrations/${id}`)).phase;
  await eventually(phase, (now) => now === 'needs_reauth');
  expect(await known(), 'they are open, and known').toEqual(before);
  // Whoever comes back comes days later.
  const lives = await world.sql<{ days: number }[]>`
    select extract(day from expires_at - now())::int as days from watches where integration_id = ${id}`;
  expect(lives.every(({ days }) => days >= 6)).toBe(true);
  await reauthenticate(world, id);
  await eventually(
    open,
    (channels) => channels.length === before.length && !channels.includes(before[0] ?? ''),
  );
  await eventually(known, (watches) => watches.length === before.length);
  expect(await known()).toEqual(await open());
});
