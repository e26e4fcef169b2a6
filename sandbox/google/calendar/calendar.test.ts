import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { calendar, auth as googleAuth } from '@googleapis/calendar';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunningSandbox } from '../../server.ts';
import { control, signIn, startTestSandbox } from '../sign-in.fixture.ts';

const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 20_000 });

let sandbox: RunningSandbox;
let api: ReturnType<typeof calendar>;
const calendarId = 'primary';

beforeEach(async () => {
  sandbox = await startTestSandbox();
  const auth = new googleAuth.OAuth2();
  auth.setCredentials({ access_token: (await signIn(sandbox)).access_token });
  api = calendar({ version: 'v3', auth, rootUrl: sandbox.url, retry: false });
});
afterEach(() => sandbox.close());

const list = (more: Record<string, unknown> = {}) =>
  api.events.list({ calendarId, maxResults: 60, ...more }).then(({ data }) => data);

async function listAll(more: Record<string, unknown> = {}) {
  let page = await list(more);
  const items = [...(page.items ?? [])];
  while (page.nextPageToken) {
    expect(page.nextSyncToken).toBeUndefined();
    page = await list({ ...more, pageToken: page.nextPageToken });
    items.push(...(page.items ?? []));
  }
  return { items, syncToken: page.nextSyncToken as string };
}

const failure = async (promise: Promise<unknown>) => {
  const error = (await promise.then(
    () => {
      throw new Error('expected a refusal');
    },
    (reason: unknown) => reason,
  )) as { response: { status: number; data: { error: { errors: { reason: string }[] } } } };
  return { status: error.response.status, reason: error.response.data.error.errors[0]?.reason };
};

const hour = (text: string) => ({ dateTime: `2026-12-01T${text}:00`, timeZone: 'Europe/Berlin' });
const weekly = {
  summary: 'Standup',
  start: hour('09:00'),
  end: hour('09:15'),
  recurrence: ['RRULE:FREQ=WEEKLY;COUNT=4'],
};

describe('calendarList', () => {
  it('lists the calendars of a life, and real holidays among them', async () => {
    const { data } = await api.calendarList.list();
    expect(data.items?.map((one) => one.summary)).toEqual([
      'Personal',
      'Work',
      'Holidays in Germany',
      'Family',
    ]);
    const holidays = await api.events.list({
      calendarId: data.items?.[2]?.id as string,
      timeMin: '2026-12-20T00:00:00Z',
      timeMax: '2026-12-27T00:00:00Z',
    });
    expect(holidays.data.items?.map((one) => one.start?.date)).toEqual(['2026-12-25', '2026-12-26']);
    const refused = await failure(
      api.events.insert({ calendarId: data.items?.[2]?.id as string, requestBody: weekly }),
    );
    expect(refused).toMatchObject({ status: 403, reason: 'requiredAccessLevel' });
  });

  it('reports new, hidden and deleted calendars since a sync token, but no mere new title', async () => {
    const first = await api.calendarList.list();
    const [, work, , family] = first.data.items ?? [];
    const made = await api.calendars.insert({ requestBody: { summary: 'Garden' } });
    await api.calendars.patch({ calendarId: family?.id as string, requestBody: { summary: 'Kin' } });
    await api.calendarList.patch({ calendarId: family?.id as string, requestBody: { hidden: true } });
    await api.calendars.delete({ calendarId: work?.id as string });
    const changed = await api.calendarList.list({ syncToken: first.data.nextSyncToken as string });
    expect(changed.data.items?.map((one) => [one.id, one.hidden ?? false, one.deleted ?? false])).toEqual([
      [made.data.id, false, false],
      [family?.id, true, false],
      [work?.id, false, true],
    ]);
    await api.calendars.patch({ calendarId: made.data.id as string, requestBody: { summary: 'Allotment' } });
    const quiet = await api.calendarList.list({ syncToken: changed.data.nextSyncToken as string });
    expect(quiet.data.items).toEqual([]);
  });
});

