/** The demo as a person runs it: everything arrives at every provider, and its code says so to a script. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectFolder } from '../dev/node-process.ts';

interface Outcome {
  readonly code: number | null;
  readonly said: { ok: boolean; results: { provider: string; what: string; ok: boolean }[] };
}

async function runDemo({ interrupts = false } = {}): Promise<Outcome> {
  const demo = spawn(process.execPath, [join(projectFolder, 'dev', 'demo.ts'), '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  demo.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  // While its stack starts, of which it tells line by line.
  demo.stderr.setEncoding('utf8').on('data', (line: string) => {
    if (interrupts && line.includes('•')) demo.kill('SIGINT');
  });
  const [code] = (await once(demo, 'close')) as [number | null];
  return { code, said: JSON.parse(output) };
}

it('connects, syncs, takes in changes, syncs in full and deletes at each provider, and ends with 0', async () => {
  const { code, said } = await runDemo();
  expect(said.results.filter(({ ok }) => !ok)).toEqual([]);
  expect(new Set(said.results.map(({ provider }) => provider)).size).toBe(4);
  for (const what of ['connect', 'first sync', 'full resync', 'delete'])
    expect(said.results.filter((step) => step.what === what)).toHaveLength(4);
  expect({ code, ok: said.ok }).toEqual({ code: 0, ok: true });
}, 240_000);

it('ends with another code when it does not get through', async () => {
  const { code, said } = await runDemo({ interrupts: true });
  expect(code).not.toBe(0);
  expect(said).toMatchObject({ ok: false, results: [] });
});
