/** One PostgreSQL for a whole `system` run, with a migrated template that each test file clones. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { migrateDatabase } from '../../db/migrate.ts';
import { createCluster, findPostgresBinaries, postgresEnvironment } from '../../dev/postgres-cluster.ts';
import { choosePostgresIdentity } from '../../dev/postgres-identity.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** postgres:// of the maintenance database. */
    postgresUrl: string;
    /** Its UNIX socket, for those to whom each round trip counts. */
    postgresSocket: string;
  }
}

export const templateName = 'harmony_template';
const password = 'test';
const readyTimeoutMs = 30_000;

/** Nothing here has to outlive the run, so nothing is flushed to disk. */
const careless = [
  'fsync=off',
  'full_page_writes=off',
  'synchronous_commit=off',
  'wal_level=minimal',
  'max_wal_senders=0',
  'max_connections=200',
  'jit=off',
];

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'harmony-test-'));
  const cluster = join(folder, 'postgres');
  const binaries = await findPostgresBinaries();
  const identity = choosePostgresIdentity([dirname(binaries.postgres), folder], cluster);
  await createCluster({
    cluster,
    user: 'harmony',
    password,
    initdb: binaries.initdb,
    identity,
    durable: false,
  });
  const port = await findFreePort();
  const where = ['listen_addresses=127.0.0.1', `unix_socket_directories=${cluster}`];
  const settings = [...careless, ...where, 'timezone=UTC'];
  const { file, args, ...options } = identity.apply({
    file: binaries.postgres,
    args: ['-D', cluster, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    env: postgresEnvironment,
  });
  const server = spawn(file, args, { ...options, stdio: 'ignore' });
  const url = (database: string) => `postgres://harmony:${password}@127.0.0.1:${port}/${database}`;
  await waitUntilReady(url('postgres'));
  const sql = postgres(url('postgres'), { max: 1, onnotice: () => {} });
  await sql`create database ${sql(templateName)}`;
  await sql.end();
  await migrateDatabase(url(templateName));
  project.provide('postgresUrl', url('postgres'));
  project.provide('postgresSocket', join(cluster, `.s.PGSQL.${port}`));
  return async () => {
    const exited = once(server, 'exit');
    server.kill('SIGINT');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
}

async function waitUntilReady(url: string): Promise<void> {
  const deadline = Date.now() + readyTimeoutMs;
  for (;;) {
    const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => {} });
    try {
      await sql`select 1`;
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(50);
    } finally {
      await sql.end({ timeout: 1 }).catch(() => undefined);
    }
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (typeof address !== 'object' || address === null) throw new Error('no free port');
  return address.port;
}
