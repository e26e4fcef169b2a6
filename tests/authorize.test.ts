/**
 * The exchange of a sign-in's code, which works once, by workers that die, freeze or meet: one answer, and it is true. And
 * the end of a grant, which must not take a sign-in along.
 */
import { randomBytes } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createAuthorize } from '../activities/connect/authorize.ts';
import { createRevokeGrant } from '../activities/delete/revoke-grant.ts';
import type { ActivityDeps } from '../activities/deps.ts';
import type { Executor } from '../db/client.ts';
import { hashSecret } from '../db/ids.ts';
import { hideIntegration } from '../db/queries/integration-settings.ts';
import { findIntegration } from '../db/queries/integrations.ts';
import { findAttemptByState, insertAttempt, spendAttempt } from '../db/queries/oauth-attempts.ts';
import { credentials, integrations, oauthAttempts } from '../db/schema/index.ts';
import { createSealer } from '../db/sealing.ts';
import type { OAuthClient, ProviderAdapter } from '../providers/contract/index.ts';
import { authorize as consent } from '../providers/contract-suite/sign-in.ts';
import { readProviderEnvironments } from '../providers/environment.ts';
import { providerModules } from '../sandbox/providers.ts';
import { type RunningSandbox, startSandbox } from '../sandbox/server.ts';
import { findProvider } from '../worker/find-provider.ts';
import type { AuthorizeInput, AuthorizeOutcome } from '../workflows/messages.ts';
import { createTestDatabase, ensureOwner, type TestDatabase } from './support/postgres.ts';
import { untilBlocked } from './support/until-blocked.ts';

const provider = 'google-contacts';
const publicUrl = 'http://127.0.0.1:9';
const sealer = createSealer(`k1:${randomBytes(32).toString('base64')}`);
let database: TestDatabase;
let sandbox: RunningSandbox;
let owner: { workspaceId: string; userId: string };
let found: ReturnType<ActivityDeps['provider']>;
let count = 0;
/** What the operator is told. */
let logged: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  sandbox = await startSandbox({ port: 0, modules: providerModules, consent: { mode: 'allow' } });
  found = findProvider(readProviderEnvironments({ SANDBOX_URL: sandbox.url }))(provider);
  owner = await ensureOwner(database.db);
});
afterAll(async () => {
  await sandbox?.close();
  await database?.close();
});
beforeEach(async () => {
  logged = [];
  await database.db.delete(integrations);
});

/** A person has agreed, and their browser is back with the code. */
async function comeBack(): Promise<AuthorizeInput> {
  const { db } = database;
  count += 1;
  const [integrationId, attemptId] = [`int_${count}`, `att_${count}`];
  await db.insert(integrations).values({ id: integrationId, ...owner, provider, authKind: 'oauth' });
  const oauth = found.adapter.oauth?.(found.environment);
  if (oauth === undefined) throw new Error(`${provider} has no OAuth`);
  const redirectUri = `${publicUrl}/oauth/callback`;
  const { code, verifier } = await consent(oauth, {
    account: { id: 'ada', email: 'ada@example.com' },
    redirectUri,
  });
  const stateHash = hashSecret(attemptId);
  await insertAttempt(db, sealer, {
    ...{ id: attemptId, integrationId, purpose: 'connect', stateHash, hopHash: stateHash, sessionId: null },
    ...{ codeVerifier: verifier, lifetimeMs: 60_000 },
  });
  const browserHash = hashSecret('browser');
  await db.update(oauthAttempts).set({ browserHash }).where(eq(oauthAttempts.id, attemptId));
  const attempt = await findAttemptByState(db, stateHash);
  if (attempt === undefined) throw new Error('no attempt');
  await spendAttempt(db, sealer, attempt, { browserHash, code });
  const { workspaceId } = owner;
  return { integrationId, workspaceId, provider, attemptId, operationId: attemptId };
}

/** What activities are given here; `on` stands between them and the provider. */
function depsWith(on: Partial<ProviderAdapter> = {}, db: Executor = database.db): ActivityDeps {
  const adapter = { ...found.adapter, ...on };
  const logger = { error: (...told: unknown[]) => void logged.push(JSON.stringify(told)) };
  return {
    db,
    sealer,
    publicUrl,
    logger,
    provider: () => ({ ...found, adapter }),
  } as unknown as ActivityDeps;
}

/** One try of the activity. */
async function attempt(input: AuthorizeInput, ...given: Parameters<typeof depsWith>) {
  const authorize = createAuthorize(depsWith(...given));
  return (await new MockActivityEnvironment().run(authorize, input)) as AuthorizeOutcome;
}

