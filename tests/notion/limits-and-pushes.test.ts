/** Notion's limits, its webhooks and its rotating tokens, with two workers where one could get in the other's way. */
import { createHmac } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openProviderAccess } from '../../activities/access/provider-access.ts';
import type { ActivityDeps } from '../../activities/deps.ts';
import { createCheckForChanges } from '../../activities/sync/check-for-changes.ts';
import { openDatabase } from '../../db/client.ts';
import { createLogger } from '../../platform/logger.ts';
import { findProvider } from '../../worker/find-provider.ts';
import { type NotionStack, openNotionStack, workspace } from './notion-stack.ts';

let stack: NotionStack;

beforeAll(async () => {
  stack = await openNotionStack();
});
afterAll(() => stack?.close());
afterEach(() => stack.removeAll());

/** What activities are given. */
function workerDeps(db: ActivityDeps['db']): ActivityDeps {
  const { sealer, catalogue } = stack.world.deps;
  return {
    ...{ db, sealer, logger: createLogger('test', 'silent'), publicUrl: stack.world.url },
    ...{ provider: findProvider(catalogue.environments), temporal: undefined as never },
  };
}

/** Another worker: its own connections, and the same database, keys and providers. */
async function withAnotherWorker<T>(
  use: (open: (id: string) => ReturnType<typeof openProviderAccess>) => Promise<T>,
): Promise<T> {
  const handle = openDatabase({ url: stack.world.database.url, poolSize: 5, name: 'another-worker' });
  const other = workerDeps(handle.db);
  try {
    return await use((id) => openProviderAccess(other, id));
  } finally {
    await handle.close();
  }
}

const whoAmI = (access: Awaited<ReturnType<typeof openProviderAccess>>) =>
  access.call((session) => session.whoAmI(AbortSignal.timeout(10_000)));
const storedVersion = async (id: string) =>
  (await stack.world.database.sql`select version from credentials where integration_id = ${id}`)[0]?.version;

describe('more than one query yields', () => {
  it('lists all rows of a data source, window by window', async () => {
    await stack.reset(500, { queryResultLimit: 120 });
    const since = new Date().toISOString();
    const id = await stack.connect();
    const pages = await stack.pages();
    const documents = await stack.documents();
    expect(documents.filter(({ collectionId }) => collectionId).length).toBeGreaterThanOrEqual(488);
    const rows = pages.filter(({ parent }) => parent.type === 'data_source_id').map((page) => page.id);
    const held = new Set(documents.map(({ remoteId }) => remoteId));
    expect(rows.filter((row) => !held.has(row))).toEqual([]);
    const contents = (await stack.callsSince(since)).filter(({ path }) => path.endsWith('/markdown'));
    expect(contents.length).toBeLessThanOrEqual(510);
    const full = await stack.sync(id, 'full');
    expect(full).toMatchObject({ status: 'succeeded', counts: { created: 0, deleted: 0 } });
  });
});

