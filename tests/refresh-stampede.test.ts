/** Refreshes of an expired token from several workers at once, ten thousand at Google: one token call per expiry. */
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshCredential } from '../activities/access/refresh-token.ts';
import type { ActivityDeps } from '../activities/deps.ts';
import { openDatabase } from '../db/client.ts';
import { loadCredential, storeCredential, storeRefreshed } from '../db/queries/credentials.ts';
import { refreshLease, takeLease } from '../db/queries/grant-leases.ts';
import { integrations } from '../db/schema/index.ts';
import { createSealer, type Sealer } from '../db/sealing.ts';
import { signIn } from '../providers/contract-suite/sign-in.ts';
import { readProviderEnvironments } from '../providers/environment.ts';
import { providerModules } from '../sandbox/providers.ts';
import { type RunningSandbox, startSandbox } from '../sandbox/server.ts';
import { findProvider } from '../worker/find-provider.ts';
import type { Report } from './fixtures/refresh-many.ts';
import { openControl } from './providers/control.ts';
import { createTestDatabase, ensureOwner, type TestDatabase } from './support/postgres.ts';

const integrationId = 'int_stampede';

/** Google keeps a refresh token; Linear and Notion end a grant whose spent one is shown again. */
const providers = [
  {
    id: 'google-contacts',
    account: 'google/ada@example.com',
    tokenPath: '/token',
    workers: 4,
    callsEach: 2500,
  },
  { id: 'linear', account: 'linear/northwind', tokenPath: '/oauth/token', workers: 2, callsEach: 250 },
  { id: 'notion', account: 'notion/lovelace-labs', tokenPath: '/v1/oauth/token', workers: 2, callsEach: 250 },
];