/** Calls of a worker that stands still, before it asks whose account it is, until `thaw`. */
function freeze() {
  const [reached, thawed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const openSession: ProviderAdapter['openSession'] = (...given) => {
    const session = found.adapter.openSession(...given);
    return {
      ...session,
      async whoAmI(signal) {
        const account = await session.whoAmI(signal);
        reached.resolve();
        await thawed.promise;
        return account;
      },
    };
  };
  return { on: { openSession }, reached: reached.promise, thaw: thawed.resolve };
}

const stored = async () =>
  (await database.db.select({ id: credentials.integrationId }).from(credentials)).map(({ id }) => id).sort();

it('a worker that died right after its commit has signed in: the repeated activity says so', async () => {
  const signIn = await comeBack();
  expect(await attempt(signIn)).toEqual({ ok: true, accountName: 'ada@example.com' });
  expect(await attempt(signIn)).toEqual({ ok: true, accountName: 'ada@example.com' });
  expect(await stored()).toEqual([signIn.integrationId]);
});

it('a refusal is repeated as it was', async () => {
  await attempt(await comeBack());
  const again = await comeBack();
  const refused = await attempt(again);
  expect(refused).toMatchObject({ ok: false, code: 'already_connected' });
  expect(await attempt(again)).toEqual(refused);
});

it('a wrong client secret is for the operator, who is told which, and not an answer that came too late', async () => {
  const oauth: ProviderAdapter['oauth'] = (environment) =>
    found.adapter.oauth?.({ ...environment, clientSecret: 'not-the-secret' }) as OAuthClient;
  const outcome = await attempt(await comeBack(), { oauth });
  expect(outcome).toMatchObject({ ok: false, code: 'authorization_failed' });
  expect(outcome).toHaveProperty('remedy', expect.stringMatching(/people who run Harmony/));
  expect(logged).toEqual([
    expect.stringMatching(/invalid_client.*GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET/),
  ]);
  expect(logged.join()).not.toMatch(/not-the-secret|code=/);
  expect(await stored()).toEqual([]);
});

it('a worker that comes back after its sign-in was given up stores nothing', async () => {
  const signIn = await comeBack();
  const frozen = freeze();
  const late = attempt(signIn, frozen.on);
  await frozen.reached;
  const answer = await attempt(signIn);
  expect(answer).toMatchObject({ ok: false, code: 'code_expired' });
  frozen.thaw();
  expect(await late).toEqual(answer);
  expect(await stored()).toEqual([]);
  expect(await findIntegration(database.db, signIn.integrationId)).toMatchObject({
    phase: 'connecting',
    accountId: null,
  });
});

it('of two sign-ins of one account that end at once, one is connected and the other is told so', async () => {
  const [first, second] = [await comeBack(), await comeBack()];
  const frozen = [freeze(), freeze()];
  const outcomes = [first, second].map((signIn, at) => attempt(signIn, frozen[at]?.on));
  await Promise.all(frozen.map(({ reached }) => reached));
  for (const { thaw } of frozen) thaw();
  const ends = (await Promise.all(outcomes)).map((end) => (end.ok ? 'connected' : end.code));
  expect(ends.sort()).toEqual(['already_connected', 'connected']);
  expect(await stored()).toHaveLength(1);
});

it('a sign-in that ends while Delete asks whether the grant is still needed keeps it', async () => {
  const { db } = database;
  const [old, next] = [await comeBack(), await comeBack()];
  await attempt(old);
  await db.update(integrations).set({ deletingAt: sql`now()` }).where(eq(integrations.id, old.integrationId));

  const { deleting } = await db.transaction(async (signIn) => {
    const frozen = freeze();
    const connecting = attempt(next, frozen.on, signIn);
    await frozen.reached;
    await signIn.execute(sql`lock table ${oauthAttempts} in access exclusive mode`);
    const deleting = new MockActivityEnvironment().run(createRevokeGrant(depsWith()), {
      integrationId: old.integrationId,
    });
    await untilBlocked(db);
    frozen.thaw();
    expect(await connecting).toMatchObject({ ok: true });
    return { deleting };
  });
  expect(await deleting).toEqual({ outcome: 'kept' });
  expect(await stored()).toEqual([next.integrationId]);
});

const revoke = ({ integrationId }: AuthorizeInput) =>
  new MockActivityEnvironment().run(createRevokeGrant(depsWith()), { integrationId });

it('Delete during the exchange waits for its end, and ends the grant that came of it', async () => {
  const signIn = await comeBack();
  const frozen = freeze();
  const connecting = attempt(signIn, frozen.on);
  await frozen.reached;
  await hideIntegration(database.db, signIn.integrationId, 'delete');
  expect(await revoke(signIn)).toEqual({ outcome: 'later' });
  frozen.thaw();
  await connecting;
  expect(await revoke(signIn)).toEqual({ outcome: 'revoked' });
  expect(await stored()).toEqual([]);
});

it('no code is exchanged once the integration is being deleted, and Delete waits for none', async () => {
  const signIn = await comeBack();
  await hideIntegration(database.db, signIn.integrationId, 'delete');
  const oauth = () => expect.fail('the provider was asked');
  await expect(attempt(signIn, { oauth })).rejects.toMatchObject({ type: 'IntegrationGone' });
  expect(await revoke(signIn)).toEqual({ outcome: 'nothing' });
});

it('an exchange that is cancelled on its way goes on, since its code may have become a grant', async () => {
  const signIn = await comeBack();
  const worker = new MockActivityEnvironment();
  const oauth: ProviderAdapter['oauth'] = (environment) => {
    const client = found.adapter.oauth?.(environment);
    if (client === undefined) throw new Error(`${provider} has no OAuth`);
    return {
      ...client,
      async exchange(code) {
        worker.cancel('CANCELLED');
        return await client.exchange(code);
      },
    };
  };
  const outcome = await worker.run(createAuthorize(depsWith({ oauth })), signIn);
  expect(outcome).toEqual({ ok: true, accountName: 'ada@example.com' });
  expect(await stored()).toEqual([signIn.integrationId]);
});
