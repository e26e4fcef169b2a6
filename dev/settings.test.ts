import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { adapters } from '../providers/registry.ts';
import { projectFolder } from './node-process.ts';
import { credentialPairs, listNeededPorts, readSettings, readStackShape } from './settings.ts';

/** Not ours to document. */
const ofTheMachine = new Set([
  'PATH',
  'HOME',
  'USERPROFILE',
  'LOCALAPPDATA',
  'XDG_CACHE_HOME',
  'NODE_OPTIONS',
]);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'harmony-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('the environment wins over .env, and an empty value counts as not set', () => {
  writeFileSync(join(folder, '.env'), 'PORT=4000\nLOG_LEVEL=debug\nDATABASE_URL=\n');
  expect(readSettings(folder, { PORT: '5000', LOG_LEVEL: '' })).toEqual({ PORT: '5000', LOG_LEVEL: 'debug' });
});

test('with nothing set, every server is started here', () => {
  expect(readStackShape(readSettings(folder, {}))).toEqual({ postgres: true, temporal: true, sandbox: true });
});

test('a server that the person has is not started, and its port need not be free', () => {
  const shape = readStackShape({ DATABASE_URL: 'postgres://db/harmony', TEMPORAL_ADDRESS: 'temporal:7233' });
  expect(shape).toEqual({ postgres: false, temporal: false, sandbox: true });
  expect(listNeededPorts(shape)).toEqual(['PORT', 'SANDBOX_PORT']);
});

test('the stand-ins stay as long as one provider has no live credentials', () => {
  const google = { GOOGLE_CLIENT_ID: 'g', GOOGLE_CLIENT_SECRET: 's' };
  const linear = { LINEAR_CLIENT_ID: 'l', LINEAR_CLIENT_SECRET: 's' };
  const notion = { NOTION_CLIENT_ID: 'n', NOTION_CLIENT_SECRET: 's' };
  expect(readStackShape({ ...google, ...linear, NOTION_CLIENT_ID: 'n' }).sandbox).toBe(true);
  expect(readStackShape({ ...google, ...linear, ...notion }).sandbox).toBe(false);
});

test('every provider of the registry is known by its credentials, here, in .env.example and in docker-compose.yml', () => {
  const variables = adapters.map(({ environment }) => environment.variables);
  const pairs = variables.map(({ clientId, clientSecret }) => `${clientId} ${clientSecret}`);
  expect(new Set(credentialPairs.map((pair) => pair.join(' ')))).toEqual(new Set(pairs));
  const example = readFileSync(join(projectFolder, '.env.example'), 'utf8');
  const compose = readFileSync(join(projectFolder, 'docker-compose.yml'), 'utf8');
  for (const name of variables.flatMap((one) => Object.values(one))) {
    expect(example).toContain(`\n${name}=\n`);
    expect(compose).toContain(` ${name}: \${${name}:-}\n`);
  }
});

test('.env.example names every setting that the programs read, and docs/sandbox.md those of the stand-ins alone', () => {
  const documented = [join(projectFolder, '.env.example'), join(projectFolder, 'docs', 'sandbox.md')]
    .map((file) => readFileSync(file, 'utf8'))
    .join();
  const sources = globSync('{activities,api,db,dev,platform,providers,sandbox,worker}/**/*.{ts,mjs}', {
    cwd: projectFolder,
  }).filter((file) => !/\.test\.|fixture/.test(file));
  const read = sources.flatMap((file) => [
    ...readFileSync(join(projectFolder, file), 'utf8').matchAll(
      /\benv\??\.([A-Z][A-Z0-9_]+)|'(HARMONY_[A-Z_]+)'/g,
    ),
  ]);
  const names = new Set(read.map(([, dotted, quoted]) => dotted ?? quoted ?? ''));
  expect(names.size).toBeGreaterThan(15);
  expect([...names].filter((name) => !ofTheMachine.has(name) && !documented.includes(name))).toEqual([]);
});
