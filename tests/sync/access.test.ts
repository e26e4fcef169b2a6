/** Access that is taken away and given back, shared by two integrations, and ended by Delete. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { IntegrationView, RunView } from '../../dev/drive.ts';
import { findRowsOf } from '../../dev/faults/find-leftovers.ts';
import { eventually } from '../support/eventually.ts';
import { listCollections, localContacts, readableContacts, remoteContacts } from './records.ts';
import { reauthenticate, signIn } from './sign-in.ts';
import { ada, type SyncWorld, startSyncWorld } from './sync-world.ts';

let world: SyncWorld;

beforeAll(async () => {
  world = await startSyncWorld();
});
afterAll(() => world?.stop());
beforeEach(() => world.reset());
afterEach(() => world.removeAll());

const read = (id: string) => world.driver.api<IntegrationView>('GET', `/v1/integrations/${id}`);
const settledIn = (id: string, phase: string) =>
  eventually(
    () => read(id),
    (view) => view.phase === phase,
  );
const control = <T>(path: string, body: unknown = {}) => world.driver.control<T>('POST', path, body);
const channels = () => world.driver.control<{ data: unknown[] }>('GET', `${ada}/channels`);

/** Every table that has a column integration_id, with how many rows there carry the id. */
async function rowsOf(id: string): Promise<Record<string, number>> {
  const tables = await world.sql<{ name: string }[]>`
    select table_name as name from information_schema.columns
    where column_name = 'integration_id' and table_schema = 'public' order by 1`;
  const found: Record<string, number> = {};
  for (const { name } of tables) {
    const [row] = await world.sql<{ n: number }[]>`
      select count(*)::int as n from ${world.sql(name)} where integration_id = ${id}`;
    found[name] = row?.n ?? 0;
  }
  const [self] = await world.sql<{ n: number }[]>`
    select count(*)::int as n from integrations where id = ${id}`;
  return { ...found, integrations: self?.n ?? 0 };
}

describe('access that was revoked at Google', () => {
  it('waits for a new sign-in with all data kept, refuses another account, and then catches up', async () => {
    const id = await world.connect('google-contacts');
    const before = await localContacts(world, id);
    await control(`${ada}/revoke`);
    const run = await world.runEnded(id, await world.startSync(id, 'incremental'));
    expect(run).toMatchObject({ status: 'failed', error: { code: 'reauth_required' } });
    const waiting = await settledIn(id, 'needs_reauth');
    expect(waiting.attention).toMatchObject({ code: 'reauth_required' });
    expect(waiting.attention?.remedy).toContain('Re-authenticate');
    expect(await localContacts(world, id)).toEqual(before);
    expect(await readableContacts(world, id)).toBe(before.length);
    await expect(world.driver.sync(id, 'incremental')).rejects.toThrow('409');

    const cursors = await world.sql`select stream, cursor from stream_cursors where integration_id = ${id}`;
    const refused = await reauthenticate(world, id, 'grace@example.com');
    expect(refused.page).toContain('ada@example.com');
    expect(await read(id)).toMatchObject({ phase: 'needs_reauth', attention: { code: 'wrong_account' } });
    expect(await localContacts(world, id)).toEqual(before);
    expect(await world.sql`select stream, cursor from stream_cursors where integration_id = ${id}`).toEqual(
      cursors,
    );

    await control(`${ada}/contacts`, { names: [{ givenName: 'While', familyName: 'Away' }] });
    await reauthenticate(world, id);
    await settledIn(id, 'active');
    const { data } = await eventually(
      () => world.driver.api<{ data: RunView[] }>('GET', `/v1/integrations/${id}/runs`),
      (runs) => runs.data[0]?.trigger === 'reauthenticated' && runs.data[0].status !== 'running',
    );
    expect(data[0]).toMatchObject({ mode: 'incremental', status: 'succeeded', counts: { created: 1 } });
    expect(await localContacts(world, id)).toEqual(await remoteContacts(world));
    expect((await read(id)).attention).toBeUndefined();
  });

  it('a consent with a permission left out says which one, and signing in with it goes on', async () => {
    const granted = ['openid', 'https://www.googleapis.com/auth/userinfo.email'];
    await control('/consent', { mode: 'allow', grantedScopes: granted });
    const { integration, authorizationUrl } = await world.driver.api<{
      integration: { id: string };
      authorizationUrl: string;
    }>('POST', '/v1/integrations', { provider: 'google-contacts' });
    await signIn(authorizationUrl);
    const { id } = integration;
    const waiting = await settledIn(id, 'needs_reauth');
    expect(waiting.attention).toMatchObject({ code: 'missing_scope' });
    expect(waiting.attention?.remedy).toContain('ticked');
    expect(await localContacts(world, id)).toEqual([]);
    await control('/consent', { mode: 'allow' });
    await reauthenticate(world, id);
    await settledIn(id, 'active');
    expect(await world.driver.settled(id)).toMatchObject({ status: 'succeeded' });
    expect(await localContacts(world, id)).toEqual(await remoteContacts(world));
  });
});

