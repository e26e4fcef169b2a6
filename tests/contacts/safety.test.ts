/** What must never cost anybody a contact: cut listings, emptied accounts, missing rights, lost answers, stale versions, kill -9. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { remoteContacts } from '../sync/records.ts';
import { reauthenticate } from '../sync/sign-in.ts';
import { ada } from '../sync/sync-world.ts';
import { startTwoWayWorld, type TwoWayWorld } from './two-way-world.ts';

let world: TwoWayWorld;
let id: string;
const people = 60;

beforeAll(async () => {
  world = await startTwoWayWorld();
});
afterAll(() => world?.stop());
beforeEach(async () => {
  await world.reset({ contacts: people });
  id = await world.connectContacts();
});
afterEach(() => world.removeAll());

const liveContacts = async (): Promise<number> => {
  const [row] = await world.sql<{ count: number }[]>`
    select count(*)::int as count from contacts where archived_at is null`;
  return row?.count ?? 0;
};
const deletes = async (sinceMs: number) =>
  (await world.calls(sinceMs, '/v1/people')).filter(({ method }) => method === 'DELETE');
/** All are there on both sides, and nothing asked Google to delete one. */
const expectNothingDeleted = async (sinceMs: number) => {
  expect(await liveContacts()).toBe(people);
  expect(await remoteContacts(world)).toHaveLength(people);
  expect(await deletes(sinceMs)).toEqual([]);
};
const integration = () =>
  world.driver.api<{ phase: string; attention?: { code: string; remedy: string } }>(
    'GET',
    `/v1/integrations/${id}`,
  );
/** Test Connection, and what of it did not pass. */
const test = async () => {
  const path = `/v1/integrations/${id}/test`;
  const report = await world.driver.api<{ ok: boolean; checks: { name: string; ok: boolean }[] }>(
    'POST',
    path,
    {},
  );
  return { ok: report.ok, missing: report.checks.filter(({ ok }) => !ok).map(({ name }) => name) };
};
const cleanFaults = () => world.driver.control('DELETE', '/faults');

