/** What the Companion reads: ranges, series, hidden calendars, pages. */
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { calendarEvent } from '../../api/contract/calendar-event.ts';
import { contact } from '../../api/contract/contact.ts';
import { encodeCursor, markCursor, markOfList } from '../../api/paging.ts';
import {
  calendarEvents,
  collections,
  contactConflicts,
  contacts,
  integrations,
  runs,
} from '../../db/schema/index.ts';
import { type SeededIntegration, seedEvent, seedIntegration } from './rows.ts';
import { type ApiWorld, openApiWorld } from './world.ts';

let world: ApiWorld;
let mine: SeededIntegration;

beforeAll(async () => {
  world = await openApiWorld({ parts: 'api' });
});
afterAll(() => world.close());
beforeEach(async () => {
  const { db } = world.database;
  for (const table of [calendarEvents, contacts, integrations]) await db.delete(table);
  mine = await seedIntegration(db, world.ada);
});

const event = (values: Parameters<typeof seedEvent>[3]) =>
  seedEvent(world.database.db, world.ada, mine, values);
async function titles(query: string): Promise<string[]> {
  const answer = await world.ada.asUser.get(`/v1/calendar-events?${query}`);
  expect(answer.status, answer.text).toBe(200);
  return answer.body.data.map((row: unknown) => calendarEvent.parse(row).title);
}

