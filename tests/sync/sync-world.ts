/** The whole of Harmony on one real stack for one test file, driven from outside, with its database to look into. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { createDriver, type Driver, type RunView } from '../../dev/drive.ts';
import { type Stack, startStack } from '../../dev/stack.ts';
import { type Client, createClient } from '../api/client.ts';
import { eventually } from '../support/eventually.ts';

export interface WorldShape {
  readonly contacts?: number;
  readonly calendars?: number;
  readonly eventsPerCalendar?: number;
}

export interface LoggedCall {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

export interface SyncWorld {
  readonly stack: Stack;
  readonly home: string;
  readonly driver: Driver;
  /** The API as the first user calls it, whatever it answers. */
  readonly asUser: Client;
  readonly sql: postgres.Sql;
  /** A fresh world at the provider, without faults, pushes delivered, consent given at once. */
  reset(shape?: WorldShape): Promise<void>;
  /** Connects and waits for the first sync, which must have succeeded. */
  connect(provider: string): Promise<string>;
  /** Asks the API (retried while a killed part is away) until a run has ended; it need not have succeeded. */
  runEnded(integrationId: string, runId: string, timeoutMs?: number): Promise<RunView>;
  /** Starts a sync without waiting; returns the run's id. */
  startSync(integrationId: string, mode?: 'incremental' | 'full'): Promise<string>;
  /** Deletes all integrations and waits until no row of them is left. */
  removeAll(): Promise<void>;
  addFault(order: Record<string, unknown>): Promise<void>;
  /** The stand-in's request log since a moment, of the paths that begin so. */
  calls(sinceMs: number, pathPrefix: string): Promise<LoggedCall[]>;
  stop(): Promise<void>;
}

export const ada = '/google/ada@example.com';

/** `settings`: more of the environment. `prepare`: what is to lie in the stack's folder before it starts. */
export async function startSyncWorld(
  settings: Record<string, string> = {},
  prepare?: (home: string) => Promise<void>,
): Promise<SyncWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'harmony-sync-'));
  const home = join(folder, 'home');
  let stack: Stack;
  try {
    await prepare?.(home);
    const { PATH, HOME, TEMPORAL_CLI_PATH } = process.env;
    const cli = TEMPORAL_CLI_PATH === undefined ? {} : { TEMPORAL_CLI_PATH };
    const env = { PATH, HOME, ...cli, ...settings };
    stack = await startStack({ home, env, randomPorts: true, durable: false, page: false });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  const driver = createDriver(stack.running, 100_000);
  const { apiUrl, workspaceKey, userId } = stack.running;
  const asUser = createClient(apiUrl, { authorization: `Bearer ${workspaceKey}`, 'harmony-user': userId });
  const sql = postgres(stack.running.databaseUrl, { max: 4, onnotice: () => {} });

  const world: SyncWorld = {
    ...{ stack, home, driver, asUser, sql },
    async reset(shape = {}) {
      await driver.control('POST', '/reset', {
        ...{ seed: 5, contacts: 120, calendars: 3, eventsPerCalendar: 30 },
        ...shape,
      });
      await driver.control('POST', '/consent', { mode: 'allow' });
    },
    async connect(provider) {
      const id = await driver.connect(provider);
      const run = await driver.settled(id);
      if (run.status !== 'succeeded') throw new Error(`the first sync ended: ${JSON.stringify(run)}`);
      return id;
    },
    runEnded: (integrationId, runId, timeoutMs) =>
      eventually(
        () => driver.api<RunView>('GET', `/v1/integrations/${integrationId}/runs/${runId}`),
        (run) => run.status !== 'running',
        timeoutMs,
      ),
    async startSync(integrationId, mode = 'full') {
      const path = `/v1/integrations/${integrationId}/sync`;
      return (await driver.api<{ runId: string }>('POST', path, { mode })).runId;
    },
    async removeAll() {
      await driver.control('DELETE', '/faults');
      const rows = await sql<{ id: string }[]>`select id from integrations where deleting_at is null`;
      for (const { id } of rows) await driver.remove(id);
      await eventually(
        () => sql`select id from integrations`,
        (left) => left.length === 0,
      );
    },
    async addFault(order) {
      await driver.control('POST', '/faults', { provider: 'google', ...order });
    },
    async calls(sinceMs, pathPrefix) {
      const path = `/requests?provider=google&limit=100000&since=${sinceMs}`;
      const { data } = await driver.control<{ data: LoggedCall[] }>('GET', path);
      return data.filter((call) => call.path.startsWith(pathPrefix));
    },
    async stop() {
      await sql.end({ timeout: 5 });
      await stack.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return world;
}
