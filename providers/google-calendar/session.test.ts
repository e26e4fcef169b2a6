import { expect, test } from 'vitest';
import type { Cursor } from '../contract/index.ts';
import { serveInTurn } from '../google/local-server.ts';
import { openCalendarSession } from './session.ts';

const signal = new AbortController().signal;

test('an increment repeats the parameters of the complete listing, and only the tokens differ', async () => {
  const { environment, asked } = await serveInTurn([
    { items: [], nextPageToken: 'p1' },
    { items: [{ id: 'e1', status: 'confirmed' }], nextSyncToken: 's1' },
    { items: [{ id: 'e1', status: 'cancelled' }], nextPageToken: 'p2' },
    { items: [], nextSyncToken: 's2' },
  ]);
  const session = openCalendarSession({ accessToken: 't' }, environment);
  const kinds: string[] = [];
  let cursor: Cursor | null = null;
  for (let page = 0; page < 4; page++) {
    const answer = await session.fetchPage({ stream: 'events', collection: 'a@b.c', cursor, signal });
    kinds.push(`${answer.next.kind} ${answer.upserts.length} ${answer.deletions.length}`);
    cursor = answer.next.cursor;
  }
  expect(kinds).toEqual(['more 0 0', 'done 1 0', 'more 0 1', 'done 0 0']);
  const constant = { maxResults: '2500', singleEvents: 'false' };
  expect(asked.map(({ searchParams }) => Object.fromEntries(searchParams))).toEqual([
    constant,
    { ...constant, pageToken: 'p1' },
    { ...constant, syncToken: 's1' },
    { ...constant, syncToken: 's1', pageToken: 'p2' },
  ]);
  expect(asked[0]?.pathname).toBe('/calendar/v3/calendars/a%40b.c/events');
});

test('calendars come from every page, with the name and the tick that the person gave them', async () => {
  const { environment } = await serveInTurn([
    {
      items: [{ id: 'ada@example.com', summary: 'ada@example.com', primary: true }],
      nextPageToken: 'p1',
    },
    {
      items: [
        {
          id: 'team',
          summary: 'Team',
          summaryOverride: 'My team',
          selected: true,
          backgroundColor: '#ff0000',
        },
        { id: 'hidden', summary: 'Hidden', selected: true, hidden: true },
        { id: 'gone', deleted: true },
      ],
      nextSyncToken: 's',
    },
  ]);
  const session = openCalendarSession({ accessToken: 't' }, environment);
  expect(await session.listCollections?.(signal)).toEqual([
    { remoteId: 'ada@example.com', name: 'ada@example.com', primary: true, subscribedByDefault: true },
    { remoteId: 'team', name: 'My team', color: '#ff0000', primary: false, subscribedByDefault: true },
    { remoteId: 'hidden', name: 'Hidden', primary: false, subscribedByDefault: false },
  ]);
});

test('events of no calendar in particular are refused without a call', async () => {
  const { environment, asked } = await serveInTurn([]);
  const session = openCalendarSession({ accessToken: 't' }, environment);
  await expect(session.fetchPage({ stream: 'events', cursor: null, signal })).rejects.toThrow(
    expect.objectContaining({ kind: 'invalid_request' }),
  );
  expect(asked).toEqual([]);
});
