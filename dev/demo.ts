/**
 * `npm run demo [-- --json]`: the main job at every provider against the stand-ins: connect, first sync, changes at
 * the provider arrive, full resync, delete. Ends with a table, and with a code other than 0 if anything is missing.
 * It runs a stack of its own in a temporary folder on free ports, so that it disturbs nothing and finds a fresh world.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, styleText } from 'node:util';
import { describeResult, drawTable, type Result } from './demo/report.ts';
import type { Scenario } from './demo/scenario.ts';
import { scenarios } from './demo/scenarios.ts';
import { deleteStep, type Finding, listSteps, type Step } from './demo/steps.ts';
import { createDriver, type Driver } from './drive.ts';
import { standaloneEnvironment } from './settings.ts';
import { startStack } from './stack.ts';

const patienceMs = 30_000;

/** Carries out every step, also after one that failed: each tells what is missing. */
async function runDemo(driver: Driver, tell: (result: Result) => void): Promise<Result[]> {
  const results: Result[] = [];
  const connected = new Map<Scenario, string>();
  const carryOut = async (scenario: Scenario, step: Step): Promise<void> => {
    const startedAt = performance.now();
    const { expected, found } = await step
      .run()
      .catch((error: Error): Finding => ({ expected: 'no failure', found: error.message.slice(0, 300) }));
    const ms = Math.round(performance.now() - startedAt);
    const result = { provider: scenario.name, what: step.what, expected, found, ok: expected === found, ms };
    results.push(result);
    tell(result);
  };
  for (const scenario of scenarios) {
    for (const step of listSteps(driver, scenario, (id) => connected.set(scenario, id))) {
      await carryOut(scenario, step);
    }
  }
  for (const [scenario, deleted] of [...connected]) {
    connected.delete(scenario);
    await carryOut(
      scenario,
      deleteStep(driver, scenario, { deleted, staying: () => [...connected.values()] }),
    );
  }
  return results;
}

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
/** Standard output is for the JSON alone, where that is asked for. */
const say = values.json ? console.error : console.log;

const startedAt = performance.now();
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => interrupted.abort(new Error('The demo was interrupted.')));
}
const home = await mkdtemp(join(tmpdir(), 'harmony-demo-'));
try {
  say('Starting a stack of its own …');
  const stack = await startStack({
    home,
    env: standaloneEnvironment(process.env),
    randomPorts: true,
    durable: false,
    page: false,
    report: (line) => say(styleText('dim', `• ${line}`)),
    signal: interrupted.signal,
  });
  try {
    const readyMs = Math.round(performance.now() - startedAt);
    say('');
    const gaveUp = new Promise<never>((_, reject) => {
      interrupted.signal.addEventListener('abort', () => reject(interrupted.signal.reason));
    });
    const demo = runDemo(createDriver(stack.running, patienceMs), (result) => say(describeResult(result)));
    const results = await Promise.race([demo, gaveUp]);
    const missing = results.filter(({ ok }) => !ok).length;
    const totalMs = Math.round(performance.now() - startedAt);
    if (values.json) console.log(JSON.stringify({ ok: missing === 0, readyMs, totalMs, results }, null, 2));
    say(`\n${drawTable(results)}`);
    const verdict =
      missing === 0
        ? styleText('green', 'Nothing is missing.')
        : styleText('red', `${missing} steps failed.`);
    say(`${results.length} steps in ${(totalMs / 1000).toFixed(1)} s, start included. ${verdict}`);
    process.exitCode = missing === 0 ? 0 : 1;
  } finally {
    await stack.stop();
  }
} catch (error) {
  const message = (error as Error).message;
  console.error(styleText('red', `The demo did not get through: ${message}`));
  if (values.json) console.log(JSON.stringify({ ok: false, error: message, results: [] }));
  process.exitCode = 1;
} finally {
  await rm(home, { recursive: true, force: true });
}
// A demo that was given up leaves waits behind.
process.exit();