describe('events.list', () => {
  it('pages through masters and exceptions once, and gives a sync token on the last page only', async () => {
    const { items, syncToken } = await listAll();
    expect(new Set(items.map((one) => one.id)).size).toBe(150);
    expect(items.filter((one) => one.recurrence).length).toBeGreaterThan(5);
    const cancelled = items.filter((one) => one.status === 'cancelled');
    expect(cancelled.length).toBeGreaterThan(0);
    for (const one of cancelled)
      expect(one).toMatchObject({
        recurringEventId: expect.any(String),
        originalStartTime: expect.any(Object),
      });
    expect(syncToken).toEqual(expect.any(String));
  });

  it('keeps seeded exceptions at moments at which their series has an occurrence', async () => {
    const { items } = await listAll();
    for (const exception of items.filter((one) => one.recurringEventId)) {
      const instances = await api.events.instances({
        calendarId,
        eventId: exception.recurringEventId as string,
        showDeleted: true,
      });
      expect(instances.data.items?.map((one) => one.id)).toContain(exception.id);
    }
  });

  it('reports what was made, changed and deleted since the sync token, tombstones as cancelled', async () => {
    const { items, syncToken } = await listAll();
    const [first, second] = items.filter((one) => !one.recurrence && !one.recurringEventId);
    const made = await api.events.insert({
      calendarId,
      requestBody: { summary: 'New', start: hour('10:00'), end: hour('11:00') },
    });
    await api.events.patch({ calendarId, eventId: first?.id as string, requestBody: { summary: 'Changed' } });
    await api.events.delete({ calendarId, eventId: second?.id as string });
    const changed = await list({ syncToken });
    expect(changed.items?.map((one) => [one.id, one.status, one.summary])).toEqual([
      [made.data.id, 'confirmed', 'New'],
      [first?.id, first?.status, 'Changed'],
      [second?.id, 'cancelled', undefined],
    ]);
    expect((await list({ syncToken: changed.nextSyncToken })).items).toEqual([]);
  });

  it('answers an expired sync token with 410 fullSyncRequired', async () => {
    const { syncToken } = await listAll();
    await control(sandbox, 'POST', '/google/ada@example.com/sync-tokens/expire');
    expect(await failure(list({ syncToken }))).toEqual({ status: 410, reason: 'fullSyncRequired' });
  });

  it('refuses time bounds, an order or other parameters beside a sync token', async () => {
    const { syncToken } = await listAll({ singleEvents: true, timeMin: '2026-11-01T00:00:00Z' });
    const beside = (more: object) => failure(list({ syncToken, singleEvents: true, ...more }));
    expect((await beside({ timeMin: '2026-11-01T00:00:00Z' })).status).toBe(400);
    expect((await beside({ orderBy: 'updated' })).status).toBe(400);
    expect((await beside({ showDeleted: false })).status).toBe(400);
    expect((await failure(list({ syncToken }))).status).toBe(400);
    expect((await list({ syncToken, singleEvents: true })).items).toEqual([]);
  });

  it('expands series into occurrences when asked, in order of start, and hides masters', async () => {
    const { items } = await listAll({
      singleEvents: true,
      orderBy: 'startTime',
      timeMin: '2026-11-01T00:00:00Z',
      timeMax: '2026-12-01T00:00:00Z',
    });
    const starts = items.map((one) => Date.parse(one.start?.dateTime ?? one.start?.date ?? ''));
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(items.some((one) => one.recurrence)).toBe(false);
    expect(items.filter((one) => one.recurringEventId).length).toBeGreaterThan(3);
  });

  it('keeps the hour of a series over a change of summer time', async () => {
    const made = await api.events.insert({
      calendarId,
      requestBody: {
        ...weekly,
        start: { dateTime: '2026-10-20T09:00:00', timeZone: 'Europe/Berlin' },
        end: { dateTime: '2026-10-20T09:15:00', timeZone: 'Europe/Berlin' },
      },
    });
    const { data } = await api.events.instances({ calendarId, eventId: made.data.id as string });
    expect(data.items?.map((one) => one.start?.dateTime)).toEqual([
      '2026-10-20T09:00:00+02:00',
      '2026-10-27T09:00:00+01:00',
      '2026-11-03T09:00:00+01:00',
      '2026-11-10T09:00:00+01:00',
    ]);
  });

  it('sends an empty page with a next page token where it is set so, and loses nothing', async () => {
    await control(sandbox, 'PATCH', '/settings', { google: { emptyPageEvery: 2 } });
    const first = await list();
    const second = await list({ pageToken: first.nextPageToken });
    expect([second.items, typeof second.nextPageToken]).toEqual([[], 'string']);
    expect((await listAll()).items).toHaveLength(150);
  });
});

