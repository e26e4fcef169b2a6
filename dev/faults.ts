/**
 * `npm run faults -- --runs N --seed S [--minutes M] [--steps N] [--only 0,3,5-9] [--shrink]`: the real processes through
 * seeded schedules of user actions, provider faults, kills and pauses, and then every invariant (docs/reliability.md).
 * Run i has the seed S + i. A failing one prints the command that plays its steps again in the same order; `--shrink`
 * then looks for fewer steps that still fail. It uses a stack of its own in a temporary folder, on free ports.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pc from 'picocolors';
import { type NumberedStep, runSchedule } from './faults/run-schedule.ts';
import { makeSchedule, readStepNumbers, writeStepNumbers } from './faults/schedule.ts';
import { shrinkSteps } from './faults/shrink-steps.ts';
import { openFaultWorld } from './faults/world.ts';
import { findFreePort } from './ports.ts';
import { standaloneEnvironment } from './settings.ts';
import { type Stack, startStack } from './stack.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    minutes: { type: 'string' },
    steps: { type: 'string', default: '40' },
    only: { type: 'string' },
    shrink: { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
  },
});

const readCount = (name: 'runs' | 'seed' | 'minutes' | 'steps'): number => {
  const count = Number(values[name] ?? Number.POSITIVE_INFINITY);
  if (count >= 0) return count;
  console.error(`--${name} is a number, not "${values[name]}".`);
  process.exit(2);
};
const [runs, firstSeed, minutes, length] = [
  readCount('runs'),
  readCount('seed'),
  readCount('minutes'),
  readCount('steps'),
];
const only = values.only === undefined ? undefined : readStepNumbers(values.only);
const deadline = Date.now() + minutes * 60_000;
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => interrupted.abort(new Error('The fault runs were interrupted.')));
}

const startAttempts = 3;

/** A port that was free may be another program's by the time that a process listens on it. */
async function startPatiently(options: Parameters<typeof startStack>[0]): Promise<Stack> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startStack(options);
    } catch (error) {
      if (interrupted.signal.aborted || attempt === startAttempts) throw error;
      console.log(`  The stack did not start, once more: ${(error as Error).message.slice(0, 300)}`);
    }
  }
}

/** Plays steps on a stack of their own; whatever happens, the stack is stopped. A failing one's folder is kept. */
async function play(seed: number, steps: readonly NumberedStep[]): Promise<readonly string[]> {
  const home = await mkdtemp(join(tmpdir(), 'harmony-faults-'));
  const say = (line: string) => {
    if (!values.quiet) console.log(pc.dim(`  ${line}`));
  };
  const env = {
    ...standaloneEnvironment(process.env),
    HARMONY_RATE_LIMIT_PER_MINUTE: '60000',
    WORKER_METRICS_PORT: String(await findFreePort(new Set())),
  };
  const { signal } = interrupted;
  const stack = await startPatiently({ home, env, randomPorts: true, durable: false, page: false, signal });
  const world = openFaultWorld(stack, home);
  const gaveUp = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  let violations: readonly string[] = [];
  try {
    const report = runSchedule(world, { seed, steps, tell: say });
    violations = await Promise.race([report, gaveUp]).catch((error: Error) => {
      if (signal.aborted) throw error;
      return [`the run did not get to its end: ${error.message}`];
    });
  } finally {
    await world.close().catch(() => undefined);
    await stack.stop();
    if (violations.length === 0) await rm(home, { recursive: true, force: true });
  }
  if (violations.length > 0) console.log(`  Logs: ${join(home, 'logs')}`);
  return violations;
}

const choose = (seed: number): NumberedStep[] =>
  makeSchedule(seed, length)
    .map((step, number) => ({ ...step, number }))
    .filter(({ number }) => only?.has(number) ?? true);

const commandFor = (seed: number, steps?: readonly NumberedStep[]): string => {
  const chosen = steps ?? (only === undefined ? undefined : choose(seed));
  const part = chosen === undefined ? '' : ` --only ${writeStepNumbers(chosen.map(({ number }) => number))}`;
  return `npm run faults -- --runs 1 --seed ${seed} --steps ${length}${part}`;
};

const failed: number[] = [];
let played = 0;
try {
  for (let run = 0; run < runs && Date.now() < deadline; run += 1) {
    const seed = firstSeed + run;
    const startedAt = performance.now();
    const steps = choose(seed);
    console.log(`Run ${run + 1} of ${runs}, seed ${seed}, ${steps.length} steps`);
    const violations = await play(seed, steps);
    played += 1;
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    if (violations.length === 0) {
      console.log(pc.green(`✓ seed ${seed}: every invariant holds (${seconds} s)`));
      continue;
    }
    failed.push(seed);
    console.log(pc.red(`✗ seed ${seed}: ${violations.length} violations (${seconds} s)`));
    for (const violation of violations) console.log(`  ${violation.slice(0, 1_000)}`);
    console.log(`  Again: ${commandFor(seed)}`);
    if (values.shrink) {
      const few = await shrinkSteps(steps, async (some) => (await play(seed, some)).length > 0);
      console.log(`  ${few.length} steps are enough: ${commandFor(seed, few)}`);
    }
  }
  const seeds = played === 0 ? 'none' : `${firstSeed} to ${firstSeed + played - 1}`;
  console.log(
    `${played} runs, seeds ${seeds}, ${failed.length} failed${failed.map((seed) => ` ${seed}`).join('')}`,
  );
  process.exitCode = failed.length === 0 && played > 0 ? 0 : 1;
} catch (error) {
  console.error(pc.red(`The fault runs did not get through: ${(error as Error).message}`));
  process.exitCode = 1;
}
// A run that was given up leaves waits behind.
process.exit();
