import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Home, openHome } from './home.ts';
import { readProcessCommand, readProcessStart } from './process-identity.ts';
import { endLeftovers, endProcess, openProcessRecords } from './process-records.ts';

let home: Home;
const children: ChildProcess[] = [];

beforeEach(() => {
  home = openHome(mkdtempSync(join(tmpdir(), 'harmony-records-')));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(home.folder, { recursive: true });
});

const startSleeper = async (script = 'setInterval(() => {}, 1000)'): Promise<number> => {
  const child = spawn(process.execPath, ['-e', `${script}; console.log('up')`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return child.pid as number;
};

test('a recorded process that outlived its supervisor is ended', async () => {
  const pid = await startSleeper();
  openProcessRecords(home).add('temporal', pid, 'SIGTERM');
  expect(await endLeftovers(home)).toEqual(['temporal']);
  expect(readProcessStart(pid)).toBeUndefined();
});

test("a stranger's process that got a recorded number is left alone", async () => {
  const pid = await startSleeper();
  const record = { temporal: { pid, start: 'another boot:1', stopSignal: 'SIGKILL' } };
  writeFileSync(home.path('processes.json'), JSON.stringify(record));
  expect(await endLeftovers(home)).toEqual([]);
  expect(readProcessStart(pid)).toBeDefined();
});

test('a process that was stopped in order is not looked for again', async () => {
  const pid = await startSleeper();
  const records = openProcessRecords(home);
  records.add('api', pid, 'SIGTERM');
  records.remove('api');
  expect(await endLeftovers(home)).toEqual([]);
});

test('one that ignores the request is killed after the time limit', async () => {
  const pid = await startSleeper(`process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)`);
  await endProcess(pid, 'SIGTERM', 200);
  expect(readProcessStart(pid)).toBeUndefined();
});

test('the command line tells what a process is; a number that nobody has reads as gone', async () => {
  expect(readProcessCommand(await startSleeper())).toContain('setInterval');
  expect(readProcessStart(2 ** 22 + 1)).toBeUndefined();
});
