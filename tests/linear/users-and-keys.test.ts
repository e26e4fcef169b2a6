/** Who Linear's members are here, and the key that an integration lives on. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureUser } from '../../db/queries/identity.ts';
import { credentials } from '../../db/schema/index.ts';
import { eventually } from '../api/browser.ts';
import { type LinearStack, openLinearStack, organization } from './linear-stack.ts';

interface Member {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly active: boolean;
}

let stack: LinearStack;
let id: string;

beforeAll(async () => {
  stack = await openLinearStack();
  id = await stack.connectByKey();
});
afterAll(() => stack?.close());

const client = () => stack.world.ada.asUser;
const users = async (query = '') =>
  (await client().get(`/v1/integrations/${id}/users?limit=1000${query}`)).body.data;
const personOf = async (externalUserId: string) =>
  (await users()).find((user: { externalUserId: string }) => user.externalUserId === externalUserId);
const member = (body: object) => stack.control.send<Member>('POST', `${organization}/members`, body);
const addUser = (name: string, email: string) =>
  ensureUser(stack.world.database.db, { workspaceId: stack.world.ada.workspaceId, name, email });
const syncUsers = () => client().post(`/v1/integrations/${id}/users/sync`);

describe('Sync Users', () => {
  it('maps by e-mail in any case, and never by name', async () => {
    const barbara = await member({ name: 'Barbara Liskov', email: 'Barbara.Liskov@Example.com' });
    const twin = await member({ name: 'Grace Hopper', email: 'someone.else@example.com' });
    const userId = await addUser('B. L.', 'barbara.liskov@example.com');
    const { status, body } = await syncUsers();
    expect({ status, body }).toMatchObject({ status: 200, body: { newlyMapped: 1 } });
    expect(await personOf(barbara.id)).toMatchObject({ userId, match: 'email', active: true });
    expect(await personOf(twin.id)).toMatchObject({ userId: null, match: null });
  });

  it('maps nobody where an address is not one person’s alone', async () => {
    const first = await member({ name: 'Desk', email: 'desk@example.com' });
    const second = await member({ name: 'Desk too', email: 'DESK@example.com' }).catch(() => undefined);
    await addUser('Front desk', 'desk@example.com');
    await syncUsers();
    if (second === undefined) return expect(await personOf(first.id)).toMatchObject({ match: 'email' });
    expect(await personOf(first.id)).toMatchObject({ userId: null });
    expect(await personOf(second.id)).toMatchObject({ userId: null });
  });

  it('keeps what somebody chose, nobody included', async () => {
    const chosen = await member({ name: 'Alan', email: 'alan@example.com' });
    const nobody = await member({ name: 'Bot', email: 'bot@example.com' });
    await addUser('Alan here', 'alan@example.com');
    await addUser('Bot here', 'bot@example.com');
    const other = await addUser('Somebody', 'somebody@example.com');
    await stack.sync(id, 'incremental');
    const put = (externalUserId: string, userId: string | null) =>
      client().put(`/v1/integrations/${id}/users/${externalUserId}`, { body: { userId } });
    expect((await put(chosen.id, other)).body).toMatchObject({ userId: other, match: 'manual' });
    expect((await put(nobody.id, null)).body).toMatchObject({ userId: null, match: 'manual' });
    await syncUsers();
    expect(await personOf(chosen.id)).toMatchObject({ userId: other, match: 'manual' });
    expect(await personOf(nobody.id)).toMatchObject({ userId: null, match: 'manual' });
    expect((await put(nobody.id, other)).status).toBe(409);
    expect((await put(nobody.id, stack.world.eve.userId)).status).toBe(422);
    expect((await put('nobody-there', null)).status).toBe(404);
  });

  it('keeps the mapping of a member who was deactivated or got another address', async () => {
    const leaver = await member({ name: 'Edsger', email: 'edsger@example.com' });
    const userId = await addUser('Edsger', 'edsger@example.com');
    await syncUsers();
    await stack.control.send('PATCH', `${organization}/members/${leaver.id}`, { email: 'e@example.org' });
    await stack.control.send('DELETE', `${organization}/members/${leaver.id}`);
    await syncUsers();
    expect(await personOf(leaver.id)).toMatchObject({ userId, match: 'email', active: false });
  });

  it('puts nothing back that a sync has read newer meanwhile', async () => {
    const leaver = await member({ name: 'Niklaus', email: 'niklaus@example.com' });
    await stack.sync(id, 'incremental');
    const whileStillThereMs = 3000;
    await new Promise((resolve) => setTimeout(resolve, whileStillThereMs));
    const leftAtMs = Date.now();
    await stack.control.send('DELETE', `${organization}/members/${leaver.id}`);
    await stack.sync(id, 'incremental');
    const fault = { kind: 'stale-read', ms: Date.now() - leftAtMs + whileStillThereMs };
    await stack.control.send('POST', '/faults', { provider: 'linear', path: '/graphql/users', fault });
    expect((await syncUsers()).status).toBe(200);
    await stack.control.send('DELETE', '/faults');
    expect(await personOf(leaver.id)).toMatchObject({ active: false });
    await stack.sync(id, 'incremental');
    expect(await personOf(leaver.id)).toMatchObject({ active: false });
  });

  it('queues the active people without a user, those with the most tasks first', async () => {
    const queue = await users('&unmapped=true');
    const counts = queue.map((user: { taskCount: number }) => user.taskCount);
    expect(queue.length).toBeGreaterThan(5);
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
    const [first] = queue;
    const { data } = (await client().get(`/v1/tasks?limit=1000&integrationId=${id}`)).body;
    const assigned = data.filter(
      (task: { assignee: { externalUserId: string } | null }) =>
        task.assignee?.externalUserId === first.externalUserId,
    );
    expect(first.taskCount).toBe(assigned.length);
    expect(first.taskCount).toBeGreaterThan(0);
  });

  it('counts every member once, whichever way it came', async () => {
    const members = await stack.all<Member>('members');
    await stack.sync(id, 'full');
    const { body } = await client().get(`/v1/integrations/${id}`);
    expect(body.counts.members).toBe(members.length);
  });
});

describe('API key', () => {
  const makeKey = async (org: string) =>
    (await stack.control.send<{ key: string }>('POST', `/linear/${org}/api-keys`, { label: 'new' })).key;
  const put = (apiKey: string) => client().put(`/v1/integrations/${id}/api-key`, { body: { apiKey } });
  const stored = async () => (await stack.world.database.db.select().from(credentials))[0]?.sealed;

  it('is refused at connecting when Linear does not know it, and nothing is left behind', async () => {
    const body = { provider: 'linear', auth: 'api_key', apiKey: 'lin_api_nobody' };
    const answer = await stack.world.eve.asUser.post('/v1/integrations', { body });
    expect(answer).toMatchObject({ status: 422, body: { code: 'api_key_refused' } });
    expect((await stack.world.eve.asUser.get('/v1/integrations')).body.data).toEqual([]);
  });

  it('stays as it is when the new one is wrong or of another organization', async () => {
    const before = await stored();
    expect(await put('lin_api_nobody')).toMatchObject({ status: 422, body: { code: 'api_key_refused' } });
    expect(await put(await makeKey('lumen'))).toMatchObject({
      status: 422,
      body: { code: 'api_key_refused' },
    });
    expect(await stored()).toBe(before);
    expect((await stack.sync(id, 'incremental')).status).toBe('succeeded');
  });

  it('is swapped while syncs go on, and the old one is not used again', async () => {
    const { data } = await stack.control.get<{ data: { id: string; key: string }[] }>(
      `${organization}/api-keys`,
    );
    const next = await makeKey('northwind');
    const running = stack.sync(id, 'full');
    expect((await put(next)).status).toBe(200);
    for (const old of data) await stack.control.send('DELETE', `${organization}/api-keys/${old.id}`);
    expect((await running).status).toBe('succeeded');
    expect((await stack.sync(id, 'incremental')).status).toBe('succeeded');
  });

  it('of another member of the same organization is named as theirs', async () => {
    const [other] = (await stack.all<Member>('members')).filter(
      ({ active, email }) => active && email !== 'ada@example.com',
    );
    const { key } = await stack.control.send<{ key: string }>('POST', `${organization}/api-keys`, {
      member: other?.id,
    });
    expect((await put(key)).body.account).toMatchObject({ email: other?.email });
    expect((await put(await makeKey('northwind'))).body.account).toMatchObject({ email: 'ada@example.com' });
  });

  it('that was revoked asks for a new one, and a new one mends it', async () => {
    const { data } = await stack.control.get<{ data: { id: string }[] }>(`${organization}/api-keys`);
    for (const old of data) await stack.control.send('DELETE', `${organization}/api-keys/${old.id}`);
    const { body: report } = await client().post(`/v1/integrations/${id}/test`);
    const remedy = expect.stringMatching(/^Make a new API key .* replace/);
    expect(report.checks.filter(({ ok }: { ok: boolean }) => !ok)).toContainEqual(
      expect.objectContaining({ name: 'account', remedy }),
    );
    expect((await stack.sync(id, 'incremental')).error).toMatchObject({ code: 'reauth_required', remedy });
    expect((await client().get(`/v1/integrations/${id}`)).body).toMatchObject({
      phase: 'needs_reauth',
      attention: { code: 'reauth_required', remedy },
    });
    const refused = await syncUsers();
    expect(refused).toMatchObject({ status: 409, body: { remedy: expect.stringContaining('API key') } });
    expect((await put(await makeKey('northwind'))).body).toMatchObject({ phase: 'active' });
    // At once: the workflow may not have heard of it.
    expect((await stack.sync(id, 'incremental')).status).toBe('succeeded');
  });

  it('that takes the place of a lost one catches up by itself, also while auto-sync is off', async () => {
    await client().patch(`/v1/integrations/${id}`, { body: { autoSync: false } });
    const { data } = await stack.control.get<{ data: { id: string }[] }>(`${organization}/api-keys`);
    for (const old of data) await stack.control.send('DELETE', `${organization}/api-keys/${old.id}`);
    expect((await stack.sync(id, 'incremental')).error).toMatchObject({ code: 'reauth_required' });
    expect((await put(await makeKey('northwind'))).body.lastRun).toMatchObject({
      trigger: 'reauthenticated',
    });
    await eventually(
      () => client().get(`/v1/integrations/${id}`),
      ({ body }) => body.lastRun.trigger === 'reauthenticated' && body.lastRun.status === 'succeeded',
    );
    await client().patch(`/v1/integrations/${id}`, { body: { autoSync: true } });
  });

  it('is in no history, log or answer', async () => {
    const { data } = await stack.control.get<{ data: { key: string }[] }>(`${organization}/api-keys`);
    const { body } = await client().get(`/v1/integrations/${id}`);
    expect(JSON.stringify(body)).not.toContain(data[0]?.key);
    const rows = await stack.world.database.db.execute(
      `select coalesce(string_agg(t::text, ' '), '') as text from (select * from audit_log) t`,
    );
    expect(String(rows[0]?.text)).not.toContain('lin_api_');
  });

  it('is not what an OAuth integration has: it is told to sign in again', async () => {
    await stack.remove(id);
    const oauthId = await stack.connect();
    const answer = await client().put(`/v1/integrations/${oauthId}/api-key`, {
      body: { apiKey: 'lin_api_x' },
    });
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'auth_kind_unsupported', remedy: expect.stringContaining('reauthenticate') },
    });
  });
});
