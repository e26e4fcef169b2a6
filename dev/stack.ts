/**
 * The whole of Harmony on one machine. `npm start`, the demo, the benchmarks and the system tests all run this.
 * Each part is a process of its own; what does not depend on each other starts side by side.
 */
import { join } from 'node:path';
import { lockHome, openHome } from './home.ts';
import { nodeService, projectFolder, waitForHttp, waitForReadyMessage } from './node-process.ts';
import { buildPage } from './page-build.ts';
import { preparePostgres } from './postgres.ts';
import { createProcessGroup } from './process-group.ts';
import { endLeftovers, openProcessRecords } from './process-records.ts';
import { type ProcessName, type Running, removeRunning, writeRunning } from './running-file.ts';
import { readSettings } from './settings.ts';
import { planStack, readOwnTemporal } from './stack-environment.ts';
import { migrateDatabase, type StackAccount, setUpAccount } from './stack-steps.ts';
import { subscribeToStandIns } from './stand-in-webhooks.ts';
import { findTemporalCli } from './temporal-cli.ts';
import { ensureSearchAttributes } from './temporal-search-attributes.ts';
import { prepareTemporal } from './temporal-server.ts';

/** The project's own files that are run, relative to its folder; tests put small ones here. */
const defaultEntries = {
  sandbox: 'sandbox/main.ts',
  migrate: 'db/migrate.ts',
  setup: 'api/setup.ts',
  worker: 'worker/main.ts',
  api: 'api/main.ts',
};
export type StackEntries = typeof defaultEntries;

export interface StackOptions {
  /** The folder for all state, made when missing. */
  home: string;
  /** What the person set. Default: the environment over `.env`. */
  env?: NodeJS.ProcessEnv;
  /** Free ports in place of the defaults, for tests that run beside anything. Default false. */
  randomPorts?: boolean;
  /** False for tests: Postgres then skips the flush to disk. Default true. */
  durable?: boolean;
  /** False leaves the page unbuilt, for runs that never open it. Default true. */
  page?: boolean;
  /** Gets one line per thing worth telling. Default: nothing is said. */
  report?: (line: string) => void;
  /** Aborting gives up a start; a stack that stands is ended by `stop`. */
  signal?: AbortSignal;
  entries?: Partial<StackEntries>;
}

export interface Stack {
  /** As in running.json; process ids are those of this moment. */
  readonly running: Running;
  /** Opens the page signed in, once. */
  readonly signInUrl: string;
  /** What API and worker got, for a test that starts one more of them. */
  readonly environment: NodeJS.ProcessEnv;
  /** Kills a process as an accident would (SIGKILL). It is started again; resolves when the old one is gone. */
  kill(name: ProcessName): Promise<void>;
  /** Resolves when the process, or the one that replaces a dead one, is ready. */
  ready(name: ProcessName): Promise<void>;
  /** Stops API, worker, sandbox, Temporal and Postgres in this order. `force` kills them. */
  stop(options?: { force: boolean }): Promise<void>;
}

/**
 * Starts everything and resolves when all of it is ready.
 * @throws Error with what failed, the end of its log and where that is; whatever had been started is stopped again.
 */
