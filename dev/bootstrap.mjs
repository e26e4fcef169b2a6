// Entry of every npm script. Plain JavaScript on built-ins only, so that it runs on Node 20 in a bare checkout:
// it installs what is missing, then hands over to the Node that package.json pins.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { explainMissingTools, installPackages, packagesAreInstalled } from './install-packages.mjs';

const projectFolder = dirname(dirname(fileURLToPath(import.meta.url)));

/** Command name → the TypeScript file that carries it out. */
const commands = {
  start: 'dev/start.ts',
  test: 'dev/test.ts',
  check: 'dev/check.ts',
  demo: 'dev/demo.ts',
  'test:histories': 'tests/random-histories/run.ts',
  'test:schema': 'dev/test-schema.ts',
  'test:mutants': 'sync/mutants/run-mutants.ts',
  bench: 'bench/main.ts',
  faults: 'dev/faults.ts',
};

const parentWatchIntervalMs = 500;

const pinnedNode = () =>
  join(projectFolder, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

const fail = (message) => {
  console.error(message);
  process.exit(1);
};

/** Runs the target on the pinned Node; arguments, terminal, signals and exit code pass through. */
const handOver = (target, args) => {
  const node = pinnedNode();
  if (!existsSync(node)) {
    fail(
      `The pinned Node is missing at ${node}.\n` +
        'The npm package "node" fetches it by an install script: run `npm ci --ignore-scripts=false` and try again.',
    );
  }
  const exitWithParent = pathToFileURL(join(projectFolder, 'dev', 'exit-with-parent.mjs')).href;
  const child = spawn(node, ['--import', exitWithParent, join(projectFolder, target), ...args], {
    // The channel carries nothing: its closing tells the child that this process was killed.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal));
  }
  watchParent(() => child.kill('SIGTERM'));
  child.on('error', (error) =>
    fail(
      `The pinned Node cannot run here (${error.message}). Delete the folder node_modules and run the command again.`,
    ),
  );
  child.on('exit', (code, signal) => {
    if (signal) {
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(name);
      process.kill(process.pid, signal);
    }
    process.exitCode = code ?? 1;
    process.disconnect?.();
  });
};

/** npm killed with -9 forwards nothing: a changed parent is the only sign of it. */
const watchParent = (onGone) => {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, parentWatchIntervalMs);
  timer.unref();
};

const [command, ...args] = process.argv.slice(2);
const target = commands[command];
if (!target) fail(`Usage: npm run <${Object.keys(commands).join(' | ')}> [-- options]`);

const problem = explainMissingTools();
if (problem) fail(problem);

if (!packagesAreInstalled(projectFolder)) {
  const installed = await installPackages(projectFolder);
  if (!installed.ok) fail(installed.message);
}
if (!existsSync(join(projectFolder, target))) fail(`${target} is missing from this checkout.`);
handOver(target, args);
