/**
 * `npm run faults -- --runs N --seed S [--shards N] [--minutes M] [--steps N] [--only 0,3,5-9] [--shrink]`: the real
 * processes through seeded schedules of user actions, provider faults, kills and pauses, and then every invariant
 * (docs/reliability.md). Run i has the seed S + i. A failing one prints the command that plays its steps again in the same
 * order; `--shrink` then looks for fewer steps that still fail. Each shard has a stack of its own in a temporary folder,
 * on free ports, for one run at a time.
 */
import { parseArgs, styleText } from 'node:util';
import { type Arena, openArena } from './faults/arena.ts';
import type { NumberedStep } from './faults/run-schedule.ts';
import { makeSchedule, readStepNumbers, writeStepNumbers } from './faults/schedule.ts';
import { shrinkSteps } from './faults/shrink-steps.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    shards: { type: 'string', default: '1' },
    minutes: { type: 'string' },
    steps: { type: 'string', default: '40' },
    only: { type: 'string' },
    shrink: { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
  },
});

const readCount = (name: 'runs' | 'seed' | 'shards' | 'minutes' | 'steps'): number => {
  const count = Number(values[name] ?? Number.POSITIVE_INFINITY);
  if (count >= 0) return count;
  console.error(`--${name} is a number, not "${values[name]}".`);
  process.exit(2);
};
const [runs, firstSeed, shards, minutes, length] = [
  readCount('runs'),
  readCount('seed'),
  readCount('shards'),
  readCount('minutes'),
  readCount('steps'),
];
const only = values.only === undefined ? undefined : readStepNumbers(values.only);
const deadline = Date.now() + minutes * 60_000;
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => interrupted.abort(new Error('The fault runs were interrupted.')));
}

const tell = (seed: number, line: string): void => {
  if (!values.quiet) console.log(styleText('dim', `  ${seed} ${line}`));
};

const choose = (seed: number): NumberedStep[] =>
  makeSchedule(seed, length)
    .map((step, number) => ({ ...step, number }))
    .filter(({ number }) => only?.has(number) ?? true);

const commandFor = (seed: number, steps?: readonly NumberedStep[]): string => {
  const chosen = steps ?? (only === undefined ? undefined : choose(seed));
  const part = chosen === undefined ? '' : ` --only ${writeStepNumbers(chosen.map(({ number }) => number))}`;
  return `npm run faults -- --runs 1 --seed ${seed} --steps ${length}${part}`;
};

const minutesSince = (startedAt: number): string => ((performance.now() - startedAt) / 60_000).toFixed(1);
const secondsSince = (startedAt: number): string => ((performance.now() - startedAt) / 1000).toFixed(1);

const failed: number[] = [];
let begun = 0;
let played = 0;

async function playOne(arena: Arena, run: number): Promise<void> {
  const seed = firstSeed + run;
  const startedAt = performance.now();
  const steps = choose(seed);
  console.log(`Run ${run + 1} of ${runs}, seed ${seed}, ${steps.length} steps`);
  const { violations, keptIn } = await arena.play(seed, steps);
  played += 1;
  if (violations.length === 0) {
    console.log(styleText('green', `✓ seed ${seed}: every invariant holds (${secondsSince(startedAt)} s)`));
    return;
  }
  failed.push(seed);
  const since = new Date(Date.now() - (performance.now() - startedAt)).toISOString();
  console.log(
    styleText('red', `✗ seed ${seed}: ${violations.length} violations (${secondsSince(startedAt)} s)`),
  );
  for (const violation of violations) console.log(`  ${violation.slice(0, 1_000)}`);
  console.log(`  Logs, from ${since} on: ${keptIn}/logs`);
  console.log(`  Again: ${commandFor(seed)}`);
  if (values.shrink) {
    const few = await shrinkSteps(
      steps,
      async (some) => (await arena.play(seed, some)).violations.length > 0,
    );
    console.log(`  ${few.length} steps are enough: ${commandFor(seed, few)}`);
  }
}

/** Plays what no other shard has begun. */
async function playShard(): Promise<void> {
  const arena = openArena({ tell, signal: interrupted.signal });
  try {
    while (begun < runs && Date.now() < deadline) {
      begun += 1;
      await playOne(arena, begun - 1);
    }
  } finally {
    await arena.close();
  }
}

const startedAt = performance.now();
const ended = await Promise.allSettled(Array.from({ length: shards }, playShard));
const seeds = begun === 0 ? 'none' : `${firstSeed} to ${firstSeed + begun - 1}`;
console.log(
  `${played} runs, seeds ${seeds}, in ${minutesSince(startedAt)} min, ${failed.length} failed${failed.map((seed) => ` ${seed}`).join('')}`,
);
process.exitCode = failed.length === 0 && played > 0 ? 0 : 1;
for (const end of ended) {
  if (end.status === 'fulfilled') continue;
  console.error(styleText('red', `The fault runs did not get through: ${(end.reason as Error).message}`));
  process.exitCode = 1;
}
// A run that was given up leaves waits behind.
process.exit();
