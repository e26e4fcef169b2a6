/** The page inside a frame of another product, and who may show it. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Frame, FrameLocator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium } from '../../dev/chromium.ts';
import { expectAccessible, inEveryDress } from './chromium.ts';
import { openPageSession, type PageSession } from './page-session.ts';
import { look } from './page-walk.ts';

const chromium = findChromium();

/** A product's page with a frame; its address says which. */
async function serveProduct(): Promise<{ server: Server; origin: string }> {
  const server = createServer((req, res) => {
    const frame = new URL(req.url ?? '/', 'http://localhost').searchParams.get('frame') ?? '';
    const style =
      'body{margin:0;font-family:sans-serif}h1{margin:16px}iframe{width:100%;height:760px;border:0}';
    res.setHeader('Content-Type', 'text/html');
    res.end(
      `<!doctype html><html lang="en"><title>Product</title><style>${style}</style><main><h1>Another product</h1><iframe title="Integrations" src="${frame.replaceAll('"', '&quot;')}"></iframe></main>`,
    );
  }).listen(0, 'localhost');
  await once(server, 'listening');
  return { server, origin: `http://localhost:${(server.address() as AddressInfo).port}` };
}

describe.skipIf(!chromium)('a frame in another product', () => {
  let friend: Awaited<ReturnType<typeof serveProduct>>;
  let stranger: Awaited<ReturnType<typeof serveProduct>>;
  let session: PageSession;
  const show = (product: { origin: string }, frame: string): string =>
    `${product.origin}/?frame=${encodeURIComponent(frame)}`;

  beforeAll(async () => {
    [friend, stranger] = await Promise.all([serveProduct(), serveProduct()]);
    session = await openPageSession(chromium as string, { HARMONY_EMBED_ORIGINS: friend.origin });
  });
  afterAll(async () => {
    friend.server.close();
    stranger.server.close();
    await session?.close();
  });

  test('a named site shows it in its own colours, signed in, without the top bar', async () => {
    const { stack, context } = session;
    const page = await context.newPage();
    const url = new URL(await stack.embedUrl());
    url.search = '?scheme=dark&accent=%23f0a3c0&on-accent=%2330101c&radius=4';
    await page.goto(show(friend, url.href));
    const frame: FrameLocator = page.frameLocator('iframe');
    await frame.getByRole('heading', { name: 'Active Integrations' }).waitFor();
    expect(await frame.getByRole('button', { name: 'Sign out' }).count()).toBe(0);
    const button = frame.getByRole('button', { name: 'Connect Google Calendar' });
    const color = await button.evaluate((node) => getComputedStyle(node).backgroundColor);
    expect(color).toBe('rgb(240, 163, 192)');
    const ground = await frame.locator('body').evaluate((node) => getComputedStyle(node).backgroundColor);
    expect(ground).toBe('rgb(20, 21, 24)');
    await inEveryDress(page, () => expectAccessible(page.frames()[1] as Frame));
    await look(page, 'embedded');
  });

  test('signing in at a provider works from inside, and a reload of the frame stays signed in', async () => {
    const { stack, context } = session;
    await stack.driver.control('POST', '/consent', { mode: 'ask' });
    const page = await context.newPage();
    await page.goto(show(friend, await stack.embedUrl()));
    const frame = page.frameLocator('iframe');
    const [popup] = await Promise.all([
      page.waitForEvent('popup'),
      frame.getByRole('button', { name: 'Connect Google Calendar' }).click(),
    ]);
    await popup.getByRole('button', { name: 'Allow' }).click();
    await frame.getByRole('button', { name: 'Choose calendars' }).click();
    await frame.getByRole('checkbox').first().waitFor();
    const inner = page.frames()[1];
    expect(new URL(inner?.url() ?? '').pathname).toMatch(/^\/embed\/settings\/integrations\/int_/);
    await inner?.goto(inner.url());
    await frame.getByRole('checkbox').first().waitFor();
    await expectAccessible(inner as Frame);
  });

  test('no other site may show it, and nobody may show the page by itself', async () => {
    const { stack } = session;
    for (const [product, path] of [
      [stranger, '/embed'],
      [friend, '/settings/integrations'],
    ] as const) {
      const answer = await fetch(stack.apiUrl + path, { headers: { accept: 'text/html' } });
      const policy = answer.headers.get('content-security-policy') ?? '';
      const ancestors = /frame-ancestors ([^;]+)/.exec(policy)?.[1];
      expect(ancestors).toBe(path === '/embed' ? friend.origin : "'none'");
      const other = await session.browser.newPage();
      const refused = new Promise<string>((resolve) => {
        other.on('console', (message) => {
          if (/frame-ancestors/.test(message.text())) resolve(message.text());
        });
      });
      await other.goto(show(product, stack.apiUrl + path));
      expect(await refused).toContain('frame-ancestors');
      await other.close();
    }
  });
});
