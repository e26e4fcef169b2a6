import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mountWebPage } from './web-page.ts';

const folder = mkdtempSync(join(tmpdir(), 'harmony-page-'));
let server: Server;
const get = (path: string, accept = 'text/html') =>
  fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, { headers: { accept } });

beforeAll(async () => {
  mkdirSync(join(folder, 'assets'));
  const app = express();
  mountWebPage(app, folder);
  server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

it('serves nothing before the page is built, and finds it as soon as it is', async () => {
  expect((await get('/')).status).toBe(404);
  writeFileSync(join(folder, 'index.html'), '<p>page</p>');
  writeFileSync(join(folder, 'assets', 'main-abc123.js'), 'export {};');
  expect(await (await get('/')).text()).toBe('<p>page</p>');
});

it('keeps hashed files for a year and asks for the page each time', async () => {
  const page = await get('/integrations/some');
  expect({ status: page.status, cache: page.headers.get('cache-control') }).toEqual({
    status: 200,
    cache: 'no-cache',
  });
  const asset = await get('/assets/main-abc123.js', '*/*');
  expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect((await get('/assets/gone.js')).status).toBe(404);
});

it('answers programs and the paths of the API with no page', async () => {
  expect((await get('/anything', 'application/json')).status).toBe(404);
  for (const path of ['/v1/nothing', '/oauth/nothing', '/webhooks/x', '/metrics']) {
    expect((await get(path)).status, path).toBe(404);
  }
});
