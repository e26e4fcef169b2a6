import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { explainMissingTools, packagesAreInstalled } from './install-packages.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'harmony-install-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const wanted = {
  '': {},
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/a-for-windows': { version: '1.0.0', optional: true },
};

const writeLock = (packages: object) =>
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages }));
const writeInstalled = (packages: object) => {
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  writeFileSync(join(folder, 'node_modules', '.package-lock.json'), JSON.stringify({ packages }));
};

test('a bare checkout, and an install that was cut off, have to be installed', () => {
  writeLock(wanted);
  expect(packagesAreInstalled(folder)).toBe(false);
  mkdirSync(join(folder, 'node_modules'));
  expect(packagesAreInstalled(folder)).toBe(false);
});

test('what the lock asks for is there: nothing to do, optional packages of other platforms aside', () => {
  writeLock(wanted);
  writeInstalled({ 'node_modules/a': wanted['node_modules/a'] });
  expect(packagesAreInstalled(folder)).toBe(true);
});

test.each([
  ['a changed version', { 'node_modules/a': { version: '0.9.0', integrity: 'sha512-a' } }],
  ['other content under the same version', { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-b' } }],
  ['a new package', {}],
])('%s has to be installed', (_, installed) => {
  writeLock(wanted);
  writeInstalled(installed);
  expect(packagesAreInstalled(folder)).toBe(false);
});

test('an old Node and a missing npm are named with what to do', () => {
  expect(explainMissingTools('18.20.0')).toContain('install Node 20 or newer');
  expect(explainMissingTools('20.0.0', { PATH: folder })).toContain('npm was not found');
  expect(explainMissingTools('20.0.0')).toBeUndefined();
});
