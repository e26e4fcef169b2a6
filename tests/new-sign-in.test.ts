/** A new key or sign-in that meets a run which fails with the former one: whichever comes first, the new one counts. */
import type { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { openProviderAccess } from '../activities/access/provider-access.ts';
import type { FailureNote } from '../activities/attention.ts';
import type { ActivityDeps } from '../activities/deps.ts';
import { type FailureDetails, toFailure } from '../activities/failure.ts';
import { createNoteCheckFailure } from '../activities/sync/check-for-changes.ts';
import { createFinishRun, type FinishRunInput } from '../activities/sync/finish-run.ts';
import { newId } from '../db/ids.ts';
import { storeCredential } from '../db/queries/credentials.ts';
import { findIntegration } from '../db/queries/integrations.ts';
import { integrations, runs } from '../db/schema/index.ts';
import { readProviderEnvironments } from '../providers/environment.ts';
import { adapters } from '../providers/registry.ts';
import { providerModules } from '../sandbox/providers.ts';
import { type RunningSandbox, startSandbox } from '../sandbox/server.ts';
import { findProvider } from '../worker/find-provider.ts';
import { type ApiWorld, openApiWorld } from './api/world.ts';
import { type Control, openControl } from './providers/control.ts';
import { untilBlocked } from './support/until-blocked.ts';

const organization = '/linear/northwind';
let sandbox: RunningSandbox;
let world: ApiWorld;
let control: Control;
let found: ReturnType<ActivityDeps['provider']>;
let deps: ActivityDeps;
let id: string;
let runId: string;
/** Where the API asks whose account a key is. */
let onTry: () => Promise<void>;

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, modules: providerModules });
  control = openControl(sandbox.url);
  const environments = readProviderEnvironments({ SANDBOX_URL: sandbox.url });
  found = findProvider(environments)('linear');
  const slow = adapters.map((adapter) => ({
    ...adapter,
    openSession: (...given: Parameters<typeof adapter.openSession>) => {
      const session = adapter.openSession(...given);
      const whoAmI = async (signal: AbortSignal) => {
        await onTry();
        return session.whoAmI(signal);
      };
      return { ...session, whoAmI };
    },
  }));
  world = await openApiWorld({ parts: 'api', deps: { catalogue: { adapters: slow, environments } } });
  const { db, sealer, logger } = world.deps;
  deps = { db, sealer, logger, provider: () => found } as unknown as ActivityDeps;
});
afterAll(async () => {
  await world?.close();
  await sandbox?.close();
});
beforeEach(async () => {
  onTry = async () => {};
  const { db } = world.database;
  await db.delete(integrations);
  [id, runId] = [newId('int'), newId('run')];
  const { workspaceId, userId } = world.ada;
  const first = await makeKey();
  const session = found.adapter.openSession(
    { accessToken: first.key, authKind: 'api_key' },
    found.environment,
  );
  const account = await session.whoAmI(AbortSignal.timeout(10_000));
  await db.insert(integrations).values({
    ...{ id, workspaceId, userId, provider: 'linear', authKind: 'api_key', phase: 'active' },
    ...{ accountId: account?.id, accountName: account?.name },
  });
  await db.insert(runs).values({
    ...{ id: runId, integrationId: id, operationId: newId('op'), mode: 'full', trigger: 'manual' },
    workflowId: runId,
  });
  await store(first.key);
  await control.send('DELETE', `${organization}/api-keys/${first.id}`);
});

const makeKey = () =>
  control.send<{ id: string; key: string }>('POST', `${organization}/api-keys`, { label: 'new' });
const store = (key: string, db: Parameters<typeof storeCredential>[0] = world.database.db) =>
  storeCredential(db, world.deps.sealer, {
    integrationId: id,
    grantKey: 'linear:northwind',
    tokens: { accessToken: key },
  });
const put = async () =>
  world.ada.asUser.put(`/v1/integrations/${id}/api-key`, { body: { apiKey: (await makeKey()).key } });

/** How a call with the stored key fails, as a workflow hears of it. */
async function useKey(): Promise<FailureNote> {
  const call = async () => {
    const access = await openProviderAccess(deps, id);
    await access.call((session) => session.whoAmI(AbortSignal.timeout(10_000)));
  };
  const failure = await call().then(
    () => expect.fail('the key was taken'),
    (error: unknown) => toFailure(error) as ApplicationFailure,
  );
  return { type: String(failure.type), ...(failure.details?.[0] as FailureDetails | undefined) };
}

const finish = (failure: FailureNote) => {
  const input: FinishRunInput = {
    ...{ integrationId: id, runId, trigger: 'manual', status: 'failed', failure, failuresInARow: 0 },
  };
  return new MockActivityEnvironment().run(createFinishRun(deps), input);
};
const noteCheck = (failure: FailureNote) =>
  new MockActivityEnvironment().run(createNoteCheckFailure(deps), {
    ...{ integrationId: id, provider: 'linear', failure, failuresInARow: 0 },
  });
const card = () => findIntegration(world.database.db, id);
const runError = async () =>
  (await world.database.db.select().from(runs).where(eq(runs.id, runId)))[0]?.error?.code;

const signedIn = { phase: 'active', attention: null, nextSyncAt: expect.any(String) };

it('asks for a new key after a run or a check that failed with the one that is stored', async () => {
  const failure = await useKey();
  expect(failure).toMatchObject({ type: 'ReauthRequired', credentialVersion: 1 });
  expect(await finish(failure)).toMatchObject({ needsSignIn: true, nextCheckAtMs: null });
  const signedOut = { phase: 'needs_reauth', attention: { code: 'reauth_required' }, nextSyncAt: null };
  expect(await card()).toMatchObject(signedOut);
  expect(await runError()).toBe('reauth_required');
  expect(await noteCheck(failure)).toMatchObject({ needsSignIn: true, nextCheckAtMs: null });
  expect(await card()).toMatchObject(signedOut);
});

it('asks for nothing after a run or a check that failed with a key which was replaced meanwhile', async () => {
  const failure = await useKey();
  expect((await put()).status).toBe(200);
  expect(await finish(failure)).toMatchObject({ needsSignIn: false, nextCheckAtMs: expect.any(Number) });
  expect(await card()).toMatchObject(signedIn);
  expect(await runError()).toBe('sign_in_replaced');
  expect(await noteCheck(failure)).toMatchObject({ needsSignIn: false, nextCheckAtMs: expect.any(Number) });
  expect(await card()).toMatchObject(signedIn);
});

it('waits for a key that is being stored, and goes by that', async () => {
  const { db } = world.database;
  const failure = await useKey();
  const { key } = await makeKey();
  const { finishing } = await db.transaction(async (tx) => {
    await store(key, tx);
    const finishing = finish(failure);
    await untilBlocked(db);
    return { finishing };
  });
  expect(await finishing).toMatchObject({ needsSignIn: false });
  expect(await card()).toMatchObject(signedIn);
});

it('is active with a new key, also where a run failed with the old one while that was tried', async () => {
  const failure = await useKey();
  const [reached, tried] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  onTry = () => {
    reached.resolve();
    return tried.promise;
  };
  const replacing = put();
  await reached.promise;
  await finish(failure);
  expect(await card()).toMatchObject({ phase: 'needs_reauth' });
  tried.resolve();
  expect((await replacing).body).toMatchObject({ phase: 'active' });
  expect(await card()).toMatchObject({ phase: 'active', attention: null });
});
