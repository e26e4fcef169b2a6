// Keeps one process running: starts it, waits until it answers, starts it again when it dies, stops it in bounded time.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLog, readLogTail } from './process-log.ts';

export interface Command {
  file: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  uid?: number | undefined;
  gid?: number | undefined;
  cwd?: string | undefined;
  /** A channel to the supervisor, for Node processes: its closing tells them that the supervisor is gone. */
  channel?: boolean | undefined;
}

/** What a readiness check gets to look at; `signal` aborts when the process ends or the time is over. */
export interface StartedProcess {
  child: ChildProcess;
  logFile: string;
  /** Where this process's own lines begin in the log. */
  logOffset: number;
  signal: AbortSignal;
}

export interface ProcessSpec {
  name: string;
  command: Command;
  logFile: string;
  /** Runs before every start, the first included. */
  prepare?: () => Promise<void>;
  waitUntilReady: (started: StartedProcess) => Promise<void>;
  readyTimeoutMs: number;
  stopSignal: NodeJS.Signals;
  stopTimeoutMs: number;
  /** How often the first start may fail before the run as a whole fails. */
  firstStartAttempts?: number;
}

export interface ProcessEvents {
  onSpawn(name: string, pid: number): void;
  onExit(name: string): void;
  /** A sentence for the person. */
  report(line: string): void;
}

export interface SupervisedProcess {
  readonly name: string;
  readonly pid: number | undefined;
  /** Resolves when the process of this moment, or the one that replaces it, is ready. */
  ready(): Promise<void>;
  /** SIGKILL, as an accident would; it is started again. Resolves when the process is gone. */
  kill(): Promise<void>;
  stop(options?: { force: boolean }): Promise<void>;
}

/** Quick at first, slow when it keeps dying; one that stayed ready for `calmMs` before it died counts afresh. */
export const restartPolicy = { firstDelayMs: 250, slowDelayMs: 15_000, calmMs: 3_000, tooMany: 6 } as const;

const describeExit = (child: ChildProcess) =>
  child.signalCode ? `by ${child.signalCode}` : `with code ${child.exitCode}`;

/** @throws Error (from `ready`) with the last log lines when the first start fails. */
export const superviseProcess = (spec: ProcessSpec, events: ProcessEvents): SupervisedProcess => {
  let child: ChildProcess | undefined;
  let gone: Promise<void> = Promise.resolve();
  let failures = 0;
  const stopping = new AbortController();

  const startOnce = async (): Promise<void> => {
    await spec.prepare?.();
    stopping.signal.throwIfAborted();
    const log = openLog(spec.logFile);
    const logOffset = fstatSync(log).size;
    const { file, args, channel, ...options } = spec.command;
    const started = spawn(file, args, {
      ...options,
      stdio: channel ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
      // Out of the terminal's group: Ctrl-C reaches only the supervisor, which then stops things in order.
      detached: true,
      windowsHide: true,
    });
    closeSync(log);
    const ended = new AbortController();
    child = started;
    gone = new Promise((resolve) => {
      const onGone = (reason: string) => {
        ended.abort(new Error(reason));
        if (child === started) child = undefined;
        events.onExit(spec.name);
        resolve();
      };
      started.once('error', (error) => onGone(`${spec.name} could not be started: ${error.message}`));
      started.once('exit', () => onGone(`${spec.name} ended ${describeExit(started)}`));
    });
    if (started.pid !== undefined) events.onSpawn(spec.name, started.pid);
    const timeLimit = new AbortController();
    const limitSeconds = spec.readyTimeoutMs / 1000;
    const timer = setTimeout(
      () => timeLimit.abort(new Error(`it was not ready after ${limitSeconds} s`)),
      spec.readyTimeoutMs,
    );
    const signal = AbortSignal.any([ended.signal, timeLimit.signal]);
    try {
      await spec.waitUntilReady({ child: started, logFile: spec.logFile, logOffset, signal });
    } catch (error) {
      clearTimeout(timer);
      started.kill('SIGKILL');
      await gone;
      const said = readLogTail(spec.logFile, logOffset);
      throw new Error(
        `${spec.name} was not ready: ${(error as Error).message}.
Its log, ${spec.logFile}, ends with:
${said || '(nothing)'}`,
        { cause: error },
      );
    }
    clearTimeout(timer);
    const readyAt = Date.now();
    void gone.then(() => {
      if (stopping.signal.aborted) return;
      if (Date.now() - readyAt > restartPolicy.calmMs) failures = 0;
      current = restart(describeExit(started));
      current.catch(() => undefined);
    });
  };

  const restart = async (exit: string): Promise<void> => {
    let lastExit = exit;
    for (;;) {
      failures += 1;
      const many = failures >= restartPolicy.tooMany;
      const delayMs = many ? restartPolicy.slowDelayMs : restartPolicy.firstDelayMs * 2 ** (failures - 1);
      events.report(
        many
          ? `${spec.name} ended ${failures} times in a row; next try in ${delayMs / 1000} s. Read ${spec.logFile}`
          : `${spec.name} ended ${lastExit}; starting it again.`,
      );
      await sleep(delayMs, undefined, { signal: stopping.signal });
      try {
        await startOnce();
        events.report(`${spec.name} is back.`);
        return;
      } catch (error) {
        stopping.signal.throwIfAborted();
        lastExit = `again (${(error as Error).message.split('\n')[0]})`;
      }
    }
  };

  const startFirst = async (): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await startOnce();
      } catch (error) {
        if (attempt >= (spec.firstStartAttempts ?? 1) || stopping.signal.aborted) throw error;
        await sleep(restartPolicy.firstDelayMs * attempt, undefined, { signal: stopping.signal });
      }
    }
  };

  let current = startFirst();
  current.catch(() => undefined);

  return {
    name: spec.name,
    get pid() {
      return child?.pid;
    },
    ready: () => current,
    async kill() {
      child?.kill('SIGKILL');
      await gone;
    },
    async stop({ force } = { force: false }) {
      stopping.abort(new Error('The stack is stopping'));
      child?.kill(force ? 'SIGKILL' : spec.stopSignal);
      const timer = setTimeout(() => child?.kill('SIGKILL'), spec.stopTimeoutMs);
      await gone;
      clearTimeout(timer);
      await current.catch(() => undefined);
    },
  };
};