describe('series', () => {
  it('makes an exception of a changed occurrence and cancels a deleted one', async () => {
    const { syncToken } = await listAll();
    const made = await api.events.insert({ calendarId, requestBody: weekly });
    const eventId = made.data.id as string;
    const instances = (await api.events.instances({ calendarId, eventId })).data.items ?? [];
    await api.events.patch({
      calendarId,
      eventId: instances[1]?.id as string,
      requestBody: { summary: 'Moved' },
    });
    await api.events.delete({ calendarId, eventId: instances[2]?.id as string });
    const changed = await list({ syncToken });
    expect(changed.items?.map((one) => [one.id, one.status, one.recurringEventId])).toEqual([
      [eventId, 'confirmed', undefined],
      [instances[1]?.id, 'confirmed', eventId],
      [instances[2]?.id, 'cancelled', eventId],
    ]);
    const left = await api.events.instances({ calendarId, eventId });
    expect(left.data.items?.map((one) => one.summary)).toEqual(['Standup', 'Moved', 'Standup']);
    await api.events.delete({ calendarId, eventId });
    const gone = await list({ syncToken: changed.nextSyncToken });
    expect(gone.items?.map((one) => one.status)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    expect((await listAll()).items.some((one) => one.recurringEventId === eventId)).toBe(false);
  });

  it('tells occurrences that vanish from a shortened series as cancelled when single events are asked', async () => {
    const made = await api.events.insert({ calendarId, requestBody: weekly });
    const { syncToken } = await listAll({ singleEvents: true });
    await api.events.patch({
      calendarId,
      eventId: made.data.id as string,
      requestBody: { recurrence: ['RRULE:FREQ=WEEKLY;COUNT=2'] },
    });
    const changed = await list({ syncToken, singleEvents: true });
    expect(changed.items?.map((one) => one.status)).toEqual([
      'confirmed',
      'confirmed',
      'cancelled',
      'cancelled',
    ]);
  });
});

describe('writes', () => {
  it('takes the client’s own id once, and refuses a stale If-Match and a second delete', async () => {
    const requestBody = { id: 'harm0op0001', summary: 'Once', start: hour('10:00'), end: hour('11:00') };
    const made = await api.events.insert({ calendarId, requestBody });
    expect(await failure(api.events.insert({ calendarId, requestBody }))).toEqual({
      status: 409,
      reason: 'duplicate',
    });
    const eventId = requestBody.id;
    await api.events.patch({ calendarId, eventId, requestBody: { summary: 'Twice' } });
    const stale = api.events.patch(
      { calendarId, eventId, requestBody: {} },
      { headers: { 'If-Match': made.data.etag as string } },
    );
    expect(await failure(stale)).toEqual({ status: 412, reason: 'conditionNotMet' });
    await api.events.delete({ calendarId, eventId });
    expect(await failure(api.events.delete({ calendarId, eventId }))).toEqual({
      status: 410,
      reason: 'deleted',
    });
  });

  it('refuses an end before the start, and a time without a zone', async () => {
    const insert = (start: object, end: object) =>
      failure(api.events.insert({ calendarId, requestBody: { start, end } }));
    expect(await insert(hour('10:00'), hour('09:00'))).toMatchObject({
      status: 400,
      reason: 'timeRangeEmpty',
    });
    expect((await insert({ dateTime: '2026-12-01T10:00:00' }, hour('11:00'))).status).toBe(400);
  });
});

describe('watch channels', () => {
  let receiver: Server;
  let received: IncomingHttpHeaders[];
  let answers: number[];
  let address: string;

  beforeEach(async () => {
    received = [];
    answers = [];
    receiver = createServer((request, response) => {
      received.push(request.headers);
      response.writeHead(answers.shift() ?? 200).end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/push`;
  });
  afterEach(() => new Promise((resolve) => receiver.close(resolve)));

  const watch = (id = 'channel-1') =>
    api.events.watch({ calendarId, requestBody: { id, type: 'web_hook', address, token: 'secret' } });
  const insert = () =>
    api.events.insert({ calendarId, requestBody: { start: hour('10:00'), end: hour('11:00') } });
  const states = () => received.map((headers) => headers['x-goog-resource-state']);

  it('sends a sync message first and then one message per change, until it is stopped', async () => {
    const { data } = await watch();
    await until(() => expect(states()).toEqual(['sync']));
    await insert();
    await until(() => expect(states()).toEqual(['sync', 'exists']));
    expect(received[1]).toMatchObject({
      'x-goog-channel-id': 'channel-1',
      'x-goog-channel-token': 'secret',
      'x-goog-resource-id': data.resourceId,
      'x-goog-resource-uri': data.resourceUri,
      'x-goog-message-number': '2',
    });
    expect(Number(data.expiration)).toBeGreaterThan(Date.now());
    const stopped = await api.channels.stop({
      requestBody: { id: 'channel-1', resourceId: data.resourceId as string },
    });
    expect(stopped.status).toBe(204);
    await insert();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(states()).toEqual(['sync', 'exists']);
  });

  it('takes a time to live in the unit that is set', async () => {
    const livesFor = async (id: string) => {
      const requestBody = { id, type: 'web_hook', address, params: { ttl: '3600' } };
      const { data } = await api.events.watch({ calendarId, requestBody });
      return Math.round((Number(data.expiration) - Date.now()) / 1000);
    };
    expect(await livesFor('in-seconds')).toBeGreaterThan(3500);
    await control(sandbox, 'PATCH', '/settings', { google: { watchTtlUnit: 'milliseconds' } });
    expect(await livesFor('in-milliseconds')).toBeLessThanOrEqual(4);
  });

  it('sends again after 503, and gives up after 404', async () => {
    await control(sandbox, 'PATCH', '/settings', { google: { pushRetryDelaysMs: [5, 5] } });
    answers = [503, 200, 404];
    await watch();
    await until(() => expect(states()).toEqual(['sync', 'sync']));
    await insert();
    await until(async () =>
      expect(await control(sandbox, 'GET', '/pushes')).toMatchObject({ delivered: 1, failed: 1 }),
    );
    expect(states()).toEqual(['sync', 'sync', 'exists']);
  });

  it('does not send again what a world before the last reset had to say', async () => {
    await control(sandbox, 'PATCH', '/settings', { google: { pushRetryDelaysMs: [100] } });
    answers = [503];
    await watch();
    await until(() => expect(states()).toEqual(['sync']));
    await control(sandbox, 'POST', '/reset', { seed: 7 });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(states()).toEqual(['sync']);
  });

  it('holds, duplicates and drops as ordered', async () => {
    await control(sandbox, 'POST', '/pushes', { mode: 'hold' });
    await watch();
    await insert();
    expect(await control(sandbox, 'GET', '/pushes')).toMatchObject({ waiting: 2 });
    expect(states()).toEqual([]);
    await control(sandbox, 'POST', '/pushes', { mode: 'deliver' });
    await until(() => expect(states()).toEqual(['sync', 'exists']));
    await control(sandbox, 'POST', '/pushes', { mode: 'duplicate' });
    await insert();
    await until(() => expect(states()).toHaveLength(4));
    await control(sandbox, 'POST', '/pushes', { mode: 'drop' });
    await insert();
    await control(sandbox, 'POST', '/pushes', { mode: 'reorder' });
    await insert();
    await insert();
    await until(() => expect(states()).toHaveLength(6));
    const numbers = received.slice(4).map((headers) => Number(headers['x-goog-message-number']));
    expect(numbers[0]).toBeGreaterThan(numbers[1] as number);
  });

  it('refuses an address that is neither https nor loopback, and a channel id in use', async () => {
    const foreign = { id: 'x', type: 'web_hook', address: 'http://example.com/push' };
    const refused = await failure(api.events.watch({ calendarId, requestBody: foreign }));
    expect(refused).toEqual({ status: 400, reason: 'push.webhookUrlNotHttps' });
    await watch();
    expect((await failure(watch())).status).toBe(400);
  });

  it('watches the list of calendars', async () => {
    await api.calendarList.watch({ requestBody: { id: 'list-1', type: 'web_hook', address } });
    await control(sandbox, 'POST', '/google/ada@example.com/calendars', { summary: 'Garden' });
    await until(() => expect(states()).toEqual(['sync', 'exists']));
  });
});
