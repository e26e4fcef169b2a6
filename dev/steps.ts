// Runs the checks of `npm run check` and `npm test`: each as a process, a failure of one hides none of the others.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { styleText } from 'node:util';
import { projectFolder } from './node-process.ts';

export interface Step {
  name: string;
  /** A JavaScript file and its arguments, run on this Node. */
  script: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  /** Shows the output as it comes instead of only after a failure. */
  live?: boolean;
}

export interface StepOutcome {
  name: string;
  ok: boolean;
}

const inPackages = (...parts: string[]) => join(projectFolder, 'node_modules', ...parts);

const sourceFolders = [
  ...['activities', 'api', 'bench', 'db', 'dev', 'platform', 'providers'],
  ...['sandbox', 'sync', 'tests', 'web', 'worker', 'workflows'],
];

const typescript5 = pathToFileURL(join(import.meta.dirname, 'with-typescript-5.mjs')).href;

/** Lint, types, import rules, unused code. */
export const listChecks = (): Step[] => [
  { name: 'lint', script: inPackages('@biomejs', 'biome', 'bin', 'biome'), args: ['check', '.'] },
  { name: 'types', script: inPackages('typescript', 'bin', 'tsc'), args: ['-p', 'tsconfig.json'] },
  {
    name: 'import rules',
    script: inPackages('dependency-cruiser', 'bin', 'dependency-cruise.mjs'),
    args: [
      ...['--config', '.dependency-cruiser.mjs'],
      ...sourceFolders.filter((folder) => existsSync(join(projectFolder, folder))),
    ],
    env: { NODE_OPTIONS: `--import ${typescript5}` },
  },
  { name: 'unused code', script: inPackages('knip', 'bin', 'knip.js'), args: ['--no-progress'] },
];

/** Runs one step to its end. The terminal's Ctrl-C reaches it too, so nothing is left behind. */
export const runChecked = (step: Step): Promise<StepOutcome> => {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [step.script, ...step.args], {
    cwd: projectFolder,
    env: { ...process.env, ...step.env },
    stdio: step.live ? 'inherit' : ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  return new Promise((resolve) => {
    const finish = (ok: boolean) => {
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      console.log(`${ok ? styleText('green', '✓') : styleText('red', '✗')} ${step.name} (${seconds} s)`);
      if (!ok && output) console.log(output.trimEnd());
      resolve({ name: step.name, ok });
    };
    child.on('error', (error) => {
      output += error.message;
      finish(false);
    });
    child.on('close', (code) => finish(code === 0));
  });
};

export const runAll = async (steps: Step[]): Promise<StepOutcome[]> => {
  const outcomes: StepOutcome[] = [];
  for (const step of steps) outcomes.push(await runChecked(step));
  return outcomes;
};