describe('limits', () => {
  it('are waited for, cost hardly a call, and lose nothing that was paid for', async () => {
    await stack.reset(60, { connectionLimitRequests: 20, connectionLimitWindowSeconds: 2 });
    const since = new Date().toISOString();
    await stack.connect();
    expect(await stack.documents()).toHaveLength(60);
    const calls = await stack.callsSince(since);
    const contents = calls.filter(({ path, status }) => path.endsWith('/markdown') && status === 200);
    expect(contents).toHaveLength(60);
    expect(calls.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
  });

  it('too small for one look at all databases leave it to a sync, which gets through', async () => {
    await stack.reset(12);
    for (let made = 0; made < 12; made += 1)
      await stack.control.send('POST', `${workspace}/data-sources`, { title: `Database ${made}` });
    const id = await stack.connect();
    await stack.control.send('PATCH', '/settings', {
      notion: { connectionLimitRequests: 12, connectionLimitWindowSeconds: 2 },
    });
    const look = createCheckForChanges(workerDeps(stack.world.deps.db));
    const since = new Date().toISOString();
    const found = await new MockActivityEnvironment().run(look, { integrationId: id });
    expect(found).toMatchObject({ changed: true });
    // A few were under way when the first was refused.
    const refused = (await stack.callsSince(since)).filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThanOrEqual(4);
    expect(await stack.sync(id)).toMatchObject({ status: 'succeeded', counts: { created: 0 } });
  });

  it('that one worker met hold for every other, which does not even ask', async () => {
    await stack.reset(12);
    const id = await stack.connect();
    await stack.control.send('PATCH', '/settings', {
      notion: { connectionLimitRequests: 1, connectionLimitWindowSeconds: 30 },
    });
    const own = await openProviderAccess(workerDeps(stack.world.deps.db), id);
    const limited = expect.objectContaining({ kind: 'rate_limited' });
    await whoAmI(own).catch(() => {});
    await expect(whoAmI(own)).rejects.toThrow(limited);
    const since = new Date().toISOString();
    await withAnotherWorker(async (open) => {
      const failure = await whoAmI(await open(id)).catch((error: unknown) => error);
      expect(failure).toMatchObject({ kind: 'rate_limited' });
      expect((failure as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(1000);
    });
    expect(await stack.callsSince(since)).toEqual([]);
    await stack.world.database.sql`delete from provider_limits`;
  });

  it('of a workspace hold for everybody in it, and those of a connection for that alone', async () => {
    await stack.reset(12);
    const id = await stack.connect();
    const body = (reason: string) => ({
      ...{ object: 'error', status: 429, code: 'rate_limited', message: 'Slow down.' },
      additional_data: { rate_limit_reason: reason, retry_after: '30' },
    });
    const fail = (reason: string) =>
      stack.control.send('POST', '/faults', {
        ...{ provider: 'notion', path: '/v1/users/me', times: 1 },
        fault: { kind: 'status', status: 429, body: body(reason), headers: { 'Retry-After': '30' } },
      });
    const keys = async () =>
      (await stack.world.database.sql`select key from provider_limits`).map(({ key }) => key);
    await withAnotherWorker(async (open) => {
      const access = await open(id);
      await fail('public_api_space_request_rate_limit');
      await expect(whoAmI(access)).rejects.toMatchObject({ kind: 'rate_limited', limitOf: 'account' });
      expect(await keys()).toEqual([`account:notion:${access.integration.accountId}`]);
      await stack.world.database.sql`delete from provider_limits`;
      await fail('public_api_request_rate_limit');
      await expect(whoAmI(access)).rejects.toMatchObject({ kind: 'rate_limited', limitOf: 'grant' });
      expect((await keys())[0]).toMatch(/^grant:notion:/);
      await stack.world.database.sql`delete from provider_limits`;
      await fail('public_api_request_blocked');
      await expect(whoAmI(access)).rejects.toMatchObject({ kind: 'blocked' });
      expect(await keys()).toEqual([]);
    });
  });
});

describe('webhooks', () => {
  const secret = 'sandbox-notion-verification-token';
  const address = () => `${stack.world.url}/webhooks/notion`;
  const inbox = async () => (await stack.world.database.sql`select 1 from webhook_inbox`).length;
  const event = (values: object = {}) => ({
    ...{ id: 'evt-1', timestamp: new Date().toISOString(), workspace_id: 'nobody', type: 'page.created' },
    ...{ entity: { id: 'p', type: 'page' }, data: { parent: { type: 'space' } } },
    ...values,
  });
  const send = (body: object | string, key: string | null = secret) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const signature = key === null ? undefined : createHmac('sha256', key).update(text).digest('hex');
    return fetch(address(), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(signature === undefined ? {} : { 'x-notion-signature': `sha256=${signature}` }),
      },
      body: text,
    });
  };

  it('shake hands, and one edit arrives by itself', async () => {
    await stack.reset(60, { webhookAggregationMs: 20 });
    const id = await stack.connect();
    const subscription = await stack.control.send<{ id: string; status: string; handshake: object }>(
      'POST',
      `${workspace}/webhook-subscription`,
      { url: address() },
    );
    expect(subscription).toMatchObject({ status: 'active', handshake: { delivered: true, status: 200 } });
    const [page] = await stack.pages();
    await stack.changePage(page?.id ?? '', { markdown: 'Pushed.' });
    const run = await stack.settled(id, 2);
    expect(run).toMatchObject({ trigger: 'push', status: 'succeeded', counts: { updated: 1 } });
    await stack.control.send('DELETE', `${workspace}/webhook-subscription/${subscription.id}`);
  });

  it('are refused forged, stale, unsigned and oversized, and leave no row', async () => {
    await stack.reset(12);
    await stack.connect();
    const before = await inbox();
    const old = new Date(Date.now() - 3 * 24 * 60 * 60 * 1000).toISOString();
    const refusals: [number, () => Promise<Response>][] = [
      [401, () => send(event(), 'another-key')],
      [401, () => send(event({ timestamp: old }))],
      [401, () => send(event(), null)],
      [401, () => send({ verification_token: 'somebody-elses-token' }, null)],
      [413, () => send('x'.repeat(6 * 1024 * 1024))],
    ];
    for (const [status, push] of refusals) expect((await push()).status).toBe(status);
    expect((await send('not json')).status).toBe(400);
    expect((await send(event({ type: 'comment.created' }))).status).toBeLessThan(300);
    expect(await inbox()).toBe(before);
  });

  it('in a burst of 1,000, doubled and out of order, cost about one sync', async () => {
    await stack.reset(60);
    const id = await stack.connect();
    const [{ account_id: workspaceId } = { account_id: '' }] = await stack.world.database
      .sql`select account_id from integrations where id = ${id}`;
    const [page] = await stack.pages();
    await stack.changePage(page?.id ?? '', { markdown: 'Last state.' });
    const since = new Date().toISOString();
    const parent = page?.parent.data_source_id;
    const events = Array.from({ length: 500 }, (_, index) =>
      event({
        ...{ id: `evt-${index}`, workspace_id: workspaceId, type: 'page.content_updated' },
        entity: { id: page?.id, type: 'page' },
        data: { parent: { type: 'database', data_source_id: parent } },
      }),
    );
    const burst = [...events, ...events].sort((a, b) => (a.id < b.id ? -1 : 1));
    for (let at = 0; at < burst.length; at += 50) {
      const answers = await Promise.all(burst.slice(at, at + 50).map((one) => send(one)));
      expect(answers.every(({ status }) => status < 300)).toBe(true);
    }
    await stack.settled(id, 2);
    // A push that came while the first sync ran is followed by another, which the arbiter has begun when all is at rest.
    await vi.waitUntil(
      async () => {
        const [row] = await stack.world.database.sql`select dirty from integrations where id = ${id}`;
        return row?.dirty === false;
      },
      { timeout: 20_000 },
    );
    await stack.settled(id, 2);
    const [document] = (await stack.documents()).filter(({ remoteId }) => remoteId === page?.id);
    expect(document.content).toBe('Last state.');
    // One data source, living and trashed, the list of data sources, the content: once, or a few times over.
    expect((await stack.callsSince(since)).length).toBeLessThanOrEqual(5 * 5);
  });
});

