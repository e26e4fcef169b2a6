// `npm start`: runs the stack in the foreground until Ctrl-C.
import { join } from 'node:path';
import { styleText } from 'node:util';
import { openHome } from './home.ts';
import { projectFolder } from './node-process.ts';
import { readSettings } from './settings.ts';
import { type Stack, startStack } from './stack.ts';
import { describeStack } from './summary.ts';

/** One Ctrl-C arrives up to three times: from the terminal, from npm and from the process that started us. */
const sameKeyPressMs = 1_000;

const startedAt = performance.now();
const settings = readSettings(projectFolder, process.env);
const homeFolder = settings.HARMONY_HOME ?? join(projectFolder, '.harmony');
const say = (line: string) => console.log(`${styleText('dim', '•')} ${line}`);

let stack: Stack | undefined;
let stopAskedAt: number | undefined;
const interrupted = new AbortController();

const stopAll = async (force: boolean): Promise<void> => {
  await stack?.stop({ force });
  process.exit(force ? 130 : 0);
};

const onStopSignal = (): void => {
  if (stopAskedAt === undefined) {
    stopAskedAt = Date.now();
    console.log('\nStopping … (Ctrl-C again to end at once)');
    // While it still starts, giving up stops what is there; the code below then exits.
    if (stack) void stopAll(false);
    else interrupted.abort(new Error('The start was interrupted.'));
    return;
  }
  if (Date.now() - stopAskedAt > sameKeyPressMs) void stopAll(true);
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onStopSignal);

try {
  stack = await startStack({ home: homeFolder, env: settings, report: say, signal: interrupted.signal });
  if (interrupted.signal.aborted) await stopAll(false);
  console.log(describeStack(stack, openHome(homeFolder)));
  say(`Everything was ready after ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
} catch (error) {
  if (interrupted.signal.aborted) process.exit(0);
  console.error(`\n${styleText('red', 'Harmony did not start.')} ${(error as Error).message}`);
  process.exit(1);
}