it('Test Connection says which permission was taken back since the sign-in, and that signing in again gives it', async () => {
  const id = await world.connect('google-calendar');
  await world.driver.api('PATCH', `/v1/integrations/${id}`, { autoSync: false });
  const events = 'https://www.googleapis.com/auth/calendar.events.readonly';
  const test = async () => {
    const { ok, checks } = await world.driver.api<{
      ok: boolean;
      checks: { name: string; ok: boolean; remedy?: string }[];
    }>('POST', `/v1/integrations/${id}/test`, {});
    return { ok, failing: checks.filter((check) => !check.ok) };
  };
  expect(await test()).toEqual({ ok: true, failing: [] });
  const list = 'https://www.googleapis.com/auth/calendar.calendarlist.readonly';
  await control(`${ada}/scopes`, { granted: ['email', 'profile', list] });
  expect(await test()).toMatchObject({
    ok: false,
    failing: [
      { name: `scope:${events}`, remedy: expect.stringContaining('Re-authenticate') },
      { name: 'read:events' },
    ],
  });
});

it.each(['google-calendar', 'google-contacts'])(
  'Test Connection of %s finds nothing wrong where the next sync has to list everything anew',
  async (provider) => {
    const id = await world.connect(provider);
    await world.driver.api('PATCH', `/v1/integrations/${id}`, { autoSync: false });
    await control(`${ada}/sync-tokens/expire`);
    const { ok, checks } = await world.driver.api<{
      ok: boolean;
      checks: { name: string; ok: boolean; detail: string }[];
    }>('POST', `/v1/integrations/${id}/test`, {});
    expect(checks.filter((check) => !check.ok)).toEqual([]);
    expect(ok).toBe(true);
    expect(await world.driver.sync(id, 'incremental')).toMatchObject({ status: 'succeeded' });
  },
);

