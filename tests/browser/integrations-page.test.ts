/** The page as a person walks it, from the sign-in link to Delete, in a real Chromium against everything real. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium, launchChromium } from '../../dev/chromium.ts';
import { watchForErrors } from './chromium.ts';
import { closeMessages, goTo, look, openConsent, openManage, untilUpToDate } from './page-walk.ts';
import { type BrowserStack, startBrowserStack } from './stack.ts';

const chromium = findChromium();
if (!chromium) console.warn('The browser tests need Chromium: install it, or name it in CHROMIUM_PATH.');

describe.skipIf(!chromium)('User preferences > Integrations', () => {
  let stack: BrowserStack;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let errors: string[];

  beforeAll(async () => {
    stack = await startBrowserStack();
    await stack.driver.control('POST', '/consent', { mode: 'ask' });
    browser = await launchChromium(chromium as string);
    context = await browser.newContext({
      viewport: { width: 1200, height: 860 },
      timezoneId: 'Europe/Berlin',
      // axe measures contrast, which a dialog that is still fading in does not have.
      reducedMotion: 'reduce',
    });
    page = await context.newPage();
    page.setDefaultTimeout(20_000);
    errors = watchForErrors(page);
  });

  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
  });

  test('without a session the page says how to get one', async () => {
    await page.goto(stack.apiUrl);
    await page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
    await look(page, 'signed-out');
  });

  test('a sign-in link opens the page and leaves the address; used again it says that it no longer works', async () => {
    const link = await stack.signInUrl();
    await page.goto(link);
    await page.getByText('Nothing is connected yet').waitFor();
    expect(page.url()).toBe(`${stack.apiUrl}/settings/integrations`);
    await look(page, 'first-visit');
    const stranger = await browser.newContext();
    const other = await stranger.newPage();
    await other.goto(link);
    await other.getByRole('heading', { name: 'This sign-in link no longer works' }).waitFor();
    await look(other, 'used-link');
    await stranger.close();
  });

  test('a refusal, an unticked box and a closed window are each told, and each has its way on', async () => {
    const given = await openConsent(page, 'Connect Google Calendar');
    await page.getByText('Harmony will read your calendar events').waitFor();
    await page.getByText('Waiting for you to finish in the other window').waitFor();
    await look(page, 'connect');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect.poll(() => given.isClosed()).toBe(true);
    await page.getByRole('button', { name: 'More for Google Calendar' }).waitFor({ state: 'detached' });

    let popup = await openConsent(page, 'Connect Google Calendar');
    await popup.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('heading', { name: /declined|not allowed/ }).waitFor();
    await look(page, 'refused');

    popup = await openConsent(page, 'Try again');
    await popup.getByRole('checkbox').first().uncheck();
    await popup.getByRole('button', { name: 'Allow' }).click();
    await page.getByRole('heading', { name: /was not allowed to/ }).waitFor();
    await look(page, 'permission-left-out');

    popup = await openConsent(page, 'Try again');
    await popup.close();
    await page.getByRole('button', { name: 'Open it again' }).waitFor();

    popup = await openConsent(page, 'Open it again');
    await popup.getByRole('button', { name: 'Allow' }).click();
    await page.getByRole('button', { name: 'Choose calendars' }).waitFor();
    await look(page, 'connected');
    await page.getByRole('button', { name: 'Done' }).click();
    await untilUpToDate(page);
    expect(await page.getByText('ada@example.com').count()).toBeGreaterThan(0);
    await look(page, 'integrations-one');
  });

  test('a blocked window leaves a link, and the page notices the sign-in by itself', async () => {
    const blocked = await context.newPage();
    await blocked.addInitScript(() => {
      window.open = () => null;
    });
    await blocked.goto(`${stack.apiUrl}/settings/integrations`);
    await blocked.getByRole('button', { name: 'Connect Google Contacts' }).click();
    const link = blocked.getByRole('link', { name: 'Open the sign-in page' });
    await link.waitFor();
    await look(blocked, 'blocked');
    const [tab] = await Promise.all([context.waitForEvent('page'), link.click()]);
    // As where the provider cuts the tie to the page that opened it: no message can come.
    await tab.route('**/oauth/callback**', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: 'done' });
    });
    await tab.getByRole('button', { name: 'Allow' }).click();
    await blocked.getByRole('heading', { name: 'Google Contacts is connected' }).waitFor();
    await blocked.close();
    await tab.close();
  });

  test('an account that is connected already is told so, and leaves no second integration', async () => {
    const popup = await openConsent(page, 'Connect another account of Google Calendar');
    await popup.getByRole('button', { name: 'Allow' }).click();
    await page.getByRole('heading', { name: /connected (to Google Calendar )?already/ }).waitFor();
    // By itself, as nothing can come of it.
    await page
      .getByRole('button', { name: 'More for Google Calendar' })
      .nth(1)
      .waitFor({ state: 'detached' });
    const removed = page.waitForResponse((answer) => answer.request().method() === 'DELETE');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await removed;
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.waitForTimeout(200);
    expect(await page.locator('.notice').count()).toBe(0);
  });

  test('what nobody has signed in to is deleted without a name to type', async () => {
    const popup = await openConsent(page, 'Connect Notion');
    await popup.close();
    await page.reload();
    await page.getByText('The sign-in was not finished').waitFor();
    await page.getByRole('button', { name: 'More for Notion' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByText('nothing was synced and nothing is lost').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Notion is being deleted').waitFor();
    await page.getByRole('button', { name: 'More for Notion' }).waitFor({ state: 'detached' });
    await closeMessages(page);
    await page.evaluate(() => scrollTo(0, 0));
  });

  test('a sign-in that is given up while it is being begun leaves no window and no integration', async () => {
    const held = Promise.withResolvers<void>();
    await page.route('**/v1/integrations', async (route) => {
      if (route.request().method() === 'POST') await held.promise;
      await route.continue();
    });
    const [popup] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('button', { name: 'Connect Notion' }).click(),
    ]);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect.poll(() => popup.isClosed()).toBe(true);
    const removed = page.waitForResponse((answer) => answer.request().method() === 'DELETE');
    held.resolve();
    expect((await removed).status()).toBe(202);
    await page.unroute('**/v1/integrations');
    const { data } = await stack.driver.api<{ data: { provider: string }[] }>('GET', '/v1/integrations');
    expect(data.map(({ provider }) => provider)).not.toContain('notion');
    await page.getByRole('button', { name: 'More for Notion' }).waitFor({ state: 'detached' });
  });

  test('the menu works by keyboard and leads to Manage', async () => {
    await page.getByRole('button', { name: 'More for Google Calendar' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Delete' }).waitFor();
    await look(page, 'menu');
    await page.keyboard.press('Escape');
    await openManage(page, 'Google Calendar');
    await page
      .getByText('first sync after connecting')
      .or(page.getByText('after signing in again'))
      .waitFor();
    await look(page, 'manage-overview');
  });

  test('a calendar that is unticked leaves at once, and a choice that the server refuses is put back', async () => {
    await page.getByRole('tab', { name: 'Calendars' }).click();
    const boxes = page.getByRole('checkbox');
    await boxes.first().waitFor();
    const [first, second] = [boxes.nth(0), boxes.nth(1)];
    const saved = page.waitForResponse((answer) => answer.request().method() === 'PATCH');
    await first.click();
    await page.getByText(/^3 of 4 calendars ticked$/).waitFor();
    await saved;
    await page.reload();
    await boxes.first().waitFor();
    expect(await first.isChecked()).toBe(false);
    await first.click();
    await page.getByText(/^4 of 4 calendars ticked$/).waitFor();

    const problem = { title: 'Out of order', detail: 'The choice was not saved.', status: 503, code: 'x' };
    await page.route('**/collections/*', (route) =>
      route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify(problem) }),
    );
    await second.click();
    await page.getByText('The choice was not saved.').waitFor();
    await expect.poll(() => second.isChecked()).toBe(true);
    await page.unroute('**/collections/*');
    await page.getByRole('button', { name: 'Close this message' }).click();
  });

  test('Refresh List tells what is new and keeps every choice', async () => {
    const work = page.getByRole('checkbox', { name: /^Work/ });
    await work.click();
    await page.getByText(/^3 of 4 calendars ticked$/).waitFor();
    // Else a push could bring it in before the button does.
    await stack.driver.control('POST', '/pushes', { mode: 'hold' });
    await stack.driver.control('POST', '/google/ada@example.com/calendars', { summary: 'Book club' });
    await page.getByRole('button', { name: 'Refresh List' }).click();
    await page.getByText('New, 1 calendar: Book club').waitFor();
    expect(await work.isChecked()).toBe(false);
    expect(await page.getByRole('checkbox').count()).toBe(5);
    await stack.driver.control('POST', '/pushes', { mode: 'deliver' });
    await untilUpToDate(page);
    await look(page, 'manage-calendars');
  });

  test('a full sync shows its progress, also in a page that is opened while it runs', async () => {
    const slow = {
      provider: 'google',
      method: 'GET',
      path: '/calendar/*',
      fault: { kind: 'delay', ms: 3000 },
    };
    await stack.driver.control('POST', '/faults', slow);
    await page.getByRole('button', { name: 'Trigger Full Sync' }).click();
    await page.getByText(/^Full sync (started|is next in line)$/).waitFor();
    await page.getByRole('progressbar').waitFor();
    // Scoped to the progress line: the list of calendars says "4 of 5" too.
    await page.locator('.progress-words', { hasText: /\d+ (of \d+|read so far)/ }).waitFor();
    const later = await context.newPage();
    await later.goto(`${stack.apiUrl}/settings/integrations`);
    await later.getByText('Full sync running').waitFor();
    await later.close();
    await look(page, 'live-progress');
    await stack.driver.control('DELETE', '/faults');
    await untilUpToDate(page);
    await page.getByRole('tab', { name: 'Activity' }).click();
    await page.getByText('Full sync done').waitFor();
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const run = page.locator('.run').first();
    await run.getByRole('button', { name: 'Copy the id of this sync' }).click();
    await page.getByText('Copied').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      await run.getAttribute('data-run'),
    );
    await closeMessages(page);
    await look(page, 'manage-activity');
  });

  test('Test Connection answers check by check', async () => {
    await page.getByRole('button', { name: 'Test Connection' }).click();
    await page.getByRole('heading', { name: 'The connection works' }).waitFor();
    await page.getByText('Reading calendar events').waitFor();
    await look(page, 'test-connection');
    await page.getByRole('button', { name: 'Done' }).click();
  });

  test('Auto Sync and how often are kept', async () => {
    await page.getByRole('tab', { name: 'Sync', exact: true }).click();
    await page.getByLabel('How often').selectOption({ label: 'Every hour' });
    await page.getByRole('switch', { name: 'Auto Sync' }).click();
    await page.getByText('when you ask for it', { exact: true }).waitFor();
    await page.reload();
    const autoSync = page.getByRole('switch', { name: 'Auto Sync' });
    await autoSync.waitFor();
    expect(await autoSync.isChecked()).toBe(false);
    await autoSync.click();
    expect(await page.getByLabel('How often').inputValue()).toBe('3600');
    await look(page, 'manage-sync');
  });

  test('an answer from before a setting was changed does not put it back', async () => {
    const one = /\/v1\/integrations\/[^/?]+$/;
    const released = Promise.withResolvers<void>();
    let asked = 0;
    await page.route(one, async (route) => {
      if (route.request().method() !== 'GET') return route.continue();
      const response = await route.fetch();
      asked += 1;
      await released.promise;
      return route.fulfill({ response });
    });
    await expect.poll(() => asked, { timeout: 20_000 }).toBe(1);
    const saved = page.waitForResponse((answer) => answer.request().method() === 'PATCH');
    const often = page.getByLabel('How often');
    await often.selectOption({ label: 'Every 30 minutes' });
    await saved;
    const late = page.waitForResponse(
      (answer) => answer.request().method() === 'GET' && one.test(answer.url()),
    );
    released.resolve();
    await late;
    await page.waitForTimeout(200);
    expect(await often.inputValue()).toBe('1800');
    await page.unroute(one);
  });

  test('signing in again as somebody else is refused and says who was expected', async () => {
    const popup = await openConsent(page, 'Re-authenticate');
    await popup.getByRole('radio', { name: /grace@example.com/ }).check();
    await popup.getByRole('button', { name: 'Allow' }).click();
    const again = page.getByRole('button', { name: 'Try again' });
    await again.waitFor();
    await page.getByRole('dialog').getByText('ada@example.com').first().waitFor();
    await look(page, 'wrong-account');
    const right = await openConsent(page, 'Try again');
    await right.getByRole('radio', { name: /ada@example.com/ }).check();
    await right.getByRole('button', { name: 'Allow' }).click();
    await page.getByRole('heading', { name: 'Signed in again' }).waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
  });

  test('what arrived can be looked at', async () => {
    await goTo(page, 'Contacts');
    await page
      .getByRole('link', { name: /@mail.example/ })
      .first()
      .waitFor();
    await look(page, 'contacts-few');
    await goTo(page, 'Calendar');
    // Series that began earlier are folded away.
    await page.getByText(/^\d+ repeating events? that began earlier$/).waitFor();
    const event = page.locator('.agenda-event:visible').first();
    await expect.poll(() => event.locator('.agenda-calendar').textContent()).not.toBe('');
    const { data: integrations } = await stack.driver.api<{ data: { id: string; provider: string }[] }>(
      'GET',
      '/v1/integrations',
    );
    const id = integrations.find(({ provider }) => provider === 'google-calendar')?.id;
    const { data: calendars } = await stack.driver.api<{ data: { name: string }[] }>(
      'GET',
      `/v1/integrations/${id}/collections`,
    );
    expect(calendars.map(({ name }) => name)).toContain(
      await event.locator('.agenda-calendar').textContent(),
    );
    expect(await event.getByRole('link').getAttribute('href')).toMatch(
      /^https:\/\/www\.google\.com\/calendar/,
    );
    await look(page, 'calendar');
  });

  test('offline is said, and what was there stays readable', async () => {
    await goTo(page, 'Integrations');
    await context.setOffline(true);
    await page.getByText('You are offline.').waitFor();
    expect(await page.getByRole('heading', { name: 'Google Calendar' }).count()).toBeGreaterThan(0);
    await look(page, 'integrations-offline');
    await context.setOffline(false);
    await page.getByText('You are offline.').waitFor({ state: 'detached' });
  });

  test('Delete says what goes, wants the name typed, and takes the integration away', async () => {
    await openManage(page, 'Google Calendar');
    await page.getByRole('button', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog');
    const confirm = dialog.getByRole('button', { name: 'Delete' });
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill('ada@example.com');
    await look(page, 'delete');
    await confirm.click();
    await page.getByText('Google Calendar is being deleted').waitFor();
    await page.getByRole('button', { name: 'More for Google Calendar' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'More for Google Contacts' }).waitFor();
  });

  test('whoever came with an integration alone is not shown any more once that is deleted', async () => {
    const held = async () => {
      const { data } = await stack.driver.api<{ data: { sources: unknown[] }[] }>('GET', '/v1/contacts');
      return data.length;
    };
    await goTo(page, 'Contacts');
    await page.locator('.contact-row').first().waitFor();
    await goTo(page, 'Integrations');
    await openManage(page, 'Google Contacts');
    await page.getByRole('button', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('except for what another account brings, too').waitFor();
    await dialog.getByRole('textbox').fill('ada@example.com');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Google Contacts is being deleted').waitFor();
    await expect.poll(held, { timeout: 30_000 }).toBe(0);
    await goTo(page, 'Contacts');
    await page.getByText('No contacts yet').waitFor();
    await goTo(page, 'Integrations');
  });

  test('a session that is over is said without a click', async () => {
    await context.clearCookies();
    await page.getByRole('heading', { name: 'Your session has ended' }).waitFor({ timeout: 30_000 });
    await look(page, 'session-ended');
  });

  test('nothing on the way broke a script or the content security policy', () => {
    expect(errors).toEqual([]);
  });
});