export const startStack = async (options: StackOptions): Promise<Stack> => {
  const { report = () => undefined, durable = true, randomPorts = false, page = true } = options;
  const home = openHome(options.home);
  const lock = await lockHome(home, options.signal);
  const givenUp = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, givenUp.signal]) : givenUp.signal;
  let running: Running | undefined;
  const publish = () => {
    if (!running) return;
    running.pids = group.pids();
    writeRunning(home, running);
  };
  const group = createProcessGroup({ records: openProcessRecords(home), report, onSpawn: publish });

  const stop = async ({ force } = { force: false }) => {
    givenUp.abort(new Error('The stack is stopping.'));
    running = undefined;
    lock.announceStopping();
    await group.stopAll(force);
    removeRunning(home);
    lock.release();
  };

  /** Says how long a part took to be ready, when it is. */
  const timed = async <T>(label: string, work: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    const result = await work();
    report(`${label} ready in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
    return result;
  };

  const startParts = async () => {
    removeRunning(home);
    const leftovers = await endLeftovers(home);
    if (leftovers.length > 0) report(`Ended what the last run had left behind: ${leftovers.join(', ')}.`);
    const env = options.env ?? readSettings(projectFolder, process.env);
    const { shape, ports, notes, publicUrl, sandboxUrl, environment } = await planStack(
      home,
      env,
      randomPorts,
    );
    for (const note of notes) report(note);
    const entry = (name: keyof StackEntries) =>
      join(projectFolder, options.entries?.[name] ?? defaultEntries[name]);

    const startDatabase = async (): Promise<string> => {
      if (!shape.postgres) return env.DATABASE_URL as string;
      const server = await preparePostgres({ home, port: ports.POSTGRES_PORT, report, durable, signal });
      await group.launch(server.spec);
      return server.databaseUrl;
    };
    const startTemporal = async () => {
      if (!shape.temporal) {
        const own = readOwnTemporal(env);
        await ensureSearchAttributes(env).catch((error: Error) =>
          report(
            `Search attributes were not registered on ${own.environment.TEMPORAL_ADDRESS}: ${error.message}`,
          ),
        );
        return own;
      }
      const cli = await findTemporalCli({ env, report });
      const server = prepareTemporal({
        home,
        cli,
        port: ports.TEMPORAL_PORT,
        uiPort: ports.TEMPORAL_UI_PORT,
      });
      await group.launch(server.spec);
      return server;
    };
    const startSandbox = async (): Promise<void> => {
      if (!shape.sandbox) return;
      const spec = nodeService({
        home,
        name: 'sandbox',
        entry: entry('sandbox'),
        env: {
          ...environment,
          SANDBOX_PORT: String(ports.SANDBOX_PORT),
          SANDBOX_STATE_DIR: home.path('sandbox'),
        },
        waitUntilReady: waitForHttp(`${sandboxUrl}/_control/accounts`),
        stopTimeoutMs: 5_000,
      });
      await timed('Stand-in providers', () => group.launch(spec));
    };
    const startPage = async (): Promise<void> => {
      if (!page) return;
      const outcome = await timed('Page', () => buildPage(home, env, signal));
      if (outcome === 'no page') report('There is no web/index.html, so no page is served.');
    };
    const migrated = timed('Database', async () => {
      const databaseUrl = await startDatabase();
      await migrateDatabase({
        home,
        entry: entry('migrate'),
        env: { ...environment, DATABASE_URL: databaseUrl },
        signal,
      });
      return databaseUrl;
    });
    const temporalReady = timed('Temporal', startTemporal);
    const account = migrated.then((databaseUrl): Promise<StackAccount> => {
      const setupEnv = { ...environment, DATABASE_URL: databaseUrl };
      return setUpAccount({ home, entry: entry('setup'), env: setupEnv, signal });
    });

    const startServices = async () => {
      const [databaseUrl, temporal] = await Promise.all([migrated, temporalReady]);
      const serviceEnv: NodeJS.ProcessEnv = {
        ...environment,
        ...temporal.environment,
        DATABASE_URL: databaseUrl,
        ...(temporal.uiUrl ? { TEMPORAL_UI_URL: temporal.uiUrl } : {}),
      };
      const worker = nodeService({
        home,
        name: 'worker',
        entry: entry('worker'),
        env: serviceEnv,
        waitUntilReady: waitForReadyMessage('worker ready'),
        stopTimeoutMs: 10_000,
        limitHeap: true,
      });
      const api = nodeService({
        home,
        name: 'api',
        entry: entry('api'),
        env: serviceEnv,
        waitUntilReady: waitForHttp(`http://localhost:${ports.PORT}/readyz`),
        stopTimeoutMs: 5_000,
        limitHeap: true,
      });
      await Promise.all([timed('Worker', () => group.launch(worker)), timed('API', () => group.launch(api))]);
      return { databaseUrl, temporal, serviceEnv };
    };
    const [services, { workspaceKey, userId, signInUrl }] = await Promise.all([
      startServices(),
      account,
      startSandbox(),
      startPage(),
    ]);
    const apiUrl = `http://localhost:${ports.PORT}`;
    if (shape.sandbox && sandboxUrl) {
      await subscribeToStandIns({ sandboxUrl, apiUrl }).catch((error: Error) =>
        report(`The stand-ins will not push, changes come with the periodic sync: ${error.message}`),
      );
    }
    running = {
      apiUrl,
      uiUrl: publicUrl,
      temporalAddress: services.temporal.environment.TEMPORAL_ADDRESS,
      temporalUiUrl: services.temporal.uiUrl,
      databaseUrl: services.databaseUrl,
      sandboxUrl,
      workspaceKey,
      userId,
      pids: group.pids(),
    };
    publish();
    return { running, signInUrl, environment: services.serviceEnv };
  };

  try {
    const abandoned = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    const started = await Promise.race([startParts(), abandoned]);
    return {
      ...started,
      stop,
      kill: (name) => group.get(name).kill(),
      ready: (name) => group.get(name).ready(),
    };
  } catch (error) {
    await stop();
    throw error;
  }
};