describe('Delete', () => {
  it('leaves no row of the integration in any table, no record and no watch', async () => {
    const id = await world.connect('google-calendar');
    const before = await rowsOf(id);
    for (const table of [
      'calendar_events',
      'collections',
      'credentials',
      'runs',
      'stream_cursors',
      'watches',
    ]) {
      expect(before[table], table).toBeGreaterThan(0);
    }
    expect((await channels()).data.length).toBe(before.watches);
    await world.driver.remove(id);
    await expect(read(id)).rejects.toThrow('404');
    const nothing = Object.fromEntries(Object.keys(before).map((table) => [table, 0]));
    await eventually(
      () => rowsOf(id),
      (rows) => Object.values(rows).every((count) => count === 0),
    );
    expect(await rowsOf(id)).toEqual(nothing);
    expect(await findRowsOf(world, [id]), 'in whatever column of whatever table').toEqual([]);
    expect((await channels()).data).toEqual([]);
    expect(await world.sql`select 1 from calendar_events`).toHaveLength(0);
    // What was searched for is forgotten too, a moment later.
    await eventually(
      () => world.sql`select 1 from search_vectors`,
      (left) => left.length === 0,
      20_000,
    );
  });

  it('during a first sync ends it and leaves nothing', async () => {
    await world.reset({ contacts: 5000 });
    await world.addFault({ path: '/v1/people/me/connections', fault: { kind: 'delay', ms: 500 } });
    const id = await world.driver.connect('google-contacts');
    await eventually(
      () => localContacts(world, id),
      (contacts) => contacts.length > 0,
    );
    await world.driver.remove(id);
    await eventually(
      () => rowsOf(id),
      (rows) => Object.values(rows).every((count) => count === 0),
    );
    expect(await world.sql`select 1 from contacts`).toHaveLength(0);
  });

  it('keeps the records where asked', async () => {
    const id = await world.connect('google-contacts');
    const before = await rowsOf(id);
    await world.driver.api('DELETE', `/v1/integrations/${id}?records=keep`);
    const [lists] = await world.sql`select count(*)::int as n from contact_lists`;
    const nothing = Object.fromEntries(Object.keys(before).map((table) => [table, 0]));
    await eventually(
      () => rowsOf(id),
      (rows) => rows.integrations === 0,
    );
    expect(await rowsOf(id)).toEqual(nothing);
    // What is kept is a person's: the contacts, and the lists they are in.
    expect(await world.sql`select count(*)::int as n from contact_lists`).toEqual([lists]);
    expect(lists?.n).toBeGreaterThan(0);
    const { data } = await world.driver.api<{ data: unknown[] }>('GET', '/v1/contacts?limit=1000');
    expect(data).toHaveLength(120);
    await world.sql`truncate contacts, contact_lists, contact_list_members`;
  });

  it('keeps the events of a calendar that is gone at Google as well, which were shown until then', async () => {
    const id = await world.connect('google-calendar');
    const [gone] = await world.sql<{ id: string }[]>`
      update collections set missing_since = now() where id = (select min(collection_id) from calendar_events)
      returning id`;
    const shown = async () => {
      const path = `/v1/calendar-events?limit=1000&calendarId=${gone?.id}`;
      const { data } = await world.driver.api<{ data: { id: string }[] }>('GET', path);
      return data.map((event) => event.id);
    };
    const before = await shown();
    expect(before.length).toBeGreaterThan(0);
    await world.driver.api('DELETE', `/v1/integrations/${id}?records=keep`);
    await eventually(
      () => rowsOf(id),
      (rows) => rows.integrations === 0,
    );
    expect(await shown()).toEqual(before);
    await world.sql`delete from calendar_events`;
  });

  it('of one of two Google integrations keeps the shared grant, and of the last one revokes it', async () => {
    const contacts = await world.connect('google-contacts');
    const calendar = await world.connect('google-calendar');
    const sinceMs = Date.now();
    await world.driver.remove(contacts);
    await eventually(
      () => rowsOf(contacts),
      (rows) => rows.integrations === 0,
    );
    expect(await world.calls(sinceMs, '/revoke')).toEqual([]);
    await world.driver.control('POST', `${ada}/access-tokens/expire`, {});
    expect(await world.driver.sync(calendar, 'full')).toMatchObject({ status: 'succeeded' });
    expect((await listCollections(world, calendar)).length).toBeGreaterThan(1);

    await world.driver.remove(calendar);
    await eventually(
      () => rowsOf(calendar),
      (rows) => rows.integrations === 0,
    );
    expect(await world.calls(sinceMs, '/revoke')).toMatchObject([{ status: 200 }]);
  });

  it('of both at the same time revokes the grant once, after the last watch was stopped by it', async () => {
    const contacts = await world.connect('google-contacts');
    const calendar = await world.connect('google-calendar');
    const sinceMs = Date.now();
    // Contacts have nothing to stop and come to the grant first.
    await world.addFault({ path: '/calendar/v3/channels/stop', fault: { kind: 'delay', ms: 500 } });
    await Promise.all([calendar, contacts].map((id) => world.driver.remove(id)));
    await eventually(
      () => world.sql`select id from integrations`,
      (rows) => rows.length === 0,
    );
    const { data } = await world.driver.control<{ data: unknown[] }>('GET', `${ada}/channels`);
    expect(data).toEqual([]);
    expect(await world.calls(sinceMs, '/revoke')).toMatchObject([{ status: 200 }]);
  });
});