describe('calendar events', () => {
  it('come in the order of their start, those that touch the range only', async () => {
    await event({ title: 'night', startsAt: '2026-11-22T23:00:00Z', endsAt: '2026-11-23T01:00:00Z' });
    await event({ title: 'before', startsAt: '2026-11-22T23:00:00Z', endsAt: '2026-11-23T00:00:00Z' });
    await event({ title: 'after', startsAt: '2026-11-24T00:00:00Z', endsAt: '2026-11-24T01:00:00Z' });
    expect(await titles('from=2026-11-23&to=2026-11-24')).toEqual(['night', 'Standup']);
    expect(await titles('from=2026-11-23T02:00:00%2B02:00&to=2026-11-24T01:00:00%2B01:00')).toEqual([
      'night',
      'Standup',
    ]);
    expect(await titles('')).toHaveLength(4);
  });
  it('include a series wherever it may have an occurrence', async () => {
    const at = { startsAt: '2026-01-05T09:00:00Z', endsAt: '2026-01-05T10:00:00Z' };
    await event({ title: 'endless', ...at, recurrence: ['RRULE:FREQ=WEEKLY;BYDAY=MO'] });
    await event({
      title: 'long over',
      ...at,
      recurrence: ['EXDATE:20260112T090000Z', 'RRULE:FREQ=DAILY;UNTIL=20260301T000000Z'],
    });
    await event({ title: 'until then', ...at, recurrence: ['RRULE:FREQ=DAILY;UNTIL=20261123T090000Z'] });
    await event({
      title: 'not begun',
      startsAt: '2027-01-05T09:00:00Z',
      endsAt: '2027-01-05T10:00:00Z',
      recurrence: ['RRULE:FREQ=DAILY'],
    });
    expect((await titles('from=2026-11-23&to=2026-11-24')).sort()).toEqual([
      'Standup',
      'endless',
      'until then',
    ]);
  });
  it('leave a series in while any of its rules or dates goes on', async () => {
    const long = { startsAt: '2026-01-05T09:00:00Z', endsAt: '2026-01-05T10:00:00Z' };
    const over = 'FREQ=DAILY;UNTIL=20260301T000000Z';
    await event({ ...long, title: 'but for a time', recurrence: ['RRULE:FREQ=WEEKLY', `EXRULE:${over}`] });
    await event({ ...long, title: 'two rules', recurrence: [`RRULE:${over}`, 'RRULE:FREQ=WEEKLY'] });
    await event({ ...long, title: 'a date', recurrence: [`RRULE:${over}`, 'RDATE:20261123T120000Z'] });
    await event({ ...long, title: 'over', recurrence: [`RRULE:${over}`, 'EXDATE:20261123T120000Z'] });
    expect((await titles('from=2026-11-23&to=2026-11-24')).sort()).toEqual([
      'Standup',
      'a date',
      'but for a time',
      'two rules',
    ]);
  });
  it('leave cancelled ones out unless asked, wherever their start is unknown', async () => {
    await event({
      title: 'off',
      status: 'cancelled',
      startsAt: null,
      endsAt: null,
      seriesRemoteId: 'series',
    });
    expect(await titles('')).toEqual(['Standup']);
    expect(await titles('includeCancelled=true')).toEqual(['Standup', 'off']);
    const { body } = await world.ada.asUser.get('/v1/calendar-events?includeCancelled=true&limit=1');
    expect(await titles(`includeCancelled=true&limit=1&cursor=${body.nextCursor}`)).toEqual(['off']);
  });
  it('of an unticked calendar are gone at once, and back when it is ticked', async () => {
    const path = `/v1/integrations/${mine.id}/collections/${mine.collectionId}`;
    expect((await world.ada.asUser.patch(path, { body: { subscribed: false } })).status).toBe(200);
    expect(await titles('')).toEqual([]);
    expect(await titles(`calendarId=${mine.collectionId}`)).toEqual([]);
    expect((await world.ada.asUser.get(`/v1/integrations/${mine.id}`)).body.counts).toEqual({
      collections: 1,
    });
    await world.ada.asUser.patch(path, { body: { subscribed: true } });
    expect(await titles('')).toEqual(['Standup']);
  });
  it('of one calendar are named by its id or by the one that it has at the provider, and then by nobody else', async () => {
    const { body } = await world.ada.asUser.get(`/v1/integrations/${mine.id}/collections`);
    const { id, remoteId } = body.data[0];
    expect(await titles(`calendarId=${id}`)).toEqual(['Standup']);
    expect(await titles(`calendarId=${encodeURIComponent(remoteId)}`)).toEqual(['Standup']);
    expect(await titles(`calendarId=${id}&from=2031-01-01`)).toEqual([]);
  });
  it('of a calendar that nobody has, or somebody else, are not found', async () => {
    const { body } = await world.ada.asUser.get(`/v1/integrations/${mine.id}/collections`);
    const { id, remoteId } = body.data[0];
    const unknown = [world.ada, 'nobody@example.com'] as const;
    for (const [tenant, name] of [unknown, [world.ada, 'col_1'], [world.eve, id], [world.eve, remoteId]]) {
      const answer = await tenant.asUser.get(`/v1/calendar-events?calendarId=${encodeURIComponent(name)}`);
      expect(answer).toMatchObject({
        status: 404,
        body: { code: 'not_found', detail: 'There is no such calendar.' },
      });
    }
  });
  it('say what a bound looks like', async () => {
    const { status, body } = await world.ada.asUser.get('/v1/calendar-events?from=yesterday');
    expect({ status, errors: body.errors }).toMatchObject({
      status: 400,
      errors: [{ path: 'from', message: expect.stringContaining('a day') }],
    });
  });
  it('that were kept when their integration went stay readable', async () => {
    await world.database.db.delete(integrations).where(eq(integrations.id, mine.id));
    expect(await world.database.db.select().from(collections)).toEqual([]);
    expect(await titles('')).toEqual(['Standup']);
    expect(await titles(`calendarId=${mine.collectionId}&from=2031-01-01`)).toEqual([]);
  });
  it('come whole over pages, also where many start together', async () => {
    for (let index = 0; index < 11; index += 1) await event({ title: `e${index}` });
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await world.ada.asUser.get(`/v1/calendar-events?from=2026-11-23&limit=5${cursor}`);
      seen.push(...body.data.map(({ id }: { id: string }) => id));
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
    } while (cursor !== '');
    expect(new Set(seen).size).toBe(12);
    expect(seen).toHaveLength(12);
  });
});

