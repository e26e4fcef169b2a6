import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { completeLock, type Lock, listMissingOptionals } from './complete-lockfile.ts';

const projectLock = (): Lock =>
  JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package-lock.json'), 'utf8'));

test('the lock names every optional package, so that npm ci accepts it on every machine', () => {
  expect(listMissingOptionals(projectLock())).toEqual([]);
});

test('a package left out is added with the version and platform it is wanted for, the rest stays as it was', () => {
  const lock: Lock = {
    packages: {
      '': {},
      'node_modules/tool': {
        version: '2.0.0',
        dev: true,
        optionalDependencies: { '@tool/linux-x64-musl': '2.0.0', '@tool/linux-x64': '2.0.0' },
      },
      'node_modules/@tool/linux-x64': { version: '2.0.0' },
    },
  };
  const completed = completeLock(lock);
  expect(completed.packages['node_modules/@tool/linux-x64-musl']).toEqual({
    version: '2.0.0',
    dev: true,
    optional: true,
    os: ['linux'],
    cpu: ['x64'],
    libc: ['musl'],
  });
  expect(completed.packages['node_modules/tool']).toEqual(lock.packages['node_modules/tool']);
  expect(listMissingOptionals(completed)).toEqual([]);
});
