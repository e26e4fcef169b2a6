// HARMONY_HOME: where everything that outlives a run is kept, and the lock that gives it one supervisor at a time.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Home {
  readonly folder: string;
  readonly logs: string;
  path(...parts: string[]): string;
}

/** Creates the folder when missing. Others may pass through it (Postgres may run as another user) but not list it. */
export const openHome = (folder: string): Home => {
  const absolute = resolve(folder);
  const logs = join(absolute, 'logs');
  mkdirSync(absolute, { recursive: true, mode: 0o711 });
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  return { folder: absolute, logs, path: (...parts) => join(absolute, ...parts) };
};

/** Replaces a file in one step, readable by its owner only: a reader sees the old or the new text, never a half. */
export const writePrivateFile = (file: string, text: string): void => {
  const temporary = `${file}.${process.pid}.new`;
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, file);
};

export const readTextIfPresent = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

/** Undefined when the file is missing or was cut off; what it held is then made anew. */
export const readJsonIfPresent = <T>(file: string): T | undefined => {
  try {
    return JSON.parse(readTextIfPresent(file) ?? '') as T;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

/** A secret made on the first call and the same ever after. */
export const keepSecret = (home: Home, name: string, make: () => string): string => {
  const file = home.path(name);
  const kept = readTextIfPresent(file)?.trim();
  if (kept) return kept;
  const secret = make();
  writePrivateFile(file, `${secret}\n`);
  return secret;
};

export const makePassword = (): string => randomBytes(24).toString('base64url');

/** One entry of HARMONY_ENCRYPTION_KEYS: key id and 32 random bytes. */
export const makeEncryptionKeys = (): string => `local-1:${randomBytes(32).toString('base64')}`;

export interface HomeLock {
  /** Told to a second supervisor, which then waits instead of refusing at once. */
  announceStopping(): void;
  release(): void;
}

const refuseAfterMs = 1_500;
const waitForStoppingMs = 45_000;
const retryMs = 150;

/**
 * Takes the folder for this process. The lock is SQLite's lock on a file, which the system drops with the process,
 * so kill -9 leaves nothing stale behind.
 * @throws Error naming the holder when another supervisor keeps the folder.
 */
export const lockHome = async (home: Home, signal?: AbortSignal): Promise<HomeLock> => {
  const holderFile = home.path('supervisor.json');
  const startedAt = Date.now();
  for (;;) {
    signal?.throwIfAborted();
    const database = tryLock(home.path('supervisor.lock'));
    if (database) {
      const announce = (state: string) =>
        writePrivateFile(holderFile, JSON.stringify({ pid: process.pid, state }));
      announce('running');
      return {
        announceStopping: () => announce('stopping'),
        release: () => {
          if (!database.isOpen) return;
          rmSync(holderFile, { force: true });
          database.close();
        },
      };
    }
    const holder = readJsonIfPresent<{ pid: number; state: string }>(holderFile);
    const patienceMs = holder?.state === 'stopping' ? waitForStoppingMs : refuseAfterMs;
    if (Date.now() - startedAt > patienceMs) {
      throw new Error(
        `Harmony already runs from ${home.folder}${holder ? ` (process ${holder.pid})` : ''}. ` +
          'Use that one, stop it with Ctrl-C, or set HARMONY_HOME to another folder for a second one.',
      );
    }
    await sleep(retryMs);
  }
};

const sqliteBusy = 5;

const tryLock = (file: string): DatabaseSync | undefined => {
  const database = new DatabaseSync(file);
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === sqliteBusy) return undefined;
    throw error;
  }
};
