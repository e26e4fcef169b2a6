/** The page without a mouse, with less motion, and without anything that jumps while it loads. */
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium } from '../../dev/chromium.ts';
import { openPageSession, type PageSession } from './page-session.ts';
import { goTo, look, untilUpToDate } from './page-walk.ts';

const chromium = findChromium();
const mostSteps = 80;

/** Presses Tab until it is there, and expects a mark of the focus that can be seen. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let step = 0; step < mostSteps; step += 1) {
    await page.keyboard.press('Tab');
    if (await target.evaluate((node) => node === document.activeElement)) {
      const marked = await target.evaluate((node) =>
        [undefined, '::after'].some((part) => {
          const { outlineStyle, outlineWidth } = getComputedStyle(node, part);
          return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2;
        }),
      );
      expect(marked).toBe(true);
      return;
    }
  }
  throw new Error(`${target} can not be reached by ${mostSteps} presses of Tab`);
}

const isFocused = (target: Locator) => target.evaluate((node) => node === document.activeElement);

describe.skipIf(!chromium)('by keyboard, calmly', () => {
  let session: PageSession;

  beforeAll(async () => {
    session = await openPageSession(chromium as string);
    const { driver } = session.stack;
    for (const provider of ['notion', 'linear', 'google-contacts', 'google-calendar'])
      await driver.settled(await driver.connect(provider));
    await driver.control('POST', '/consent', { mode: 'ask' });
    await session.page.reload();
    await untilUpToDate(session.page);
    await look(session.page, 'integrations');
  }, 300_000);
  afterAll(() => session?.close());

  test('the first Tab offers the way past the navigation', async () => {
    const { page } = session;
    await page.reload();
    await page.getByRole('heading', { name: 'Google Contacts' }).first().waitFor();
    await page.keyboard.press('Tab');
    const skip = page.getByRole('link', { name: 'Skip to the content' });
    expect(await isFocused(skip)).toBe(true);
    await look(page, 'skip-link');
    await page.keyboard.press('Enter');
    await expect.poll(() => isFocused(page.locator('main'))).toBe(true);
  });

  test('a dialog holds the focus, and once it is left the focus is back where it was', async () => {
    const { page } = session;
    const connect = page.getByRole('button', { name: 'Connect another account of Google Calendar' });
    await tabTo(page, connect);
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    for (let step = 0; step < 8; step += 1) {
      await page.keyboard.press('Tab');
      expect(await dialog.evaluate((node) => node.contains(document.activeElement))).toBe(true);
    }
    await tabTo(page, dialog.getByRole('button', { name: 'Cancel' }));
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => isFocused(connect)).toBe(true);
  });

  test('an account is connected without a mouse, at the provider too', async () => {
    const { page } = session;
    const [popup] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('Enter')]);
    await popup.getByRole('radio', { name: /grace@example.com/ }).focus();
    await popup.keyboard.press('Space');
    await popup.getByRole('button', { name: 'Allow' }).focus();
    await popup.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Google Calendar is connected' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByText(/grace@example.com/).waitFor();
  });

  test('menu, tabs, switches and the Delete dialog are worked by keys, and each move tells where it led', async () => {
    const { page } = session;
    await page.reload();
    const more = page.getByRole('button', { name: /^More for Google Contacts/ });
    await more.waitFor();
    await tabTo(page, more);
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Manage' }).waitFor();
    await page.keyboard.press('Enter');
    const heading = page.getByRole('heading', { level: 1, name: 'Google Contacts' });
    await heading.waitFor();
    await expect.poll(() => isFocused(heading)).toBe(true);
    await tabTo(page, page.getByRole('tab', { name: 'Overview' }));
    await page.keyboard.press('ArrowRight');
    const sync = page.getByRole('tab', { name: 'Sync', exact: true });
    await expect.poll(() => sync.getAttribute('aria-selected')).toBe('true');
    const auto = page.getByRole('switch', { name: 'Auto Sync' });
    await tabTo(page, auto);
    await page.keyboard.press('Space');
    await expect.poll(() => auto.isChecked()).toBe(false);
    await page.getByText('when you ask for it', { exact: true }).waitFor();
    await page.keyboard.press('Space');
    await expect.poll(() => auto.isChecked()).toBe(true);
    await page.reload();
    const remove = page.getByRole('button', { name: 'Delete' });
    await remove.waitFor();
    await tabTo(page, remove);
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await tabTo(page, dialog.getByRole('textbox'));
    await page.keyboard.type('ada@example.com');
    expect(await dialog.getByRole('button', { name: 'Delete', exact: true }).isDisabled()).toBe(false);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => isFocused(remove)).toBe(true);
  });

  test('who wants less motion gets none; everybody else gets some', async () => {
    const { page, stack } = session;
    const longestMs = () =>
      page.evaluate(() => {
        const ms = (list: string) =>
          Math.max(...list.split(',').map((text) => Number.parseFloat(text) * 1000));
        return Math.max(
          ...[...document.querySelectorAll('*')].map((node) => {
            const { animationDuration, transitionDuration } = getComputedStyle(node);
            return Math.max(ms(animationDuration), ms(transitionDuration));
          }),
        );
      });
    // A sync that runs is what moves most: a pulsing mark and a bar.
    await stack.driver.control('POST', '/faults', {
      ...{ provider: 'google', method: 'GET', path: '/v1/people/*' },
      fault: { kind: 'delay', ms: 700 },
    });
    await page.getByRole('button', { name: 'Trigger Full Sync' }).click();
    await page.getByRole('progressbar').waitFor();
    expect(await longestMs()).toBeLessThan(1);
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    expect(await longestMs()).toBeGreaterThan(100);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await stack.driver.control('DELETE', '/faults');
    await untilUpToDate(page);
  });

  test('nothing jumps while a page loads', async () => {
    const { page, context, stack } = session;
    await goTo(page, 'Integrations');
    const href = await page.getByRole('link', { name: 'Linear' }).getAttribute('href');
    const steady = await context.newPage();
    await steady.addInitScript(() => {
      const seen = window as unknown as { shift: number };
      seen.shift = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
          seen.shift += (entry as PerformanceEntry & { value: number }).value;
      }).observe({ type: 'layout-shift', buffered: true });
    });
    const paths = ['/settings/integrations', href ?? '', '/data/contacts', '/data/tasks'];
    // Whichever of its answers comes last.
    const late = ['nothing', 'providers', 'integrations', 'session'];
    const loads = [
      ...late.map((answer) => [paths[0] as string, answer]),
      ...paths.slice(1).map((path) => [path]),
    ];
    for (const [path = '', answer = 'nothing'] of loads) {
      await steady.unrouteAll();
      await steady.route(`**/v1/${answer}`, async (route) => {
        await new Promise((resolve) => setTimeout(resolve, 600));
        await route.continue();
      });
      await steady.goto(stack.apiUrl + path);
      await steady.locator('.card, .count-tile, .contact-row, .task-row').first().waitFor();
      await steady.waitForTimeout(500);
      const shift = await steady.evaluate(() => (window as unknown as { shift: number }).shift);
      // Below 0.1 counts as good by web.dev/cls.
      expect.soft(shift, `${path}, late: ${answer}`).toBeLessThan(0.02);
    }
    await steady.close();
  });

  test('nothing on the way broke a script or the content security policy', () => {
    expect(session.errors).toEqual([]);
  });
});