describe('nothing is deleted on either side', () => {
  it('by a listing that was cut to 3 % of its length and looks complete', async () => {
    const sinceMs = Date.now();
    await world.addFault({
      path: '/v1/people/me/connections',
      fault: { kind: 'truncate-list', keep: 0.03 },
    });
    const run = await world.driver.sync(id, 'full');
    const title = 'Google Contacts listed 1 of 60 contacts; the other 59 are still there and were kept.';
    expect(run).toMatchObject({
      status: 'succeeded',
      counts: { deleted: 0 },
      notices: [{ code: 'short_listing', title, remedy: expect.stringContaining('full sync') }],
    });
    await cleanFaults();
    await expectNothingDeleted(sinceMs);
    // Operators read it where the workflow says what it did last.
    await eventually(
      () => world.detailsOf(id),
      (details) => details.includes(title),
    );
    expect((await world.driver.sync(id, 'full')).notices).toBeUndefined();
  });

  it.each(['bidirectional', 'from_provider'] as const)(
    'by an account that was emptied (%s): the run is parked and says why',
    async (direction) => {
      await world.setDirection(id, direction);
      for (const remoteId of await remoteContacts(world)) await world.removeRemote(remoteId);
      const run = await world.driver.sync(id, 'incremental');
      expect(run).toMatchObject({ status: 'parked', counts: { deleted: 0 }, error: { code: 'run_parked' } });
      expect(await liveContacts()).toBe(people);
      expect(await integration()).toMatchObject({ phase: 'parked', attention: { code: 'run_parked' } });
      const plans = await world.sql`select reason, status, summary from contact_plans`;
      expect(plans).toMatchObject([
        { reason: 'parked_run', status: 'ready', summary: { harmony: { deleted: people } } },
      ]);
    },
  );

  it('by every right to contacts that is missing: the sync says so, and once it is back all goes on', async () => {
    const sinceMs = Date.now();
    await world.driver.control('POST', `${ada}/scopes`, { granted: ['openid', 'email', 'profile'] });
    const run = await world.driver.sync(id, 'full');
    const said = { code: 'missing_scope', remedy: expect.stringContaining('consent page') };
    expect(run).toMatchObject({ status: 'failed', counts: { deleted: 0 }, error: said });
    expect(await integration()).toMatchObject({ phase: 'needs_reauth', attention: said });
    await expectNothingDeleted(sinceMs);
    const granted = ['openid', 'email', 'profile', 'https://www.googleapis.com/auth/contacts'];
    await world.driver.control('POST', `${ada}/scopes`, { granted });
    await reauthenticate(world, id);
    await eventually(integration, ({ phase }) => phase === 'active', 30_000);
    await world.quiet(id);
    await expectNothingDeleted(sinceMs);
  });

  it('by many contacts that were archived in Harmony at once', async () => {
    const sinceMs = Date.now();
    await world.sql.begin(async (tx) => {
      await tx`insert into contact_work (integration_id, kind, key) select ${id}, 'local', id from contacts`;
      await tx`update contacts set archived_at = now(), version = version + 1, edited_at = now()`;
    });
    await world.announce(id);
    await eventually(
      () => world.runs(id),
      ([run]) => run?.status === 'parked',
      20_000,
    );
    expect(await deletes(sinceMs)).toEqual([]);
    expect(await remoteContacts(world)).toHaveLength(people);
  });

  it('by a right to write that is missing: edits wait, reading goes on, and the remedy is said', async () => {
    const sinceMs = Date.now();
    const scope = 'https://www.googleapis.com/auth/contacts.readonly';
    await world.driver.control('POST', `${ada}/scopes`, { granted: ['openid', 'email', 'profile', scope] });
    const [first, second] = (await remoteContacts(world)) as [string, string];
    const contact = await world.contactOf(id, first);
    await world.edit(id, contact.id, { job_title: 'Countess' });
    await eventually(
      () => world.runs(id),
      ([run]) => run?.status === 'failed',
      20_000,
    );
    const [run] = await world.runs(id);
    expect(run?.error).toMatchObject({
      code: 'missing_write_scope',
      remedy: expect.stringContaining('consent'),
    });
    expect(await integration()).toMatchObject({
      phase: 'active',
      attention: { code: 'missing_write_scope', remedy: expect.stringContaining('consent') },
    });
    await expectNothingDeleted(sinceMs);
    expect(await test()).toEqual({ ok: false, missing: ['scope:https://www.googleapis.com/auth/contacts'] });
    await world.changeRemote(second, { biographies: [{ value: 'Still read' }] });
    await world.driver.sync(id, 'incremental');
    expect(await world.contactOf(id, second)).toMatchObject({ notes: 'Still read' });
    expect(await world.contactOf(id, first)).toMatchObject({ job_title: 'Countess' });
    // Whoever only reads needs no right to write.
    await world.setDirection(id, 'from_provider');
    expect(await test()).toEqual({ ok: true, missing: [] });
    await expectNothingDeleted(sinceMs);
  });

  it('by a revoked grant: the edit is still there and goes over after signing in again', async () => {
    const [first] = (await remoteContacts(world)) as [string];
    const contact = await world.contactOf(id, first);
    const sinceMs = Date.now();
    await world.driver.control('POST', `${ada}/revoke`, {});
    await world.edit(id, contact.id, { job_title: 'Countess' });
    const { attention } = await eventually(integration, ({ phase }) => phase === 'needs_reauth', 30_000);
    expect(attention).toMatchObject({
      code: 'reauth_required',
      remedy: expect.stringContaining('Re-authenticate with the same account'),
    });
    expect(await world.contactOf(id, first)).toMatchObject({ job_title: 'Countess' });
    expect(JSON.stringify(await world.remote(first))).not.toContain('Countess');
    await expectNothingDeleted(sinceMs);
    await reauthenticate(world, id);
    await eventually(
      () => world.remote(first),
      (person) => JSON.stringify(person).includes('Countess'),
      30_000,
    );
    await world.quiet(id);
    expect(await world.contactOf(id, first)).toMatchObject({ job_title: 'Countess' });
    const after = await integration();
    expect(after).toMatchObject({ phase: 'active' });
    expect(after.attention).toBeUndefined();
    await expectNothingDeleted(sinceMs);
  });
});