describe('rotating tokens', () => {
  const expire = () => stack.control.send('POST', `${workspace}/access-tokens/expire`, {});

  it('are refreshed once, however many workers meet the refusal', async () => {
    await stack.reset(12);
    const id = await stack.connect();
    const version = await storedVersion(id);
    await expire();
    await withAnotherWorker((openHere) =>
      withAnotherWorker(async (openThere) => {
        const all = [openHere, openHere, openThere, openThere].map(async (open) => whoAmI(await open(id)));
        expect(new Set((await Promise.all(all)).map((account) => account?.id)).size).toBe(1);
      }),
    );
    expect(await storedVersion(id)).toBe(version + 1);
    expect((await stack.sync(id)).status).toBe('succeeded');
  });

  it('that were spent by a worker that was killed before it could store the new ones ask for a new sign-in', async () => {
    await stack.reset(12);
    const id = await stack.connect();
    await expire();
    await stack.control.send('POST', '/faults', {
      ...{ provider: 'notion', path: '/v1/oauth/token', times: 1 },
      fault: { kind: 'lose-answer' },
    });
    const run = await stack.sync(id);
    expect(run).toMatchObject({ status: 'failed', error: { code: 'reauth_required' } });
    const { body } = await stack.world.ada.asUser.get(`/v1/integrations/${id}`);
    expect(body).toMatchObject({ phase: 'needs_reauth', attention: { code: 'reauth_required' } });
    expect(await stack.documents()).toHaveLength(12);
  });

  it('survive the same where Notion takes a spent token once more', async () => {
    await stack.reset(12, { replacedRefreshTokenGraceSeconds: 60 });
    const id = await stack.connect();
    await expire();
    await stack.control.send('POST', '/faults', {
      ...{ provider: 'notion', path: '/v1/oauth/token', times: 1 },
      fault: { kind: 'lose-answer' },
    });
    expect((await stack.sync(id)).status).toBe('succeeded');
  });
});
