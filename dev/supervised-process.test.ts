import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { waitForReadyMessage } from './node-process.ts';
import { readProcessStart } from './process-identity.ts';
import { type ProcessSpec, type SupervisedProcess, superviseProcess } from './supervised-process.ts';

let folder: string;
let said: string[];
let pids: number[];
const running: SupervisedProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'harmony-process-'));
  said = [];
  pids = [];
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop({ force: true })));
  rmSync(folder, { recursive: true });
});

const ready = `console.log(JSON.stringify({ msg: 'worker ready' }));`;
const stay = `setInterval(() => {}, 1000);`;

const supervise = (script: string, changes: Partial<ProcessSpec> = {}): SupervisedProcess => {
  const supervised = superviseProcess(
    {
      name: 'worker',
      command: { file: process.execPath, args: ['-e', script], env: process.env, channel: true },
      logFile: join(folder, 'worker.log'),
      waitUntilReady: waitForReadyMessage('worker ready'),
      readyTimeoutMs: 10_000,
      stopSignal: 'SIGTERM',
      stopTimeoutMs: 500,
      ...changes,
    },
    { onSpawn: (_, pid) => pids.push(pid), onExit: () => undefined, report: (line) => said.push(line) },
  );
  running.push(supervised);
  return supervised;
};

test('it is ready when its log says so, and its words stay in the log', async () => {
  const worker = supervise(`console.log('hello'); ${ready} ${stay}`);
  await worker.ready();
  expect(worker.pid).toBe(pids[0]);
  expect(readFileSync(join(folder, 'worker.log'), 'utf8')).toContain('hello');
});

test('it is ready when it sends the message', async () => {
  await supervise(`process.send('ready'); ${stay}`).ready();
});

test('a killed process is started again, and the person is told', async () => {
  const worker = supervise(ready + stay);
  await worker.ready();
  await worker.kill();
  await worker.ready();
  expect(pids).toHaveLength(2);
  expect(worker.pid).toBe(pids[1]);
  expect(said).toEqual(['worker ended by SIGKILL; starting it again.', 'worker is back.']);
});

test('one that dies before it was ever ready fails the start, with the end of its log', async () => {
  const worker = supervise(`console.error('no such table'); process.exit(3);`);
  await expect(worker.ready()).rejects.toThrow(/ended with code 3[\s\S]*no such table/);
});

test('one that is never ready fails after the time limit and leaves no process', async () => {
  const worker = supervise(stay, { readyTimeoutMs: 400 });
  await expect(worker.ready()).rejects.toThrow('not ready after 0.4 s');
  expect(readProcessStart(pids[0] as number)).toBeUndefined();
});

test('a program that does not exist fails the start by name', async () => {
  const missing = supervise('', { command: { file: join(folder, 'absent'), args: [], env: {} } });
  await expect(missing.ready()).rejects.toThrow('could not be started');
});

test('stopping asks first: the process ends by itself and is not started again', async () => {
  const worker = supervise(
    `process.on('SIGTERM', () => { console.log('bye'); process.exit(0); }); ${ready} ${stay}`,
  );
  await worker.ready();
  await worker.stop();
  await sleep(400);
  expect(pids).toHaveLength(1);
  expect(readFileSync(join(folder, 'worker.log'), 'utf8')).toContain('bye');
});

test('stopping one that does not listen is bounded in time', async () => {
  const worker = supervise(`process.on('SIGTERM', () => {}); ${ready} ${stay}`);
  await worker.ready();
  const startedAt = Date.now();
  await worker.stop();
  expect(Date.now() - startedAt).toBeLessThan(3_000);
  expect(readProcessStart(pids[0] as number)).toBeUndefined();
});
