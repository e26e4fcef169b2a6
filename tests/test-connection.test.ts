/** Test Connection beside a provider that is slow: a person waits for one deadline, whatever is asked for. */
import { randomBytes } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ActivityDeps } from '../activities/deps.ts';
import { createTestConnection } from '../activities/test/test-connection.ts';
import { storeCredential } from '../db/queries/credentials.ts';
import { integrations } from '../db/schema/index.ts';
import { createSealer } from '../db/sealing.ts';
import { ProviderError, type Session } from '../providers/contract/index.ts';
import { readProviderEnvironments } from '../providers/environment.ts';
import { findProvider } from '../worker/find-provider.ts';
import type { ConnectionReport } from '../workflows/messages.ts';
import { eventually } from './support/eventually.ts';
import { createTestDatabase, ensureOwner, type TestDatabase } from './support/postgres.ts';

const provider = 'google-contacts';
const integrationId = 'int_1';
const sealer = createSealer(`k1:${randomBytes(32).toString('base64')}`);
const found = findProvider(readProviderEnvironments({ SANDBOX_URL: 'http://127.0.0.1:9' }))(provider);
const scopes = found.adapter.oauth?.(found.environment).scopes.map(({ scope }) => scope) ?? [];
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  const owner = await ensureOwner(database.db);
  await database.db.insert(integrations).values({
    ...{ id: integrationId, ...owner, provider, authKind: 'oauth', phase: 'active', accountId: 'ada' },
  });
  const tokens = { accessToken: 'access', refreshToken: 'refresh', scopes };
  await storeCredential(database.db, sealer, { integrationId, grantKey: 'google:ada', tokens });
});
afterAll(() => database?.close());

const test = (adapter: Partial<typeof found.adapter>) => {
  const deps = {
    db: database.db,
    sealer,
    provider: () => ({ ...found, adapter: { ...found.adapter, ...adapter } }),
  };
  const run = createTestConnection(deps as unknown as ActivityDeps);
  return new MockActivityEnvironment().run(run, { integrationId, provider }) as Promise<ConnectionReport>;
};

it('asks for account, permissions and records at the same time', async () => {
  const hang = Promise.withResolvers<never>();
  const asked: string[] = [];
  const ask = (what: string) => () => {
    asked.push(what);
    return hang.promise;
  };
  const openSession = (): Session => ({
    ...{ whoAmI: ask('account'), grantedScopes: ask('scopes'), fetchPage: ask('records') },
  });
  const report = test({ openSession });
  const all = ['account', 'records', 'records', 'scopes'];
  await eventually(
    async () => [...asked].sort(),
    (calls) => calls.length === all.length,
  ).finally(() => hang.reject(new ProviderError({ kind: 'transient', message: 'Google did not answer.' })));
  expect([...asked].sort()).toEqual(all);
  const { ok, checks } = await report;
  expect(ok).toBe(false);
  // What the sign-in granted still counts.
  expect(checks.filter((check) => !check.ok).map(({ name }) => name)).toEqual([
    'account',
    'read:groups',
    'read:contacts',
  ]);
  expect(checks.filter((check) => !check.ok).map(({ code }) => code)).toEqual(
    Array(3).fill('provider_unavailable'),
  );
});

it('a token that several of these find refused is refreshed once', async () => {
  let refreshes = 0;
  const refused = new Map<string, PromiseWithResolvers<never>>();
  const again: string[] = [];
  const openSession = ({ accessToken }: { accessToken: string }): Session => {
    const ask = (what: string) => async () => {
      if (accessToken !== 'access') again.push(what);
      else if (what !== 'records') {
        const answer = Promise.withResolvers<never>();
        refused.set(what, answer);
        return answer.promise;
      }
      throw new ProviderError({ kind: 'transient', message: 'Google did not answer.' });
    };
    return { whoAmI: ask('account'), grantedScopes: ask('scopes'), fetchPage: ask('records') };
  };
  const oauth: typeof found.adapter.oauth = (environment) => {
    const client = found.adapter.oauth?.(environment);
    if (client === undefined) throw new Error(`${provider} has no OAuth`);
    return {
      ...client,
      async refresh() {
        refreshes += 1;
        return { accessToken: `access ${refreshes}` };
      },
    };
  };
  const report = test({ openSession, oauth });
  await eventually(
    async () => refused.size,
    (size) => size === 2,
  );
  const refuse = (what: string) =>
    refused.get(what)?.reject(new ProviderError({ kind: 'token_rejected', message: 'Not this one.' }));
  refuse('scopes');
  await eventually(
    async () => again,
    (calls) => calls.includes('scopes'),
  );
  refuse('account');
  await report;
  expect([...again, refreshes]).toEqual(['scopes', 'account', 1]);
});
