import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectFolder } from './node-process.ts';

const bootstrap = join(projectFolder, 'dev', 'bootstrap.mjs');
const { scripts } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

test('every npm script that runs TypeScript goes through the entry that installs what is missing', () => {
  const { 'build:web': _vite, ...ours } = scripts;
  expect(ours).toEqual(
    Object.fromEntries(Object.keys(ours).map((name) => [name, `exec node dev/bootstrap.mjs ${name}`])),
  );
  const { status, stderr } = spawnSync(process.execPath, [bootstrap], { encoding: 'utf8' });
  expect(status).toBe(1);
  const [, names = ''] = /<(.+)>/.exec(stderr) ?? [];
  expect(names.split(' | ').sort()).toEqual(Object.keys(ours).sort());
});

test('each of its commands has a file', () => {
  const targets = [...readFileSync(bootstrap, 'utf8').matchAll(/: '([a-z/-]+\.ts)',/g)].map(
    ([, file]) => file,
  );
  expect(targets.length).toBeGreaterThan(5);
  expect(targets.filter((file = '') => !existsSync(join(projectFolder, file)))).toEqual([]);
});
