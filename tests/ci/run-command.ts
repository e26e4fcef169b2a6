/** A long check of its own process among the tests, so that it runs while they wait. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { projectFolder } from '../../dev/node-process.ts';

/** Runs a file of this project as `npm run` does, until `signal` ends it. Throws with all that it said where it fails. */
export async function runCommand(
  signal: AbortSignal,
  file: string,
  args: readonly string[] = [],
): Promise<void> {
  // Nothing in it is to know that it runs in a test.
  const { NODE_ENV: _, VITEST: __, ...env } = process.env;
  const child = spawn(process.execPath, [file, ...args], {
    ...{ cwd: projectFolder, env, stdio: ['ignore', 'pipe', 'pipe'] },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  const end = () => child.kill();
  signal.addEventListener('abort', end);
  const [code, killedBy] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  signal.removeEventListener('abort', end);
  if (code === 0) return;
  throw new Error(`node ${[file, ...args].join(' ')} ended with ${code ?? killedBy}:\n${output}`);
}