describe.each(providers)('$id', ({ id: provider, account, tokenPath, workers, callsEach }) => {
  let database: TestDatabase;
  let sandbox: RunningSandbox;
  let sealer: Sealer;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    sandbox = await startSandbox({ port: 0, modules: providerModules, consent: { mode: 'allow' } });
    const keys = `k1:${randomBytes(32).toString('base64')}`;
    sealer = createSealer(keys);
    const variables = { SANDBOX_URL: sandbox.url };
    const { adapter, environment } = findProvider(readProviderEnvironments(variables))(provider);
    const oauth = adapter.oauth?.(environment);
    if (oauth === undefined) throw new Error(`${provider} has no OAuth`);
    const tokens = await signIn(oauth, {
      account: { id: 'ada', email: 'ada@example.com' },
      redirectUri: 'http://127.0.0.1:9/oauth/callback',
    });
    const owner = await ensureOwner(database.db);
    await database.db
      .insert(integrations)
      .values({ ...{ id: integrationId, ...owner, provider, authKind: 'oauth' } });
    await storeCredential(database.db, sealer, { integrationId, grantKey: `${provider}:ada`, tokens });
    for (let worker = 0; worker < workers; worker += 1) {
      const child = fork(join(import.meta.dirname, 'fixtures', 'refresh-many.ts'), {
        env: {
          ...{ PATH: process.env.PATH, DATABASE_URL: database.url, SANDBOX_URL: sandbox.url },
          ...{ HARMONY_ENCRYPTION_KEYS: keys, PROVIDER: provider },
        },
      });
      children.push(child);
    }
    await Promise.all(children.map((child) => once(child, 'message')));
  });

  afterAll(async () => {
    for (const child of children) {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    }
    await sandbox?.close();
    await database?.close();
  });

  it.each([1, 2, 3])('expiry %i', async () => {
    const control = openControl(sandbox.url);
    const before = await loadCredential(database.db, sealer, integrationId);
    if (before === undefined) throw new Error('no credential');
    // It ends: here by its own time, at the provider for real.
    const expiresAt = new Date(Date.now() - 1000).toISOString();
    const { grantKey, tokens } = before;
    await storeCredential(database.db, sealer, {
      ...{ integrationId, grantKey, tokens: { ...tokens, expiresAt } },
    });
    await control.send('POST', `/${account}/access-tokens/expire`, {});
    const refusedVersion = before.version + 1;
    const sinceMs = Date.now();

    const answers = children.map(async (child) => {
      const answer = once(child, 'message');
      child.send({ integrationId, calls: callsEach, refusedVersion });
      return (await answer)[0] as Report;
    });
    const reports = await Promise.all(answers);

    expect(reports.reduce((sum, { answered }) => sum + answered, 0)).toBe(workers * callsEach);
    expect(new Set(reports.flatMap((report) => report.tokens)).size).toBe(1);
    const [family] = account.split('/');
    const { data } = await control.get<{ data: { path: string; status: number }[] }>(
      `/requests?provider=${family}&since=${sinceMs}&limit=1000`,
    );
    expect(data.filter(({ path }) => path === tokenPath)).toMatchObject([{ status: 200 }]);
    const after = await loadCredential(database.db, sealer, integrationId);
    expect(after?.version).toBe(refusedVersion + 1);
    expect(after?.tokens.accessToken).not.toBe(tokens.accessToken);
  });

  it('holds no connection while the provider takes its time, and keeps what it brought though Postgres ends them all', async () => {
    const { adapter, environment } = findProvider(readProviderEnvironments({ SANDBOX_URL: sandbox.url }))(
      provider,
    );
    const only = openDatabase({ url: database.url, poolSize: 1, name: 'one-connection' });
    const answered: string[] = [];
    const slow = {
      ...adapter,
      oauth(...args: [typeof environment]) {
        const oauth = adapter.oauth?.(...args);
        if (oauth === undefined) throw new Error(`${provider} has no OAuth`);
        const refresh: typeof oauth.refresh = async (...asked) => {
          await only.db.execute(sql`select 1`);
          const fresh = await oauth.refresh(...asked);
          answered.push(fresh.accessToken);
          await database.db.execute(sql`
            select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'one-connection'`);
          return fresh;
        };
        return { ...oauth, refresh };
      },
    };
    const before = await loadCredential(database.db, sealer, integrationId);
    const request = { integrationId, adapter: slow, environment, refused: before?.version ?? 0 };
    const got = await freshCredential({ db: only.db, sealer } as ActivityDeps, request);
    await only.close();
    expect(answered).toEqual([got.tokens.accessToken]);
    expect(await loadCredential(database.db, sealer, integrationId)).toEqual(got);
    expect(got.version).toBe(request.refused + 1);
  });

  it.runIf(provider === 'linear')(
    'waits for what another worker is about to store, after an outage that outlasted its lease',
    async () => {
      const { adapter, environment } = findProvider(readProviderEnvironments({ SANDBOX_URL: sandbox.url }))(
        provider,
      );
      const before = await loadCredential(database.db, sealer, integrationId);
      if (before === undefined) throw new Error('no credential');
      const { version } = before;
      const [now, until] = [-60_000, -1000].map((ms) => new Date(Date.now() + ms).toISOString());
      await takeLease(database.db, {
        key: refreshLease(integrationId),
        holder: 'other',
        now,
        until,
      } as never);
      const tokens = { ...before.tokens, accessToken: 'of the other worker' };
      const calls: string[] = [];
      const asked = {
        ...adapter,
        oauth: () =>
          ({ refresh: async () => Promise.reject(new Error(String(calls.push('refresh')))) }) as never,
      };
      const deps = { db: database.db, sealer } as ActivityDeps;
      const got = freshCredential(deps, { integrationId, adapter: asked, environment, refused: version });
      // By the time that it has taken over.
      await expect
        .poll(() =>
          takeLease(database.db, {
            key: refreshLease(integrationId),
            holder: 'third',
            now: new Date().toISOString(),
            until: new Date().toISOString(),
          }),
        )
        .toBe(false);
      await storeRefreshed(database.db, sealer, { integrationId, version, tokens });
      expect((await got).tokens.accessToken).toBe('of the other worker');
      expect(calls).toEqual([]);
    },
  );

  it('gives way to a sign-in that came while it was under way', async () => {
    const { adapter, environment } = findProvider(readProviderEnvironments({ SANDBOX_URL: sandbox.url }))(
      provider,
    );
    const before = await loadCredential(database.db, sealer, integrationId);
    if (before === undefined) throw new Error('no credential');
    const signedIn = { ...before.tokens, accessToken: 'of the new sign-in' };
    const slow = {
      ...adapter,
      oauth: () => ({
        ...(adapter.oauth?.(environment) as NonNullable<ReturnType<NonNullable<typeof adapter.oauth>>>),
        refresh: async () => {
          const { grantKey } = before;
          await storeCredential(database.db, sealer, { integrationId, grantKey, tokens: signedIn });
          return { ...before.tokens, accessToken: 'of the refresh' };
        },
      }),
    };
    const request = { integrationId, adapter: slow, environment, refused: before.version };
    const got = await freshCredential({ db: database.db, sealer } as ActivityDeps, request);
    expect(got.tokens.accessToken).toBe('of the new sign-in');
    expect(await loadCredential(database.db, sealer, integrationId)).toEqual(got);
  });
});
