/** The API on a free port with a database of its own, two tenants in it, and (where asked) Temporal, workers and stand-ins. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Client } from '@temporalio/client';
import { createActivities } from '../../activities/index.ts';
import { createApp } from '../../api/app.ts';
import { createArbiterClient } from '../../api/arbiter-client.ts';
import type { ApiDeps } from '../../api/deps.ts';
import { createEventsHub } from '../../api/events-hub.ts';
import { createHttpServer, listenBacklog } from '../../api/http-server.ts';
import { createMetrics } from '../../api/middleware/metrics.ts';
import { routes } from '../../api/routes/index.ts';
import { readApiSettings } from '../../api/settings.ts';
import { newSecret } from '../../db/ids.ts';
import { ensureUser, ensureWorkspace, ensureWorkspaceKey } from '../../db/queries/identity.ts';
import { createSealer } from '../../db/sealing.ts';
import { readConfig } from '../../platform/config.ts';
import { createLogger } from '../../platform/logger.ts';
import { readProviderEnvironments } from '../../providers/environment.ts';
import { adapters } from '../../providers/registry.ts';
import { providerModules } from '../../sandbox/providers.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { findProvider } from '../../worker/find-provider.ts';
import { startWorkers } from '../../worker/workers.ts';
import { prepareWorkflowBundle } from '../../worker/workflow-bundle.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { startTemporal } from '../support/temporal.ts';
import { createClient, type Client as HttpClient } from './client.ts';

export interface Tenant {
  readonly workspaceId: string;
  readonly key: string;
  readonly userId: string;
  readonly otherUserId: string;
  /** Acts as `userId`. */
  readonly asUser: HttpClient;
  /** The workspace key alone. */
  readonly asWorkspace: HttpClient;
}

export interface ApiWorld {
  readonly url: string;
  readonly database: TestDatabase;
  readonly deps: ApiDeps;
  readonly sandboxUrl: string;
  /** Absent with parts `api`. */
  readonly temporal: Client | undefined;
  /** Refuses connections with parts `api`. */
  readonly temporalAddress: string;
  readonly ada: Tenant;
  /** Another workspace. */
  readonly eve: Tenant;
  /** Without credentials. */
  readonly stranger: HttpClient;
  close(): Promise<void>;
}

export interface WorldOptions {
  /** `whole`: Temporal, workers and stand-ins. `api`: nothing answers where Temporal should be. */
  readonly parts: 'api' | 'whole';
  readonly env?: Readonly<Record<string, string>>;
  /** Replaces parts of what the routes work with. */
  readonly deps?: Partial<ApiDeps>;
}

/** A port that refuses: discard, which nothing listens on. */
const nowhere = '127.0.0.1:9';

export async function openApiWorld(options: WorldOptions): Promise<ApiWorld> {
  const closers: (() => unknown)[] = [];
  const database = await createTestDatabase();
  const server = createHttpServer().listen({ port: 0, host: '127.0.0.1', backlog: listenBacklog });
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const whole = options.parts === 'whole';
  const sandbox = whole ? await startSandbox({ port: 0, modules: providerModules }) : undefined;
  const sandboxUrl = sandbox?.url ?? 'http://127.0.0.1:9';
  const temporal = whole ? await startTemporal() : undefined;
  const env = {
    DATABASE_URL: database.url,
    HARMONY_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    HARMONY_PUBLIC_URL: url,
    SANDBOX_URL: sandboxUrl,
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'silent',
    ...options.env,
  };
  const config = readConfig(env);
  const logger = createLogger('test', config.logLevel);
  const sealer = createSealer(config.encryptionKeys);
  const environments = readProviderEnvironments(env);
  const temporalAddress = temporal?.address ?? nowhere;
  const arbiter = createArbiterClient({
    connection: { address: temporalAddress },
    namespace: 'default',
  });
  const events = createEventsHub(database.sql, logger);
  const deps: ApiDeps = {
    config,
    settings: readApiSettings(env),
    logger,
    db: database.db,
    within: database.within,
    sealer,
    catalogue: { adapters, environments },
    arbiter,
    events,
    metrics: createMetrics(database.db, logger),
    ...options.deps,
  };
  server.on('request', createApp(deps, routes));

  if (temporal !== undefined && sandbox !== undefined) {
    const workers = await startWorkers({
      connection: temporal.nativeConnection,
      namespace: 'default',
      workflowBundle: await prepareWorkflowBundle(),
      activities: createActivities({
        db: database.db,
        sealer,
        logger,
        provider: findProvider(environments),
        publicUrl: url,
        temporal: temporal.client,
      }),
    });
    closers.push(async () => {
      workers.shutdown();
      await workers.run;
    });
    closers.push(() => arbiter.close());
    closers.push(() => temporal.teardown());
    closers.push(() => sandbox.close());
  } else closers.push(() => arbiter.close());

  return {
    url,
    database,
    deps,
    sandboxUrl,
    temporal: temporal?.client,
    temporalAddress,
    ada: await createTenant(database, url, 'Harmony'),
    eve: await createTenant(database, url, 'Elsewhere'),
    stranger: createClient(url, {}),
    async close() {
      events.endStreams();
      server.closeAllConnections();
      server.close();
      for (const closer of closers) await closer();
      await events.close();
      await database.close();
    },
  };
}

async function createTenant({ db }: TestDatabase, url: string, name: string): Promise<Tenant> {
  const workspaceId = await ensureWorkspace(db, name);
  const key = newSecret('hk');
  await ensureWorkspaceKey(db, { workspaceId, key, name: 'test' });
  const userId = await ensureUser(db, { workspaceId, name: 'Ada Lovelace', email: 'ada@example.com' });
  const otherUserId = await ensureUser(db, { workspaceId, name: 'Grace Hopper', email: 'grace@example.com' });
  const authorization = `Bearer ${key}`;
  return {
    ...{ workspaceId, key, userId, otherUserId },
    asUser: createClient(url, { authorization, 'harmony-user': userId }),
    asWorkspace: createClient(url, { authorization }),
  };
}
