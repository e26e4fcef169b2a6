// `npm run test:mutants [-- part of a name]`: plants each fault of mutants.ts in a copy of sync/ and runs its tests there,
// and each of engine-mutants.ts in a copy of the tree, with the test that it names. A generator that catches none of them
// would prove nothing. Fails if a mutant survives, or if a copy fails without one.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Table from 'cli-table3';
import { ENGINE_MUTANTS, type EngineMutant } from './engine-mutants.ts';
import { MUTANTS, type Mutant } from './mutants.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
/** Fixed, so that a mutant that is caught today is caught tomorrow; `FC_SEED` tries another. */
const SEED = process.env.FC_SEED ?? '20260101';
/** Enough to catch them all; `FC_RUNS` sets another number of cases for each property. */
const RUNS = process.env.FC_RUNS ?? '2000';
const TIMEOUT_MS = 300_000;

interface Outcome {
  mutant: string;
  file: string;
  /** The first test that failed; undefined for a survivor. */
  caughtBy: string | undefined;
  seconds: number;
}

interface VitestReport {
  success: boolean;
  testResults: {
    message: string;
    assertionResults: { status: string; fullName: string; failureMessages?: string[] }[];
  }[];
}

async function runTests(folder: string, only: readonly string[] = []): Promise<string | undefined> {
  const reportFile = join(folder, 'report.json');
  await rm(reportFile, { force: true });
  const report = ['--bail', '1', '--reporter', 'json', '--outputFile', reportFile];
  const args = ['run', '--root', folder, ...only, ...report];
  const env = { ...process.env, FC_SEED: SEED, FC_RUNS: RUNS };
  // A failing run exits with 1; the report says what failed.
  await run(join(root, 'node_modules/.bin/vitest'), args, { env, timeout: TIMEOUT_MS }).catch(
    () => undefined,
  );
  const text = await readFile(reportFile, 'utf8').catch(() => undefined);
  if (text === undefined) throw new Error('the tests did not finish; that proves nothing about the mutant');
  const { success, testResults } = JSON.parse(text) as VitestReport;
  if (success) return undefined;
  const failed = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .find(({ status }) => status === 'failed');
  const messages = failed?.failureMessages?.join('\n') ?? '';
  if (!failed || messages.includes('timed out')) throw new Error(`no test judged the mutant: ${messages}`);
  const invariant = /(?:Caused by|Error): (invariant [^\n]+|[0-9, ]+: [^\n]+)/.exec(messages)?.[1];
  return invariant ?? failed.fullName;
}

async function withMutant<T>(
  folder: string,
  { name, file, from, to }: Mutant,
  work: () => Promise<T>,
): Promise<T> {
  const path = join(folder, file);
  const source = await readFile(path, 'utf8');
  if (source.split(from).length !== 2)
    throw new Error(`mutant "${name}": its text must stand once in ${file}`);
  await writeFile(
    path,
    source.replace(from, () => to),
  );
  try {
    return await work();
  } finally {
    await writeFile(path, source);
  }
}

/** A copy in which faults are planted, and which of its tests judge one. */
interface Bed<M extends Mutant> {
  mutants: readonly M[];
  fill(folder: string): Promise<void>;
  testsOf(mutant: M): readonly string[];
}

const core: Bed<Mutant> = {
  mutants: MUTANTS,
  async fill(folder) {
    await cp(join(root, 'sync'), folder, { recursive: true, filter: (path) => !path.endsWith('mutants') });
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  },
  testsOf: () => [],
};

const engine: Bed<EngineMutant> = {
  mutants: ENGINE_MUTANTS,
  async fill(folder) {
    for (const name of await readdir(root)) {
      if (name === 'node_modules' || name.startsWith('.')) continue;
      await cp(join(root, name), join(folder, name), { recursive: true });
    }
  },
  testsOf: ({ project, test, title }) => [
    ...['--project', project, test],
    ...(title === undefined ? [] : ['-t', title]),
  ],
};

const isWanted = ({ name }: Mutant): boolean => name.includes(process.argv[2] ?? '');
const count = [...MUTANTS, ...ENGINE_MUTANTS].filter(isWanted).length;

async function judge<M extends Mutant>({ mutants, fill, testsOf }: Bed<M>, outcomes: Outcome[]) {
  const wanted = mutants.filter(isWanted);
  if (wanted.length === 0) return;
  const folder = await mkdtemp(join(tmpdir(), 'harmony-mutants-'));
  try {
    await fill(folder);
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    const distinct = new Map(wanted.map((mutant) => [testsOf(mutant).join(' '), testsOf(mutant)]));
    for (const tests of distinct.values()) {
      const failed = await runTests(folder, tests);
      if (failed !== undefined) throw new Error(`the tests fail without a mutant: ${failed}`);
    }
    for (const mutant of wanted) {
      const started = performance.now();
      const caughtBy = await withMutant(folder, mutant, () => runTests(folder, testsOf(mutant)));
      const seconds = (performance.now() - started) / 1000;
      outcomes.push({ mutant: mutant.name, file: mutant.file, caughtBy, seconds });
      console.error(`${outcomes.length}/${count} ${mutant.name}: ${caughtBy ? 'caught' : 'SURVIVED'}`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const outcomes: Outcome[] = [];
await judge(core, outcomes);
await judge(engine, outcomes);

const table = new Table({
  head: ['mutant', 'file', 'caught by', 's'],
  colWidths: [38, 38, 62, 6],
  style: { head: [] },
});
for (const { mutant, file, caughtBy, seconds } of outcomes) {
  table.push([mutant, file, caughtBy ?? 'SURVIVED', seconds.toFixed(1)]);
}
console.log(table.toString());
const survivors = outcomes.filter(({ caughtBy }) => caughtBy === undefined).length;
console.log(`${outcomes.length - survivors} of ${outcomes.length} mutants caught (seed ${SEED})`);
process.exitCode = survivors === 0 && outcomes.length > 0 ? 0 : 1;