describe('a write whose way is disturbed', () => {
  it.each([
    ['the answer is lost', { kind: 'lose-answer' }],
    ['the request is lost', { kind: 'lose-request' }],
    ['the answer breaks off', { kind: 'cut-body' }],
  ])('makes exactly one contact when %s', async (_, fault) => {
    await world.addFault({ path: '/v1/people:createContact', times: 1, fault });
    const contactId = await world.create(id, { firstName: 'Grace', email: 'grace@hopper.test' });
    await world.quiet(id);
    await world.driver.sync(id, 'incremental');
    const made = (await world.remotes()).filter((person) =>
      JSON.stringify(person).includes('grace@hopper.test'),
    );
    expect(made.length).toBeLessThanOrEqual(1);
    const [write] = await world.sql`select state from contact_writes where record_id = ${contactId}`;
    // A request that never arrived is not sent again before a complete listing proves it.
    expect(write?.state).toBe(made.length === 1 ? 'acked' : 'unknown');
    if (made.length === 1)
      expect((await world.contactOf(id, made[0]?.resourceName as string)).id).toBe(contactId);
  });

  it('reads and plans again where its version is stale, and keeps the other edit', async () => {
    const [first] = (await remoteContacts(world)) as [string];
    const contact = await world.contactOf(id, first);
    const sinceMs = Date.now();
    await world.addFault({
      path: `/v1/${first}:updateContact`,
      times: 1,
      fault: { kind: 'delay', ms: 1500 },
    });
    await world.edit(id, contact.id, { job_title: 'Countess' });
    // It was read, and the update is on its way.
    await eventually(
      () => world.sql`select 1 from contact_writes where state = 'sent'`,
      (rows) => rows.length === 1,
      10_000,
    );
    await world.changeRemote(first, { biographies: [{ value: 'Theirs' }] });
    await eventually(
      () => world.remote(first),
      (person) => JSON.stringify(person?.organizations ?? '').includes('Countess'),
      20_000,
    );
    const updates = await world.calls(sinceMs, `/v1/${first}:updateContact`);
    expect(updates.map(({ status }) => status)).toEqual([400, 200]);
    expect(JSON.stringify(await world.remote(first))).toContain('Theirs');
  });

  it('survives kill -9 of the worker: every edit is there once', async () => {
    const remoteIds = (await remoteContacts(world)).slice(0, 12);
    await world.addFault({ path: '/v1/people/', fault: { kind: 'delay', ms: 150 } });
    for (const remoteId of remoteIds) {
      const contact = await world.contactOf(id, remoteId);
      await world.edit(id, contact.id, { notes: `Edited ${remoteId}` });
    }
    for (let made = 0; made < 4; made += 1)
      await world.create(id, { firstName: `Made ${made}`, lastName: 'Once' });
    await eventually(
      () =>
        world.sql<
          { acked: number }[]
        >`select count(*)::int as acked from contact_writes where state = 'acked'`,
      ([row]) => (row?.acked ?? 0) >= 2,
      20_000,
    );
    await world.stack.kill('worker');
    await world.stack.ready('worker');
    await cleanFaults();
    await eventually(
      async () => JSON.stringify(await world.remotes()),
      (all) => remoteIds.every((remoteId) => all.includes(`Edited ${remoteId}`)),
      90_000,
    );
    await world.quiet(id);
    await world.driver.sync(id, 'incremental');
    const made = (await world.remotes()).filter((person) => JSON.stringify(person).includes('"Once"'));
    const names = made.map((person) => JSON.stringify(person.names).match(/Made \d/)?.[0]);
    expect(new Set(names).size).toBe(names.length);
    const open = await world.sql`select 1 from contact_writes where state = 'unknown' and kind = 'create'`;
    expect(made.length + open.length).toBe(4);
  });
});