it('a task that was kept when its integration went says so to a change, and stays as it is', async () => {
  await world.database.db.delete(integrations).where(eq(integrations.id, mine.id));
  const path = `/v1/tasks/${mine.taskId}`;
  const refused = await world.ada.asUser.patch(path, { body: { title: 'Buy a kettle' } });
  expect(refused).toMatchObject({
    status: 409,
    body: { code: 'not_connected', remedy: expect.stringContaining('connect the account again') },
  });
  expect(await world.ada.asUser.get(path)).toMatchObject({ status: 200, body: { title: 'Mend the kettle' } });
});

describe('contacts', () => {
  it('carry their sources and a version as ETag, and are found by e-mail whatever its case', async () => {
    const answer = await world.ada.asUser.get(`/v1/contacts/${mine.contactId}`);
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(contact.parse(answer.body)).toEqual(answer.body);
    expect(answer.body).toMatchObject({
      firstName: 'Mary',
      sources: [{ integrationId: mine.id, provider: 'google-calendar', remoteId: 'people/c1' }],
    });
    const { body } = await world.ada.asUser.get('/v1/contacts?email=MARY@example.com');
    expect(body.data).toEqual([answer.body]);
    expect((await world.ada.asUser.get('/v1/contacts?email=other@example.com')).body.data).toEqual([]);
  });
  it('come whole over pages', async () => {
    for (let index = 0; index < 7; index += 1) await seedIntegration(world.database.db, world.ada);
    const seen = new Set<string>();
    let cursor = '';
    do {
      const { body } = await world.ada.asUser.get(`/v1/contacts?limit=3${cursor}`);
      for (const { id } of body.data) seen.add(id);
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
    } while (cursor !== '');
    expect(seen.size).toBe(8);
  });
});

it('lists integrations newest first, over pages and by provider', async () => {
  const other = await seedIntegration(world.database.db, world.ada, { provider: 'google-contacts' });
  const first = await world.ada.asUser.get('/v1/integrations?limit=1');
  expect(first.body.data.map(({ id }: { id: string }) => id)).toEqual([other.id]);
  const second = await world.ada.asUser.get(`/v1/integrations?limit=1&cursor=${first.body.nextCursor}`);
  expect(second.body).toMatchObject({
    data: [{ id: mine.id, counts: { events: 1, collections: 1 } }],
    nextCursor: null,
  });
  const { body } = await world.ada.asUser.get('/v1/integrations?provider=google-calendar');
  expect(body.data).toHaveLength(1);
});

