/**
 * A stack that runs are played on one after the other, each as a person in a workspace of their own. It is made anew
 * after a failed run, whose folder is kept, and every so many runs, so that no run reads through much of the others'.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../ports.ts';
import { standaloneEnvironment } from '../settings.ts';
import { type Stack, startStack } from '../stack.ts';
import { type NumberedStep, runSchedule } from './run-schedule.ts';
import { openFaultWorld } from './world.ts';

export interface Played {
  /** What did not hold, in words; empty for a clean run. */
  readonly violations: readonly string[];
  /** Where the logs and Temporal's database of a failed run are. */
  readonly keptIn?: string;
}

export interface Arena {
  /** Throws when no stack can be started, or once `signal` is aborted. */
  play(seed: number, steps: readonly NumberedStep[]): Promise<Played>;
  close(): Promise<void>;
}

interface ArenaOptions {
  /** Hears of each step, with the seed of its run. */
  readonly tell: (seed: number, line: string) => void;
  readonly signal: AbortSignal;
}

const runsPerStack = 25;
const startAttempts = 3;

interface Ground {
  readonly home: string;
  readonly stack: Stack;
  runs: number;
}

export function openArena({ tell, signal }: ArenaOptions): Arena {
  const gaveUp = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  gaveUp.catch(() => undefined);
  let ground: Ground | undefined;

  const leave = async (keep: boolean): Promise<void> => {
    const left = ground;
    ground = undefined;
    await left?.stack.stop();
    if (left !== undefined && !keep) await rm(left.home, { recursive: true, force: true });
  };

  return {
    async play(seed, steps) {
      signal.throwIfAborted();
      if (ground !== undefined && ground.runs >= runsPerStack) await leave(false);
      ground ??= await startGround(seed, { tell, signal });
      ground.runs += 1;
      const { home, stack } = ground;
      const violations = await Promise.race([playOn({ home, stack }, seed, steps, tell), gaveUp]);
      if (violations.length === 0) return { violations };
      await leave(true);
      return { violations, keptIn: home };
    },
    close: () => leave(false),
  };
}

async function playOn(
  { home, stack }: Pick<Ground, 'home' | 'stack'>,
  seed: number,
  steps: readonly NumberedStep[],
  tell: ArenaOptions['tell'],
): Promise<readonly string[]> {
  const asViolation = (error: Error) => [`the run did not get to its end: ${error.message}`];
  const world = await openFaultWorld({ stack, home, seed }).catch(asViolation);
  if (Array.isArray(world)) return world;
  try {
    return await runSchedule(world, { seed, steps, tell: (line) => tell(seed, line) }).catch(asViolation);
  } finally {
    await world.close().catch(() => undefined);
  }
}

let lastStart: Promise<unknown> = Promise.resolve();

/** One at a time: two that look for free ports at the same moment find the same ones. */
function startGround(seed: number, options: ArenaOptions): Promise<Ground> {
  const started = lastStart.then(() => startPatiently(seed, options));
  lastStart = started.catch(() => undefined);
  return started;
}

/** A port that was free may be another program's by the time that a process listens on it. */
async function startPatiently(seed: number, { tell, signal }: ArenaOptions): Promise<Ground> {
  for (let attempt = 1; ; attempt += 1) {
    const home = await mkdtemp(join(tmpdir(), 'harmony-faults-'));
    const env = {
      ...standaloneEnvironment(process.env),
      HARMONY_RATE_LIMIT_PER_MINUTE: '60000',
      WORKER_METRICS_PORT: String(await findFreePort(new Set())),
    };
    try {
      const stack = await startStack({ home, env, randomPorts: true, durable: false, page: false, signal });
      return { home, stack, runs: 0 };
    } catch (error) {
      await rm(home, { recursive: true, force: true });
      if (signal.aborted || attempt === startAttempts) throw error;
      tell(seed, `The stack did not start, once more: ${(error as Error).message.slice(0, 300)}`);
    }
  }
}
