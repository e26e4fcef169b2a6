import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findTemporalCli } from './temporal-cli.ts';
import type { CliSource } from './temporal-cli-download.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'harmony-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const writeCli = (file: string, server = '1.32.0'): string => {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, `#!/bin/sh\necho "temporal version 1.9.1 (Server ${server}, UI 2.54.1)"\n`);
  chmodSync(file, 0o755);
  return file;
};

const working = (name: string, server?: string): CliSource => ({
  name,
  fetch: async (into) => writeCli(join(into, 'unpacked', 'temporal'), server),
});
const refused = (name: string): CliSource => ({
  name,
  fetch: async () => {
    throw new Error('connection refused');
  },
});

/** Nothing on the PATH but the shell's own tools, and an empty cache. */
const bareEnv = () => ({ PATH: '/bin-that-is-not-there', HARMONY_CACHE: join(folder, 'cache') });

test('a set path is taken, and a set path that does not work is an error, not a reason to fetch', async () => {
  const file = writeCli(join(folder, 'mine'));
  expect(await findTemporalCli({ env: { ...bareEnv(), TEMPORAL_CLI_PATH: file }, sources: [] })).toBe(file);
  const missing = { ...bareEnv(), TEMPORAL_CLI_PATH: join(folder, 'absent') };
  await expect(findTemporalCli({ env: missing, sources: [working('x')] })).rejects.toThrow(
    'there is no such file',
  );
});

test('the one on the PATH is taken unless its server is too old', async () => {
  const file = writeCli(join(folder, 'bin', 'temporal'));
  const env = { ...bareEnv(), PATH: join(folder, 'bin') };
  expect(await findTemporalCli({ env, sources: [] })).toBe(file);
  writeCli(file, '1.22.0');
  await expect(findTemporalCli({ env, sources: [] })).rejects.toThrow('1.22 is older than 1.29');
});

test('a refused source gives way to the next, whose binary is kept for the next time', async () => {
  const said: string[] = [];
  const sources = [refused('first'), working('second')];
  const file = await findTemporalCli({ env: bareEnv(), sources, report: (line) => said.push(line) });
  expect(existsSync(file)).toBe(true);
  expect(said).toEqual([expect.stringContaining('first'), expect.stringContaining('second')]);
  expect(await findTemporalCli({ env: bareEnv(), sources: [] })).toBe(file);
  expect(readdirSync(join(file, '..'))).toEqual(['temporal']);
});

test('a source whose binary does not run here gives way too', async () => {
  const file = await findTemporalCli({ env: bareEnv(), sources: [working('old', '1.20.0'), working('new')] });
  expect(existsSync(file)).toBe(true);
});

test('when all fail, each is named with its reason, and what to do', async () => {
  const failing = findTemporalCli({ env: bareEnv(), sources: [refused('one'), refused('two')] });
  await expect(failing).rejects.toThrow(
    /one: connection refused[\s\S]*two: connection refused[\s\S]*TEMPORAL_ADDRESS/,
  );
});