describe('a list by time goes on behind a row that is gone', () => {
  // Within one millisecond, which is all that an answer tells of a time.
  const timeOf = (place: number) => `2026-11-23T09:00:00.00000${place}Z`;
  const places = [1, 2, 3];
  const lists = {
    '/v1/integrations': async () => {
      const { db } = world.database;
      await db.delete(integrations);
      const { workspaceId, userId } = world.ada;
      const rows = places.map((place) => ({ id: `int_${place}`, createdAt: timeOf(place) }));
      const provider = { provider: 'google-calendar', authKind: 'oauth', phase: 'active' } as const;
      await db.insert(integrations).values(rows.map((row) => ({ ...row, workspaceId, userId, ...provider })));
      return () => db.delete(integrations).where(eq(integrations.id, 'int_3'));
    },
    '/v1/conflicts': async () => {
      const { db } = world.database;
      const { workspaceId, userId } = world.ada;
      const ofRun = { integrationId: mine.id, runId: mine.runId };
      const of = { workspaceId, userId, ...ofRun, winner: 'provider' } as const;
      const rows = places.map((place) => ({ id: `cfl_${place}`, at: timeOf(place) }));
      await db.delete(contactConflicts);
      await db.insert(contactConflicts).values(rows.map((row) => ({ ...row, ...of })));
      return () => db.delete(contactConflicts).where(eq(contactConflicts.id, 'cfl_3'));
    },
    runs: async () => {
      const { db } = world.database;
      await db.delete(runs);
      for (const place of places) {
        await db.insert(runs).values({
          ...{ id: `run_${place}`, integrationId: mine.id, operationId: `op_${place}`, mode: 'full' },
          ...{ trigger: 'manual', workflowId: 'w', startedAt: timeOf(place) },
        });
      }
      return () => db.delete(runs).where(eq(runs.id, 'run_3'));
    },
  };
  it.each(Object.entries(lists))('%s', async (list, fill) => {
    const path = list === 'runs' ? `/v1/integrations/${mine.id}/runs` : list;
    const remove = await fill();
    const ids = async (query: string) => {
      const { status, body, text } = await world.ada.asUser.get(`${path}?${query}`);
      expect(status, text).toBe(200);
      return { ids: body.data.map(({ id }: { id: string }) => id.slice(-1)), next: body.nextCursor };
    };
    const first = await ids('limit=1');
    expect(first.ids).toEqual(['3']);
    expect((await ids(`limit=5&cursor=${first.next}`)).ids).toEqual(['2', '1']);
    await remove();
    expect((await ids(`limit=5&cursor=${first.next}`)).ids).toEqual(['2', '1']);
  });
  it('takes a cursor that says no more than the row', async () => {
    await lists['/v1/integrations']();
    const cursor = markCursor(markOfList('/v1/integrations', {}, {}), encodeCursor({ id: 'int_2' }));
    const { body } = await world.ada.asUser.get(`/v1/integrations?cursor=${cursor}`);
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual(['int_1']);
  });
});

it('lists collections, the primary one first, with their counts', async () => {
  const values = { integrationId: mine.id, subscribed: false };
  await world.database.db.insert(collections).values([
    { id: 'col_b', remoteId: 'b', name: 'beta', ...values },
    { id: 'col_a', remoteId: 'a', name: 'Alpha', color: '#fff', ...values },
  ]);
  const path = `/v1/integrations/${mine.id}/collections`;
  const { body } = await world.ada.asUser.get(`${path}?limit=2`);
  expect(body.data).toMatchObject([
    { name: 'Ada', primary: true, subscribed: true, recordCount: 1 },
    { name: 'Alpha', color: '#fff', subscribed: false, recordCount: 0 },
  ]);
  const next = await world.ada.asUser.get(`${path}?limit=2&cursor=${body.nextCursor}`);
  expect(next.body.data.map(({ name }: { name: string }) => name)).toEqual(['beta']);
});

describe('integrations that everybody asks for at once', () => {
  it("are each caller's own, however many ask the same", async () => {
    const { db } = world.database;
    const theirs = await seedIntegration(db, world.eve);
    const colleague = { ...world.ada, userId: world.ada.otherUserId };
    const colleagues = await seedIntegration(db, colleague);
    const asColleague = { headers: { 'harmony-user': colleague.userId } };
    const ask = [
      { ids: [mine.id], get: () => world.ada.asUser.get('/v1/integrations') },
      { ids: [colleagues.id], get: () => world.ada.asWorkspace.get('/v1/integrations', asColleague) },
      { ids: [colleagues.id, mine.id], get: () => world.ada.asWorkspace.get('/v1/integrations') },
      { ids: [theirs.id], get: () => world.eve.asUser.get('/v1/integrations') },
      { ids: [], get: () => world.eve.asUser.get('/v1/integrations?provider=notion') },
    ];
    const answers = Array.from({ length: 8 }, () =>
      ask.map(async ({ ids, get }) => ({ ids, body: (await get()).body })),
    );
    for (const { ids, body } of await Promise.all(answers.flat())) {
      expect(body.data.map(({ id }: { id: string }) => id)).toEqual(ids);
    }
    const other = await Promise.all(
      Array.from({ length: 8 }, () => world.eve.asUser.get(`/v1/integrations/${mine.id}`)),
    );
    expect(other.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 404));
  });
});
