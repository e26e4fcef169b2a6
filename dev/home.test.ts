import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Home, keepSecret, lockHome, makeEncryptionKeys, openHome, readJsonIfPresent } from './home.ts';

let home: Home;
beforeEach(() => {
  home = openHome(mkdtempSync(join(tmpdir(), 'harmony-home-')));
});
afterEach(() => rmSync(home.folder, { recursive: true }));

test('a secret is made once, stays the same, and only its owner can read it', () => {
  const made = keepSecret(home, 'encryption-keys', makeEncryptionKeys);
  expect(keepSecret(home, 'encryption-keys', makeEncryptionKeys)).toBe(made);
  expect(statSync(home.path('encryption-keys')).mode & 0o777).toBe(0o600);
  const [id, key] = made.split(':');
  expect(id).toBe('local-1');
  expect(Buffer.from(key ?? '', 'base64')).toHaveLength(32);
});

test('a second supervisor of the same folder is refused and told who holds it', async () => {
  const lock = await lockHome(home);
  await expect(lockHome(home)).rejects.toThrow(`process ${process.pid}`);
  lock.release();
});

test('a second supervisor waits for one that is stopping, then takes over', async () => {
  const first = await lockHome(home);
  first.announceStopping();
  setTimeout(() => first.release(), 1_800);
  const second = await lockHome(home);
  expect(JSON.parse(readFileSync(home.path('supervisor.json'), 'utf8'))).toMatchObject({ state: 'running' });
  second.release();
}, 10_000);

test('releasing twice is harmless and the folder is free again', async () => {
  const lock = await lockHome(home);
  lock.release();
  lock.release();
  (await lockHome(home)).release();
});

test('a file cut off in the middle reads as missing', () => {
  writeFileSync(home.path('ports.json'), '{"PORT": 30');
  expect(readJsonIfPresent(home.path('ports.json'))).toBeUndefined();
  expect(readJsonIfPresent(home.path('absent.json'))).toBeUndefined();
});
