// Remembers on disk which processes a supervisor started, so that the next one can end those that outlived it.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Home, readJsonIfPresent, writePrivateFile } from './home.ts';
import { readProcessStart, sendSignal } from './process-identity.ts';

interface ProcessRecord {
  pid: number;
  start: string;
  stopSignal: NodeJS.Signals;
}

export interface ProcessRecords {
  add(name: string, pid: number, stopSignal: NodeJS.Signals): void;
  remove(name: string): void;
}

const recordsFile = (home: Home) => home.path('processes.json');

export const openProcessRecords = (home: Home): ProcessRecords => {
  const records: Record<string, ProcessRecord> = {};
  const save = () => writePrivateFile(recordsFile(home), JSON.stringify(records, null, 2));
  return {
    add(name, pid, stopSignal) {
      const start = readProcessStart(pid);
      if (!start) return;
      records[name] = { pid, start, stopSignal };
      save();
    },
    remove(name) {
      delete records[name];
      save();
    },
  };
};

const endTimeoutMs = 15_000;
const killTimeoutMs = 10_000;
const pollMs = 20;

/** True while the very process that was recorded lives, false for another one with its number. */
const isAlive = (record: ProcessRecord): boolean => readProcessStart(record.pid) === record.start;

/** Asks a process to end, waits, then kills it; returns when it is gone. */
export const endProcess = async (
  pid: number,
  stopSignal: NodeJS.Signals,
  timeoutMs = endTimeoutMs,
): Promise<void> => {
  const start = readProcessStart(pid);
  if (!start) return;
  sendSignal(pid, stopSignal);
  const killAt = Date.now() + timeoutMs;
  const giveUpAt = killAt + killTimeoutMs;
  while (readProcessStart(pid) === start) {
    if (Date.now() > giveUpAt) throw new Error(`Process ${pid} does not end, not even by SIGKILL.`);
    if (Date.now() > killAt) sendSignal(pid, 'SIGKILL');
    await sleep(pollMs);
  }
};

/** Ends what the last supervisor left running; answers the names. Call it only while holding the home's lock. */
export const endLeftovers = async (home: Home): Promise<string[]> => {
  const records = readJsonIfPresent<Record<string, ProcessRecord>>(recordsFile(home)) ?? {};
  const alive = Object.entries(records).filter(([, record]) => isAlive(record));
  // The database last, as at an ordinary stop: what writes to it goes first.
  const isDatabase = ([name]: [string, ProcessRecord]) => name === 'postgres';
  const others = alive.filter((entry) => !isDatabase(entry));
  await Promise.all(others.map(([, record]) => endProcess(record.pid, record.stopSignal)));
  for (const [, record] of alive.filter(isDatabase)) await endProcess(record.pid, record.stopSignal);
  return alive.map(([name]) => name);
};
