/**
 * `npm run test:histories -- --runs N --seed S`: random histories against the real engine, spread over `--shards` processes
 * (default 1), each with a Postgres of its own. A failure prints its seed and path; `--seed S --path P` plays it again alone.
 * `--processes` plays them with real processes and kills, a stack for each shard, and says what the kills hit; there `--path`
 * is the index of a history, and `--only 'both ways'` plays one kind.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { addTallies, type KillTally, noKills, sayTally } from './process-kills.ts';
import { type PlayReport, sayNothingPlayed } from './what-was-played.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string' },
    processes: { type: 'boolean', default: false },
    seed: { type: 'string' },
    path: { type: 'string' },
    shards: { type: 'string', default: '1' },
    /** Only the histories whose title has this in it. */
    only: { type: 'string' },
  },
});

const runs = countOf('runs', values.runs ?? (values.processes ? '100' : '2000'));
const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
const shards = values.path === undefined ? countOf('shards', values.shards) : 1;
/** The project of vitest.config.ts and its test files, by the beginning of their names. */
const [project, files] = values.processes ? ['system', 'processes.test'] : ['histories', 'histories-'];
const root = join(import.meta.dirname, '../..');
/** What the shards leave: what they played, and what the kills hit. */
const left = mkdtempSync(join(tmpdir(), 'harmony-histories-'));
const tallyFile = (shard: number) => join(left, `kills-${shard}.json`);
const reportFile = (shard: number) => join(left, `played-${shard}.json`);

function countOf(option: string, text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1)
    throw new Error(`--${option} takes a whole number from 1 on, not "${text}".`);
  return count;
}

/** Whether all that it played passed; a sentence where it played nothing. */
async function runShard(shard: number): Promise<boolean | string> {
  const args = ['run', '--root', root, '--project', project, `tests/random-histories/${files}`];
  // One kind after the other: it is the shards that play side by side.
  args.push('--maxWorkers', '1');
  args.push('--reporter', 'json', `--outputFile.json=${reportFile(shard)}`);
  // Says so as each history ends, since all of them together take long.
  if (values.processes) args.push('--reporter', 'verbose', '--hideSkippedTests');
  else args.push('--reporter', 'default');
  if (values.only !== undefined) args.push('-t', values.only);
  const child = spawn(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), ...args], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      [values.processes ? 'PROCESS_HISTORIES' : 'HISTORIES']: String(Math.ceil(runs / shards)),
      HISTORIES_SEED: String(seed + shard),
      KILL_TALLY: tallyFile(shard),
      ...(values.path === undefined ? {} : { HISTORIES_PATH: values.path }),
    },
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) return false;
  const report = JSON.parse(readFileSync(reportFile(shard), 'utf8')) as PlayReport;
  return sayNothingPlayed(report, values.only) ?? true;
}

const startedAtMs = performance.now();
const outcomes = await Promise.all(Array.from({ length: shards }, (_, shard) => runShard(shard)));
const seconds = (performance.now() - startedAtMs) / 1000;
const passed = outcomes.every((outcome) => outcome === true);
const nothing = outcomes.find((outcome) => typeof outcome === 'string');
console.log(
  nothing ??
    `${passed ? 'All' : 'Not all'} of ${runs} histories of each kind passed in ${(seconds / 60).toFixed(1)} min, seed ${seed}.`,
);
if (values.processes) for (const line of tallyLines()) console.log(line);
rmSync(left, { recursive: true });
process.exitCode = passed ? 0 : 1;

/** What the kills of all shards hit, by the kind of history. */
function tallyLines(): string[] {
  const sums: Record<string, KillTally> = {};
  for (let shard = 0; shard < shards; shard += 1) {
    if (!existsSync(tallyFile(shard))) continue;
    const part = JSON.parse(readFileSync(tallyFile(shard), 'utf8')) as Record<string, KillTally>;
    for (const [kind, hit] of Object.entries(part)) sums[kind] = addTallies(sums[kind] ?? noKills(), hit);
  }
  return Object.entries(sums).map(([kind, hit]) => `${kind}: ${sayTally(hit)}`);
}
