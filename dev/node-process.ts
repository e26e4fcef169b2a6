// How the project's own processes (sandbox, worker, API) and one-shot steps (migrations, first set-up) are run.
import { spawn } from 'node:child_process';
import { closeSync, fstatSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Home } from './home.ts';
import { probeUntilReady } from './probe.ts';
import { openLog, readLogTail, waitForLogLine } from './process-log.ts';
import type { Command, ProcessSpec, StartedProcess } from './supervised-process.ts';

export const projectFolder = join(import.meta.dirname, '..');

const preloaded = ['exit-with-parent.mjs', 'quick-imports.mjs'].flatMap((file) => [
  '--import',
  pathToFileURL(join(import.meta.dirname, file)).href,
]);
const probeTimeoutMs = 3_000;

/** Compiled modules, types already stripped: a later start reads them instead of compiling again. */
const compileCache = join(projectFolder, 'node_modules', '.cache', 'harmony', 'compiled');

/**
 * Left alone, V8 collects so late that importing the modules alone takes 400 MB, of which 28 MB live. With these limits
 * it collects in time; the Dockerfile has the same.
 */
const heapLimits = ['--max-old-space-size=256', '--max-semi-space-size=16'];

/** Runs a TypeScript file on this very Node; the process ends when we do. */
export const nodeCommand = (entry: string, env: NodeJS.ProcessEnv): Command => ({
  file: process.execPath,
  args: [...preloaded, entry],
  env: { NODE_COMPILE_CACHE: compileCache, ...env },
  cwd: projectFolder,
  channel: true,
});

/** Ready when the address answers 2xx. */
export const waitForHttp =
  (url: string) =>
  ({ signal }: StartedProcess): Promise<void> =>
    probeUntilReady(signal, async () => {
      const answer = await fetch(url, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(probeTimeoutMs)]),
      });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
    });

const saysReady = (message: string) => (line: string) => {
  if (!line.includes(message)) return false;
  try {
    return (JSON.parse(line) as { msg?: string }).msg === message;
  } catch {
    return false;
  }
};

/** Ready when the process sends the message 'ready' or logs a JSON line whose `msg` is this text. */
export const waitForReadyMessage =
  (message: string) =>
  async ({ child, logFile, logOffset, signal }: StartedProcess): Promise<void> => {
    const sent = new Promise<void>((resolve) => {
      child.on('message', (received) => {
        if (received === 'ready') resolve();
      });
    });
    await Promise.race([sent, waitForLogLine(logFile, logOffset, saysReady(message), signal)]);
  };

export interface NodeServiceOptions {
  home: Home;
  name: string;
  entry: string;
  env: NodeJS.ProcessEnv;
  waitUntilReady: ProcessSpec['waitUntilReady'];
  stopTimeoutMs: number;
  /** Keeps the process small; for the stand-ins it is off, since a large world needs its room. */
  limitHeap?: boolean;
}

export const nodeService = (options: NodeServiceOptions): ProcessSpec => ({
  name: options.name,
  command: limited(nodeCommand(options.entry, options.env), options.limitHeap === true),
  logFile: join(options.home.logs, `${options.name}.log`),
  waitUntilReady: options.waitUntilReady,
  readyTimeoutMs: 120_000,
  stopSignal: 'SIGTERM',
  stopTimeoutMs: options.stopTimeoutMs,
});

const limited = (command: Command, limitHeap: boolean): Command =>
  limitHeap ? { ...command, args: [...heapLimits, ...command.args] } : command;

export interface StepOptions {
  home: Home;
  name: string;
  command: Command;
  timeoutMs: number;
  signal: AbortSignal;
}

/**
 * Runs a process to its end and answers what it wrote to stdout; stderr goes to its log.
 * @throws Error with the last log lines when it ends with anything but 0.
 */
export const runStep = async ({ home, name, command, timeoutMs, signal }: StepOptions): Promise<string> => {
  const logFile = join(home.logs, `${name}.log`);
  const log = openLog(logFile);
  const logOffset = fstatSync(log).size;
  const { file, args, channel, ...options } = command;
  const child = spawn(file, args, {
    ...options,
    stdio: channel ? ['ignore', 'pipe', log, 'ipc'] : ['ignore', 'pipe', log],
    detached: true,
    windowsHide: true,
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });
  closeSync(log);
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) {
    const said = readLogTail(logFile, logOffset) || output.trim() || '(nothing)';
    throw new Error(`${name} failed with code ${code}.\nIts log, ${logFile}, ends with:\n${said}`);
  }
  return output;
};
