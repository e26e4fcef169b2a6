/** The supervisor with real Postgres, Temporal and stand-ins; API and worker are small ones from dev/fixtures. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readProcessStart } from '../dev/process-identity.ts';
import type { Running } from '../dev/running-file.ts';
import { type Stack, startStack } from '../dev/stack.ts';

const entries = {
  api: 'dev/fixtures/api.ts',
  worker: 'dev/fixtures/worker.ts',
  setup: 'dev/fixtures/setup.ts',
};
const supervisorScript = join(import.meta.dirname, '..', 'dev', 'fixtures', 'supervisor.ts');

const ask = async <T extends readonly postgres.Row[]>(url: string, statement: string): Promise<T> => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    return (await sql.unsafe(statement)) as unknown as T;
  } finally {
    await sql.end();
  }
};

/** Starts a workflow that no worker takes; Temporal keeps it, or does not. */
const withTemporal = async <T>(address: string, work: (client: Client) => Promise<T>): Promise<T> => {
  const connection = await Connection.connect({ address });
  try {
    return await work(new Client({ connection }));
  } finally {
    await connection.close();
  }
};

const waitUntil = async (holds: () => boolean, timeoutMs = 30_000): Promise<void> => {
  const giveUpAt = Date.now() + timeoutMs;
  while (!holds()) {
    if (Date.now() > giveUpAt) throw new Error(`Not so after ${timeoutMs} ms: ${holds}`);
    await sleep(50);
  }
};

const newHome = () => join(mkdtempSync(join(tmpdir(), 'harmony-stack-')), 'home');
const livePids = (running: Running): number[] =>
  Object.values(running.pids).filter((pid): pid is number => pid !== null);
const readRunning = (home: string): Running => JSON.parse(readFileSync(join(home, 'running.json'), 'utf8'));

describe('a stack that runs', () => {
  const home = newHome();
  let stack: Stack;
  const said: string[] = [];
  const start = () =>
    startStack({
      home,
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        TEMPORAL_CLI_PATH: process.env.TEMPORAL_CLI_PATH,
      },
      randomPorts: true,
      durable: false,
      page: false,
      entries,
      report: (line) => said.push(line),
    });

  beforeAll(async () => {
    stack = await start();
  });
  afterAll(async () => {
    await stack.stop();
    rmSync(join(home, '..'), { recursive: true, force: true });
  });

  test('running.json names every address and process, for its owner alone', () => {
    expect(statSync(join(home, 'running.json')).mode & 0o777).toBe(0o600);
    const running = readRunning(home);
    expect(running).toEqual(stack.running);
    expect(Object.keys(running).sort()).toEqual(
      [
        ...['apiUrl', 'databaseUrl', 'pids', 'sandboxUrl', 'temporalAddress', 'temporalUiUrl', 'uiUrl'],
        ...['userId', 'workspaceKey'],
      ].sort(),
    );
    expect(new Set(livePids(running)).size).toBe(5);
  });

  test('the database is UTF-8, migrated, and on the loopback address only', async () => {
    const { databaseUrl } = stack.running;
    expect(await ask(databaseUrl, 'show server_encoding')).toMatchObject([{ server_encoding: 'UTF8' }]);
    expect(await ask(databaseUrl, 'show listen_addresses')).toMatchObject([
      { listen_addresses: '127.0.0.1' },
    ]);
    expect(await ask(databaseUrl, "select lower('É') as lower")).toMatchObject([{ lower: 'é' }]);
    const tables = await ask(databaseUrl, "select 1 from pg_tables where tablename = 'integrations'");
    expect(tables).toHaveLength(1);
  });

  test('Temporal knows our search attributes, and its UI answers', async () => {
    const known = await withTemporal(stack.running.temporalAddress, (client) =>
      client.connection.operatorService.listSearchAttributes({ namespace: 'default' }),
    );
    expect(Object.keys(known.customAttributes)).toEqual(
      expect.arrayContaining([
        'HarmonyWorkspaceId',
        'HarmonyIntegrationId',
        'HarmonyPhase',
        'HarmonyOperation',
      ]),
    );
    expect((await fetch(stack.running.temporalUiUrl as string)).status).toBe(200);
  });

  test.each(['worker', 'api', 'sandbox', 'temporal', 'postgres'] as const)(
    'a killed %s is started again, the others stay, and running.json says the new id',
    async (name) => {
      const before = structuredClone(stack.running.pids);
      await stack.kill(name);
      await stack.ready(name);
      const { pids } = readRunning(home);
      expect(pids[name]).not.toBe(before[name]);
      expect(readProcessStart(pids[name] as number)).toBeDefined();
      expect({ ...pids, [name]: 0 }).toEqual({ ...before, [name]: 0 });
    },
  );

  test('a second start with the same folder is refused and disturbs nothing', async () => {
    const before = livePids(stack.running);
    await expect(start()).rejects.toThrow('already runs');
    expect(livePids(stack.running)).toEqual(before);
    expect(existsSync(join(home, 'running.json'))).toBe(true);
  });

  test('stopping ends every process, and the next start has data, history, key and ports again', async () => {
    const first = structuredClone(stack.running);
    await ask(first.databaseUrl, 'create schema beside; create table beside.kept as select 42 as answer');
    await withTemporal(first.temporalAddress, (client) =>
      client.workflow.start('kept', { workflowId: 'kept', taskQueue: 'nobody' }),
    );
    await stack.stop();
    expect(existsSync(join(home, 'running.json'))).toBe(false);
    expect(livePids(first).map(readProcessStart)).toEqual(livePids(first).map(() => undefined));

    stack = await start();
    expect({ ...stack.running, pids: 0 }).toEqual({ ...first, pids: 0 });
    expect(await ask(stack.running.databaseUrl, 'select answer from beside.kept')).toMatchObject([
      { answer: 42 },
    ]);
    const description = await withTemporal(stack.running.temporalAddress, (client) =>
      client.workflow.getHandle('kept').describe(),
    );
    expect(description.status.name).toBe('RUNNING');
  });
});

