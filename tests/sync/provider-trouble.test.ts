/** A provider that limits, fails and cuts off: its own hints are honoured, and the sync finishes or says why not. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { differences, localContacts, readableContacts, remoteContacts } from './records.ts';
import { type SyncWorld, startSyncWorld } from './sync-world.ts';

const listing = '/v1/people/me/connections';
const people = 3000;
let world: SyncWorld;

beforeAll(async () => {
  world = await startSyncWorld();
});
afterAll(() => world?.stop());
beforeEach(() => world.reset({ contacts: people }));
afterEach(async () => {
  await world.removeAll();
  // A limit outlives the integration, as it should; the next test's must not wait for it.
  await world.sql`delete from provider_limits`;
});

const quota = (status: number, reason: string) => ({
  kind: 'status',
  status,
  body: { error: { code: status, message: 'Quota exceeded', errors: [{ domain: 'usageLimits', reason }] } },
});

async function expectAllThere(id: string): Promise<void> {
  expect(differences(await localContacts(world, id), await remoteContacts(world))).toEqual({
    twice: [],
    missing: [],
    surplus: [],
  });
  expect(await readableContacts(world, id)).toBe(people);
}

describe('trouble in the middle of a first sync', () => {
  it('429 with Retry-After: no call before that time, then the sync goes on where it was', async () => {
    const fault = { kind: 'status', status: 429, headers: { 'retry-after': '3' } };
    await world.addFault({ path: listing, after: 1, times: 1, fault });
    const sinceMs = Date.now();
    const id = await world.connect('google-contacts');
    await expectAllThere(id);
    const calls = await world.calls(sinceMs, listing);
    const limitedAt = calls.findIndex(({ status }) => status === 429);
    const [limited, next] = calls.slice(limitedAt);
    expect(limitedAt).toBe(1);
    const waitedMs = Date.parse(next?.at ?? '') - Date.parse(limited?.at ?? '');
    expect(waitedMs).toBeGreaterThanOrEqual(2900);
    // Nothing that was read is read again: as many good answers as there are pages.
    expect(calls.filter(({ status }) => status === 200)).toHaveLength(people / 1000);
  });

  it.each([
    ['403 for the quota', quota(403, 'userRateLimitExceeded')],
    ['503', { kind: 'status', status: 503 }],
    ['500', { kind: 'status', status: 500 }],
    ['a connection that dies before the answer', { kind: 'lose-request' }],
    ['an answer that is cut off in its body', { kind: 'cut-body' }],
  ])('%s, twice: tried again, and everything is there once', async (_, fault) => {
    await world.addFault({ path: listing, after: 1, times: 2, fault });
    const id = await world.connect('google-contacts');
    await expectAllThere(id);
    const [run] = await world.sql`select status, read, created from runs where integration_id = ${id}`;
    const [lists] = await world.sql`select count(*)::int as n from list_links where integration_id = ${id}`;
    const all = people + (lists?.n ?? 0);
    expect(run).toMatchObject({ status: 'succeeded', read: all, created: all });
  });
});

describe('a provider that asks for more patience than a sync has', () => {
  it('ends the run with a reason and a remedy, keeps what is here, and the next sync goes on', async () => {
    const id = await world.connect('google-contacts');
    const fault = { kind: 'status', status: 429, headers: { 'retry-after': '7200' } };
    await world.addFault({ path: '/v1/*', times: 1, fault });
    const run = await world.runEnded(id, await world.startSync(id, 'full'));
    expect(run).toMatchObject({ status: 'failed', error: { code: 'rate_limited' } });
    expect(run.error?.title).toContain('Google Contacts');
    expect(run.error?.remedy).toBeTruthy();
    const path = `/v1/integrations/${id}`;
    expect(await world.driver.api('GET', path)).toMatchObject({
      phase: 'active',
      attention: { code: 'rate_limited', title: run.error?.title, remedy: run.error?.remedy },
    });
    expect(await readableContacts(world, id)).toBe(people);

    // Meanwhile nobody calls the provider at all.
    const sinceMs = Date.now();
    const second = await world.runEnded(id, await world.startSync(id, 'incremental'));
    expect(second).toMatchObject({ status: 'failed', error: { code: 'rate_limited' } });
    expect(await world.calls(sinceMs, '/v1/')).toEqual([]);

    await world.sql`update provider_limits set blocked_until = now()`;
    expect(await world.driver.sync(id, 'incremental')).toMatchObject({ status: 'succeeded' });
    const healed = await eventually(
      () => world.driver.api<{ attention?: unknown }>('GET', path),
      () => true,
    );
    expect(healed.attention).toBeUndefined();
    await expectAllThere(id);
  });
});
