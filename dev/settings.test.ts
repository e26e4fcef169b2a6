import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listNeededPorts, readSettings, readStackShape } from './settings.ts';

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
