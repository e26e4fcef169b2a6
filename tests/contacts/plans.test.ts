/** What would be dangerous is shown before it is done: plans of direction and parked runs, and taking a run back. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { remoteContacts } from '../sync/records.ts';
import { startTwoWayWorld, type TwoWayWorld } from './two-way-world.ts';

interface PlanView {
  readonly id: string;
  readonly status: string;
  readonly reason: string;
  readonly counts: Record<'harmony' | 'provider', { created: number; updated: number; deleted: number }> & {
    linked: number;
    parked: number;
  };
  readonly samples: { side: string; action: string; name: string; fields: Record<string, string | null> }[];
  readonly review: { contacts: { id: string; name: string }[]; remotes: { id: string; name: string }[] }[];
}

let world: TwoWayWorld;
let id: string;

beforeAll(async () => {
  world = await startTwoWayWorld();
});
afterAll(() => world?.stop());
beforeEach(async () => {
  await world.reset({ contacts: 30 });
  id = await world.connectContacts('from_provider');
});
afterEach(() => world.removeAll());

const api = <T>(method: string, path: string, body?: unknown): Promise<T> =>
  world.driver.api<T>(method, `/v1${path}`, body);
const integration = () =>
  api<{ syncDirection: string; approvedDirection: string; phase: string; attention?: { code: string } }>(
    'GET',
    `/integrations/${id}`,
  );
const writesSince = async (sinceMs: number) =>
  (await world.calls(sinceMs, '/v1/people')).filter(({ method }) => method !== 'GET');

async function makePlan(body: object = {}): Promise<PlanView> {
  const { id: planId } = await api<PlanView>('POST', `/integrations/${id}/plan`, body);
  return eventually(
    () => api<PlanView>('GET', `/integrations/${id}/plans/${planId}`),
    ({ status }) => status !== 'computing',
    20_000,
  );
}

const apply = (plan: PlanView, decisions: object[] = []) =>
  api<{ runId: string }>('POST', `/integrations/${id}/plans/${plan.id}/apply`, { decisions });

it('shows what two-way sync would do, does it once it is approved, and nothing before', async () => {
  const sinceMs = Date.now();
  for (const firstName of ['Mary', 'Grace']) {
    await api('POST', '/contacts', { firstName, email: `${firstName}@harmony.test` });
  }
  await api('PATCH', `/integrations/${id}`, { syncDirection: 'bidirectional' });
  expect(await integration()).toMatchObject({
    syncDirection: 'bidirectional',
    approvedDirection: 'from_provider',
    attention: { code: 'plan_needed' },
  });
  await world.quiet(id);
  const plan = await makePlan();
  expect(plan).toMatchObject({
    status: 'ready',
    reason: 'first_two_way',
    counts: {
      provider: { created: 2, updated: 0, deleted: 0 },
      harmony: { created: 0, updated: 0, deleted: 0 },
    },
  });
  expect(plan.samples.map(({ name }) => name).sort()).toEqual(['Grace', 'Mary']);
  expect(await writesSince(sinceMs)).toEqual([]);

  await apply(plan);
  await world.quiet(id);
  expect(await integration()).toMatchObject({ approvedDirection: 'bidirectional', phase: 'active' });
  const made = (await world.remotes()).filter((person) => JSON.stringify(person).includes('@harmony.test'));
  expect(made).toHaveLength(2);
  const again = await world.driver.sync(id, 'incremental');
  expect(again).toMatchObject({ counts: { pushed: 0, updated: 0, created: 0, deleted: 0 } });
});

it('refuses a plan that is no longer true, and changes nothing by it', async () => {
  const plan = await makePlan({ syncDirection: 'bidirectional' });
  await api('POST', '/contacts', { firstName: 'Late', email: 'late@harmony.test' });
  await expect(apply(plan)).rejects.toThrow(/plan_stale|409/);
  expect(await integration()).toMatchObject({ approvedDirection: 'from_provider' });
  expect(await api('GET', `/integrations/${id}/plans/${plan.id}`)).toMatchObject({ status: 'stale' });
});

it('asks about matches that are not certain, and does as it is told', async () => {
  const [remoteId] = (await remoteContacts(world)) as [string];
  await world.changeRemote(remoteId, { emailAddresses: [{ value: 'shared@harmony.test' }] });
  await world.driver.remove(id);
  // Until the former connection has given up its grant, a new one of the same account would share its end.
  await eventually(
    () => world.sql`select 1 from integrations where id = ${id}`,
    (rows) => rows.length === 0,
    20_000,
  );
  const twins = [];
  for (const firstName of ['First', 'Second']) {
    twins.push(await api<{ id: string }>('POST', '/contacts', { firstName, email: 'shared@harmony.test' }));
  }
  id = await world.connectContacts('from_provider');
  const plan = await makePlan({ syncDirection: 'bidirectional' });
  expect(plan.review).toHaveLength(1);
  expect(plan.review[0]?.contacts.map(({ name }) => name).sort()).toEqual(['First', 'Second']);
  expect(plan.review[0]?.remotes.map((remote) => remote.id)).toEqual([remoteId]);
  const [first, second] = twins as [{ id: string }, { id: string }];
  await apply(plan, [
    { contactId: first.id, remoteId },
    { contactId: second.id, remoteId: null },
  ]);
  await world.quiet(id);
  expect((await world.contactOf(id, remoteId)).id).toBe(first.id);
  const sharing = (await world.remotes()).filter((person) =>
    JSON.stringify(person).includes('shared@harmony.test'),
  );
  expect(sharing).toHaveLength(2);
});

it('lets a person approve what a parked run would delete', async () => {
  await world.setDirection(id, 'bidirectional');
  for (const remoteId of (await remoteContacts(world)).slice(0, 15)) await world.removeRemote(remoteId);
  const run = await world.driver.sync(id, 'incremental');
  expect(run.status).toBe('parked');
  expect(await integration()).toMatchObject({ phase: 'parked', attention: { code: 'run_parked' } });
  const live = async () => {
    const [row] = await world.sql`select count(*)::int as n from contacts where archived_at is null`;
    return row?.n;
  };
  expect(await live()).toBe(30);
  const plan = await makePlan();
  expect(plan).toMatchObject({ reason: 'parked_run', counts: { harmony: { deleted: 15 } } });
  await apply(plan);
  await world.quiet(id);
  expect(await integration()).toMatchObject({ phase: 'active' });
  expect(await live()).toBe(15);
});

it('keeps every contact where a person rejects what a parked run would delete, and makes none of them anew', async () => {
  await world.setDirection(id, 'bidirectional');
  for (const remoteId of (await remoteContacts(world)).slice(0, 15)) await world.removeRemote(remoteId);
  expect((await world.driver.sync(id, 'incremental')).status).toBe('parked');
  const plan = await makePlan();
  await api('POST', `/integrations/${id}/plans/${plan.id}/reject`);
  expect(await integration()).toMatchObject({ phase: 'active' });
  const run = await world.driver.sync(id, 'incremental');
  expect(run).toMatchObject({ status: 'succeeded', counts: { deleted: 0, pushed: 0 } });
  const [live] = await world.sql`select count(*)::int as n from contacts where archived_at is null`;
  expect(live?.n).toBe(30);

  const sinceMs = Date.now();
  const later = await makePlan();
  expect(later.counts.provider).toEqual({ created: 0, updated: 0, deleted: 0 });
  await apply(later);
  await world.quiet(id);
  const [kept] = await world.sql<{ id: string }[]>`select id from contacts c where not exists (
    select 1 from contact_links l where l.contact_id = c.id) order by id limit 1`;
  await api('PATCH', `/contacts/${kept?.id}`, { notes: 'Still here' });
  await world.quiet(id);
  expect(await writesSince(sinceMs)).toEqual([]);
});

it('whom a person kept as a parked run would have archived them go on with their remote contacts once those are restored', async () => {
  await world.setDirection(id, 'bidirectional');
  const removed = (await remoteContacts(world)).slice(0, 15);
  // No address tells who they are.
  for (const remoteId of removed)
    await world.changeRemote(remoteId, { emailAddresses: [], phoneNumbers: [] });
  await world.driver.sync(id, 'incremental');
  const contactOf = async () => {
    const rows = await world.sql<{ remote_id: string; contact_id: string | null }[]>`
      select remote_id, contact_id from contact_links where remote_id = any(${removed}) order by 1`;
    return new Map(rows.map((row) => [row.remote_id, row.contact_id]));
  };
  const before = await contactOf();
  for (const remoteId of removed) await world.removeRemote(remoteId);
  expect((await world.driver.sync(id, 'incremental')).status).toBe('parked');
  const plan = await makePlan();
  await api('POST', `/integrations/${id}/plans/${plan.id}/reject`);
  await world.driver.sync(id, 'incremental');
  for (const remoteId of removed) await world.restoreRemote(remoteId);
  await world.driver.sync(id, 'incremental');
  expect(await contactOf()).toEqual(before);
  const [all] = await world.sql`select count(*)::int as n from contacts`;
  expect(all?.n).toBe(30);
});

it('what was agreed on with those that a person kept holds once they are restored: what was cleared here meanwhile stays so', async () => {
  await world.setDirection(id, 'bidirectional');
  const removed = (await remoteContacts(world)).slice(0, 15);
  for (const remoteId of removed) await world.changeRemote(remoteId, { biographies: [{ value: 'old' }] });
  await world.driver.sync(id, 'incremental');
  const [remoteId = ''] = removed;
  const { id: contactId } = await world.contactOf(id, remoteId);
  for (const one of removed) await world.removeRemote(one);
  expect((await world.driver.sync(id, 'incremental')).status).toBe('parked');
  await api('POST', `/integrations/${id}/plans/${(await makePlan()).id}/reject`);
  await world.driver.sync(id, 'incremental');
  await api('PATCH', `/contacts/${contactId}`, { notes: null });
  await world.quiet(id);
  await world.restoreRemote(remoteId);
  await world.driver.sync(id, 'incremental');
  await world.quiet(id);
  expect(await world.contactOf(id, remoteId)).toMatchObject({ id: contactId, notes: null });
  expect((await world.remote(remoteId))?.biographies ?? []).toEqual([]);
});

it('parks again when more would go than a person has seen in the plan that is applied', async () => {
  const plan = await makePlan({ syncDirection: 'bidirectional' });
  for (const remoteId of (await remoteContacts(world)).slice(0, 15)) await world.removeRemote(remoteId);
  await apply(plan);
  await eventually(
    () => integration(),
    ({ phase }) => phase === 'parked',
    20_000,
  );
  const [live] = await world.sql`select count(*)::int as n from contacts where archived_at is null`;
  expect(live?.n).toBe(30);
});

it('sends contacts that a person kept from a deleted account to no other account', async () => {
  const sinceMs = Date.now();
  await api('DELETE', `/integrations/${id}?records=keep`);
  await eventually(
    () => world.driver.status('GET', `/v1/integrations/${id}`),
    (status) => status === 404,
    20_000,
  );
  await eventually(
    () => world.sql`select 1 from integrations where id = ${id}`,
    (rows) => rows.length === 0,
    20_000,
  );
  await world.sql`update contacts set email = 'kept-' || id || '@harmony.test', phone = null`;
  id = await world.connectContacts('from_provider');
  const plan = await makePlan({ syncDirection: 'bidirectional' });
  expect(plan.counts.provider).toMatchObject({ created: 0 });
  const [kept] = await world.sql<{ id: string }[]>`select id from contacts where kept_at is not null limit 1`;
  await apply(plan);
  await world.quiet(id);
  await api('PATCH', `/contacts/${kept?.id}`, { notes: 'Private' });
  await world.quiet(id);
  expect(await writesSince(sinceMs)).toEqual([]);
});

it('sends contacts of an account that is being deleted to no other account', async () => {
  const sinceMs = Date.now();
  const { sql } = world;
  const [deleted, mine, planned] = ['int_deleted', 'con_mine', 'con_planned'];
  // As the delete begins. No workflow goes on with it.
  await sql`insert into integrations (id, workspace_id, user_id, provider, auth_kind, phase, deleting_at, keep_records)
    select ${deleted}, workspace_id, user_id, provider, auth_kind, 'deleting', now(), true
    from integrations where id = ${id}`;
  for (const contactId of [mine, planned]) {
    await sql`insert into contacts (id, workspace_id, user_id, first_name)
      select ${contactId}, workspace_id, user_id, ${contactId} from integrations where id = ${id}`;
    await sql`insert into contact_links (integration_id, stream, remote_id, content_hash, shadow, seen_by_run, contact_id)
      values (${deleted}, 'contacts', ${`people/${contactId}`}, 'x', '{}', 'x', ${contactId})`;
  }
  try {
    const plan = await makePlan({ syncDirection: 'bidirectional' });
    expect(plan.counts.provider).toMatchObject({ created: 0 });
    await apply(plan);
    await world.quiet(id);
    await api('PATCH', `/contacts/${mine}`, { notes: 'Private' });
    // Noted all the same, as by a version that is still running.
    await world.edit(id, planned, { notes: 'Private' });
    await world.quiet(id);
    expect(await writesSince(sinceMs)).toEqual([]);
  } finally {
    await sql`delete from integrations where id = ${deleted}`;
    await sql`delete from contact_links where integration_id = ${deleted}`;
    await sql`delete from contacts where id = any(${[mine, planned]})`;
  }
});

it('takes a run back where nobody has edited since, on both sides', async () => {
  await world.setDirection(id, 'bidirectional');
  const [changed, kept] = (await remoteContacts(world)) as [string, string];
  const before = await world.contactOf(id, changed);
  for (const remoteId of [changed, kept]) {
    await world.changeRemote(remoteId, { biographies: [{ value: 'A mistake' }] });
  }
  const run = await world.driver.sync(id, 'incremental');
  expect(run).toMatchObject({ status: 'succeeded', counts: { updated: 2 } });
  const edited = await world.contactOf(id, kept);
  await api('PATCH', `/contacts/${edited.id}`, { notes: 'Mended by hand' });
  await world.quiet(id);
  const report = await api<{ reverted: number; skipped: { contactId: string; reason: string }[] }>(
    'POST',
    `/integrations/${id}/runs/${run.id}/undo`,
  );
  expect(report).toMatchObject({
    reverted: 1,
    skipped: [{ contactId: edited.id, field: 'notes', reason: 'changed_since' }],
  });
  const undone = await api<{ undoneAt?: string }>('GET', `/integrations/${id}/runs/${run.id}`);
  expect(undone.undoneAt).toBeDefined();
  await world.quiet(id);
  expect(await world.contactOf(id, changed)).toMatchObject({ notes: before.notes });
  expect(JSON.stringify(await world.remote(changed))).not.toContain('A mistake');
  expect(JSON.stringify(await world.remote(kept))).toContain('Mended by hand');
});

it('a custom field that a plan maps flows both ways, and its neighbour under another key stays as it was', async () => {
  const kept = { key: 'Shoe size', value: '38' };
  const customer = (value: string) => ({ userDefined: [{ key: 'Customer', value }, kept] });
  const [remoteId] = (await remoteContacts(world)) as [string];
  await world.setDirection(id, 'bidirectional');
  await world.changeRemote(remoteId, customer('K-1'));
  await world.driver.sync(id, 'incremental');
  const path = `/integrations/${id}/field-mappings`;
  const { data } = await api<{ data: object[] }>('GET', path);
  const custom = { field: 'custom.customer', path: 'userDefined[key=Customer].value', direction: 'both' };
  await api('PUT', path, { data: [...data, custom] });
  await apply(await makePlan());
  await world.quiet(id);
  const contact = await world.contactOf(id, remoteId);
  const own = async () =>
    (await api<{ customFields: object }>('GET', `/contacts/${contact.id}`)).customFields;
  expect(await own()).toEqual({ customer: 'K-1' });

  await api('PATCH', `/contacts/${contact.id}`, { customFields: { customer: 'K-2' } });
  await world.quiet(id);
  const after = await world.remote(remoteId);
  expect(after?.userDefined).toMatchObject(customer('K-2').userDefined);

  await world.changeRemote(remoteId, customer('K-3'));
  const run = await world.driver.sync(id, 'incremental');
  expect(run).toMatchObject({ status: 'succeeded', counts: { pushed: 0 } });
  expect(await own()).toEqual({ customer: 'K-3' });
});
