import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Cursor, RecordPage, Session } from '../../providers/contract/index.ts';
import { signIn } from '../../providers/contract-suite/sign-in.ts';
import { googleContacts } from '../../providers/google-contacts/index.ts';
import { type Control, openControl } from './control.ts';
import { openGoogleWorld } from './google-world.ts';

const contacts = '/google/ada@example.com/contacts';
let world: Awaited<ReturnType<typeof openGoogleWorld>>;
let control: Control;
let session: Session;

beforeAll(async () => {
  world = await openGoogleWorld('google-contacts');
  control = openControl(world.environment.origins.people as string);
  await world.consent({});
  session = await connect();
});
afterAll(() => world?.close());

async function connect(): Promise<Session> {
  const oauth = googleContacts.oauth?.(world.environment);
  if (oauth === undefined) throw new Error('Google signs in by OAuth');
  const { accessToken } = await signIn(oauth, world);
  return googleContacts.openSession({ accessToken, authKind: 'oauth' }, world.environment);
}

const fetchPage = (cursor: Cursor | null) =>
  session.fetchPage({ stream: 'contacts', cursor, signal: AbortSignal.timeout(10_000) });

async function listPages(start: Cursor | null): Promise<RecordPage[]> {
  const pages: RecordPage[] = [];
  let cursor = start;
  do {
    const page = await fetchPage(cursor);
    pages.push(page);
    cursor = page.next.cursor;
  } while (pages.at(-1)?.next.kind === 'more');
  return pages;
}

test('a contact that got another id comes with its former one, and nothing is deleted', async () => {
  const { resourceName } = await control.send<{ resourceName: string }>('POST', contacts, {
    names: [{ givenName: 'Barbara' }],
  });
  const before = (await listPages(null)).at(-1);
  const renamed = await control.send<{ resourceName: string }>('POST', `${contacts}/${resourceName}/rename`);
  expect(renamed.resourceName).not.toBe(resourceName);
  const [increment] = await listPages(before?.next.cursor ?? null);
  expect(increment?.upserts).toMatchObject([
    { remoteId: renamed.resourceName, formerRemoteIds: [resourceName] },
  ]);
  expect(increment?.deletions).toEqual([]);
});

test('a listing goes on through pages that come empty, and tells the whole number', async () => {
  const full = (await listPages(null)).flatMap(({ upserts }) => upserts);
  await control.send('PATCH', '/settings', { google: { emptyPageEvery: 2 } });
  const pages = await listPages(null);
  await control.send('PATCH', '/settings', { google: { emptyPageEvery: 0 } });
  expect(pages.some(({ upserts, next }) => upserts.length === 0 && next.kind === 'more')).toBe(true);
  expect(pages.flatMap(({ upserts }) => upserts)).toEqual(full);
  expect(pages[0]?.total).toBe(full.length);
});

test('an answer that breaks off and a lost answer are passing faults', async () => {
  for (const kind of ['cut-body', 'lose-answer', 'lose-request']) {
    await control.send('POST', '/faults', { provider: 'google', times: 1, fault: { kind } });
    await expect(fetchPage(null)).rejects.toThrow(expect.objectContaining({ kind: 'transient' }));
  }
  expect((await fetchPage(null)).upserts).toHaveLength(1000);
});

test('a call is made once, also when it meets an outage', async () => {
  const since = new Date().toISOString();
  await world.failListing('contacts', 503);
  await expect(fetchPage(null)).rejects.toThrow(expect.objectContaining({ kind: 'transient' }));
  await world.healListings();
  const { data } = await control.get<{ data: { path: string; status: number }[] }>(
    `/requests?provider=google&since=${since}`,
  );
  expect(data.filter(({ path }) => path.endsWith('/connections'))).toMatchObject([{ status: 503 }]);
});

const inTime = () => AbortSignal.timeout(10_000);

test('a create whose answer is lost is found by its marker, in the listing and by id', async () => {
  const { contacts } = session;
  const clientData = [{ key: 'harmony-op', value: 'op_lost' }];
  const before = (await listPages(null)).at(-1)?.next.cursor ?? null;
  const fault = { kind: 'lose-answer' };
  await control.send('POST', '/faults', { provider: 'google', method: 'POST', times: 1, fault });
  const create = contacts?.create({ names: [{ givenName: 'Lost' }], clientData }, inTime());
  await expect(create).rejects.toThrow(expect.objectContaining({ outcomeUnknown: true }));
  const [increment] = await listPages(before);
  expect(increment?.upserts).toMatchObject([{ raw: { clientData: [{ value: 'op_lost' }] } }]);
});

test('only the masked lists change, whatever else the request holds', async () => {
  const { contacts } = session;
  const nicknames = [{ value: 'Kay' }];
  const phoneNumbers = [{ value: '+44 20 7946 0000' }, { value: '+44 20 7946 0001', type: 'work' }];
  const made = await contacts?.create(
    { names: [{ givenName: 'Kathleen' }], nicknames, phoneNumbers },
    inTime(),
  );
  const person = {
    metadata: { sources: [{ type: 'CONTACT', etag: made?.etag }] },
    names: [{ givenName: 'K' }],
  };
  const change = { mask: ['names'], person };
  const changed = await contacts?.update(made?.remoteId as string, change, inTime());
  const fields = (record: typeof made) => record?.raw as Record<string, unknown>;
  expect(fields(changed).names).toMatchObject([{ givenName: 'K' }]);
  for (const list of ['nicknames', 'phoneNumbers', 'memberships'])
    expect(fields(changed)[list]).toEqual(fields(made)[list]);
});

test('a read that lags does not show the contact that was just made', async () => {
  const { contacts } = session;
  const made = await contacts?.create({ names: [{ givenName: 'Late' }] }, inTime());
  const fault = { kind: 'stale-read', ms: 60_000 };
  await control.send('POST', '/faults', { provider: 'google', method: 'GET', times: 1, fault });
  expect(await contacts?.get(made?.remoteId as string, inTime())).toBeUndefined();
  expect(await contacts?.get(made?.remoteId as string, inTime())).toEqual(made);
});

test('a sync token dies seven days after its complete listing, and the declared age of one stays below that', async () => {
  const cursor = (await listPages(null)).at(-1)?.next.cursor ?? null;
  const ageMs = googleContacts.streams[0]?.fullListingEveryMs ?? Number.NaN;
  const sevenDaysMs = 7 * 24 * 60 * 60 * 1000;
  expect(ageMs).toBeLessThan(sevenDaysMs - 24 * 60 * 60 * 1000);
  await control.send('POST', '/clock', { advanceMs: sevenDaysMs });
  session = await connect();
  await expect(fetchPage(cursor)).rejects.toThrow(expect.objectContaining({ kind: 'cursor_expired' }));
});