describe('a supervisor that is killed', () => {
  const home = newHome();
  const children: ChildProcess[] = [];
  const startSupervisor = async (): Promise<{ child: ChildProcess; running: Running }> => {
    const child = spawn(process.execPath, [supervisorScript, home], { stdio: 'inherit' });
    children.push(child);
    await waitUntil(() => existsSync(join(home, 'running.json')) || child.exitCode !== null);
    return { child, running: readRunning(home) };
  };
  const stopSupervisor = async (child: ChildProcess): Promise<number | null> => {
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    return await ended;
  };

  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(join(home, '..'), { recursive: true, force: true });
  });

  test('its Node processes end with it; the next start ends the servers that stayed and keeps their data', async () => {
    const first = await startSupervisor();
    await ask(
      first.running.databaseUrl,
      'create schema beside; create table beside.kept as select 42 as answer',
    );
    const { api, worker, sandbox } = first.running.pids;
    first.child.kill('SIGKILL');
    await waitUntil(() =>
      [api, worker, sandbox].every((pid) => readProcessStart(pid as number) === undefined),
    );
    rmSync(join(home, 'running.json'));

    const second = await startSupervisor();
    expect(livePids(first.running).map(readProcessStart)).toEqual(
      livePids(first.running).map(() => undefined),
    );
    expect(await ask(second.running.databaseUrl, 'select answer from beside.kept')).toMatchObject([
      { answer: 42 },
    ]);
    expect(second.running.databaseUrl).toBe(first.running.databaseUrl);
    expect(await stopSupervisor(second.child)).toBe(0);
    expect(existsSync(join(home, 'running.json'))).toBe(false);
  });

  test('all killed at once, and a stale postmaster.pid that names a stranger, do not hinder the next start', async () => {
    const first = await startSupervisor();
    first.child.kill('SIGKILL');
    for (const pid of livePids(first.running)) process.kill(pid, 'SIGKILL');
    await waitUntil(() => livePids(first.running).every((pid) => readProcessStart(pid) === undefined));
    rmSync(join(home, 'running.json'));
    const pidFile = join(home, 'postgres', 'postmaster.pid');
    writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/^\d+/, String(process.pid)));

    const second = await startSupervisor();
    expect(await ask(second.running.databaseUrl, 'select answer from beside.kept')).toMatchObject([
      { answer: 42 },
    ]);
    expect(await stopSupervisor(second.child)).toBe(0);
  });
});
