/** A list of 100,000 contacts: what is in the page of it, and that the last one seen opens. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seedContacts } from '../../bench/page.ts';
import { findChromium } from '../../dev/chromium.ts';
import { openPageSession, type PageSession } from './page-session.ts';
import { goTo, look } from './page-walk.ts';

const chromium = findChromium();
const people = 100_000;

describe.skipIf(!chromium)('a long list', () => {
  let session: PageSession;

  beforeAll(async () => {
    session = await openPageSession(chromium as string);
    await seedContacts(session.stack, people);
  }, 300_000);
  afterAll(() => session?.close());

  test(`of ${people.toLocaleString('en')} contacts scrolls, with only what is seen in the page`, async () => {
    const { page } = session;
    await goTo(page, 'Contacts');
    const rows = page.locator('.contact-row');
    await rows.first().waitFor();
    await look(page, 'contacts');
    const height = () => page.evaluate(() => document.documentElement.scrollHeight);
    for (let pages = 0; pages < 25; pages += 1) {
      const before = await height();
      await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
      await expect.poll(height, { timeout: 20_000, interval: 10 }).toBeGreaterThan(before);
    }
    expect(await rows.count()).toBeLessThan(80);
    const last = rows.last().getByRole('link');
    await last.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: /^Person \d+$/ }).waitFor();
    await look(page, 'contact');
  });

  test('nothing on the way broke a script or the content security policy', () => {
    expect(session.errors).toEqual([]);
  });
});
