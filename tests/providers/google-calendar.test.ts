import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CalendarEventRecord, Cursor, Session } from '../../providers/contract/index.ts';
import { signIn } from '../../providers/contract-suite/sign-in.ts';
import { googleCalendar } from '../../providers/google-calendar/index.ts';
import { type Control, openControl } from './control.ts';
import { openGoogleWorld } from './google-world.ts';

let world: Awaited<ReturnType<typeof openGoogleWorld>>;
let control: Control;
let session: Session;
let collection: string;
let events: string;

beforeAll(async () => {
  world = await openGoogleWorld('google-calendar');
  control = openControl(world.environment.origins.www as string);
  await world.consent({});
  const oauth = googleCalendar.oauth?.(world.environment);
  if (oauth === undefined) throw new Error('Google signs in by OAuth');
  const { accessToken } = await signIn(oauth, world);
  session = googleCalendar.openSession({ accessToken, authKind: 'oauth' }, world.environment);
  collection = world.records.events?.collection as string;
  events = `/google/ada@example.com/calendars/${encodeURIComponent(collection)}/events`;
});
afterAll(() => world?.close());

async function list(start: Cursor | null) {
  const upserts: CalendarEventRecord[] = [];
  const deletions: string[] = [];
  let cursor = start;
  for (;;) {
    const signal = AbortSignal.timeout(10_000);
    const page = await session.fetchPage({ stream: 'events', collection, cursor, signal });
    upserts.push(...(page.upserts as CalendarEventRecord[]));
    deletions.push(...page.deletions);
    cursor = page.next.cursor;
    if (page.next.kind === 'done') return { upserts, deletions, cursor };
  }
}

const weekly = {
  summary: 'Standup',
  start: { dateTime: '2026-11-23T09:00:00+01:00', timeZone: 'Europe/Berlin' },
  end: { dateTime: '2026-11-23T09:15:00+01:00', timeZone: 'Europe/Berlin' },
  recurrence: ['RRULE:FREQ=WEEKLY;COUNT=5'],
};

test('a series is one record, and a cancelled occurrence of it stays as a cancelled record', async () => {
  const before = await list(null);
  const { id } = await control.send<{ id: string }>('POST', events, weekly);
  const created = await list(before.cursor);
  expect(created.upserts).toMatchObject([
    { remoteId: id, title: 'Standup', recurrence: weekly.recurrence, seriesRemoteId: null },
  ]);
  await control.send('DELETE', `${events}/${id}_20261130T080000Z`);
  const cancelled = await list(created.cursor);
  expect(cancelled.deletions).toEqual([]);
  expect(cancelled.upserts).toContainEqual(
    expect.objectContaining({
      remoteId: `${id}_20261130T080000Z`,
      status: 'cancelled',
      seriesRemoteId: id,
      originalStart: expect.objectContaining({ dateTime: expect.any(String) }),
    }),
  );
  await control.send('DELETE', `${events}/${id}`);
  expect((await list(cancelled.cursor)).deletions).toContain(id);
});

test('an all-day event keeps its dates', async () => {
  const { cursor } = await list(null);
  const body = { summary: 'Fair', start: { date: '2026-12-01' }, end: { date: '2026-12-03' } };
  await control.send('POST', events, body);
  const { upserts } = await list(cursor);
  expect(upserts).toMatchObject([
    { title: 'Fair', start: { date: '2026-12-01' }, end: { date: '2026-12-03' } },
  ]);
});

test('a calendar that does not exist is not found', async () => {
  const request = { stream: 'events', collection: 'nobody@example.com', cursor: null };
  await expect(session.fetchPage({ ...request, signal: AbortSignal.timeout(10_000) })).rejects.toThrow(
    expect.objectContaining({ kind: 'not_found' }),
  );
});