describe('one way', () => {
  it('from the provider nothing is written there, and an edit in Harmony gives way and is logged', async () => {
    await world.setDirection(id, 'from_provider');
    const [first] = (await remoteContacts(world)) as [string];
    const contact = await world.contactOf(id, first);
    const sinceMs = Date.now();
    await world.edit(id, contact.id, { notes: 'Mine' });
    await world.quiet(id);
    await world.changeRemote(first, { biographies: [{ value: 'Theirs' }] });
    await world.driver.sync(id, 'incremental');
    await world.quiet(id);
    expect(await world.contactOf(id, first)).toMatchObject({ notes: 'Theirs' });
    const calls = await world.calls(sinceMs, '/v1/people');
    expect(calls.filter(({ method }) => method !== 'GET')).toEqual([]);
    const log = await world.sql`select local_value from contact_conflicts where field = 'notes'`;
    expect(log).toMatchObject([{ local_value: 'Mine' }]);
  });

  it('to the provider no value of Harmony changes', async () => {
    await world.setDirection(id, 'to_provider');
    const [first] = (await remoteContacts(world)) as [string];
    const contact = await world.contactOf(id, first);
    await world.edit(id, contact.id, { notes: 'Mine' });
    await world.quiet(id);
    await world.changeRemote(first, { biographies: [{ value: 'Theirs' }] });
    await world.driver.sync(id, 'incremental');
    await world.quiet(id);
    expect(await world.contactOf(id, first)).toMatchObject({ notes: 'Mine' });
    expect(JSON.stringify((await world.remote(first))?.biographies)).toContain('Mine');
  });
});

it('a contact that Google wrongly said to be gone when it was to be removed comes back to Harmony after a day', async () => {
  const [remoteId = ''] = await remoteContacts(world);
  const contact = await world.contactOf(id, remoteId);
  await world.addFault({
    path: `/v1/${remoteId}:deleteContact`,
    times: 1,
    fault: { kind: 'status', status: 404 },
  });
  await world.driver.api('DELETE', `/v1/contacts/${contact.id}`);
  await eventually(
    () => world.sql`select 1 from contact_links where remote_id = ${remoteId} and tombstoned_at is not null`,
    (rows) => rows.length === 1,
  );
  await world.quiet(id);
  const isArchived = async () => (await world.contactOf(id, remoteId)).archivedAt !== null;
  await world.driver.sync(id, 'full');
  expect(await isArchived(), 'a listing may lag').toBe(true);
  await world.sql`update contact_links set tombstoned_at = tombstoned_at - interval '25 hours' where remote_id = ${remoteId}`;
  await world.driver.sync(id, 'full');
  expect(await isArchived()).toBe(false);
  expect(await world.remote(remoteId)).toBeDefined();
});

it('Delete leaves no row of the integration in any table, and writes nothing at the provider', async () => {
  const [first, second] = (await remoteContacts(world)) as [string, string];
  const [edited, archived] = [await world.contactOf(id, first), await world.contactOf(id, second)];
  await world.edit(id, edited.id, { notes: 'Mine' });
  await world.quiet(id);
  // Noted, and never announced.
  await world.sql`insert into contact_work (integration_id, kind, key) values (${id}, 'local', ${archived.id})`;
  await world.sql`update contacts set archived_at = now(), version = version + 1 where id = ${archived.id}`;
  const sinceMs = Date.now();
  await world.removeAll();
  const tables = await world.sql<{ name: string }[]>`
    select table_name as name from information_schema.columns
    where table_schema = 'public' and column_name = 'integration_id'`;
  const left: string[] = [];
  for (const { name } of tables) {
    const rows = await world.sql`select 1 from ${world.sql(name)} where integration_id = ${id} limit 1`;
    if (rows.length > 0) left.push(name);
  }
  expect(left).toEqual([]);
  const calls = await world.calls(sinceMs, '/v1/');
  expect(calls.filter(({ method }) => method !== 'GET')).toEqual([]);
});
