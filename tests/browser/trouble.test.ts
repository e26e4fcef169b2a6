/** What a person sees while parts of Harmony are away, and that nothing they typed is lost. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium } from '../../dev/chromium.ts';
import { expectAccessible } from './chromium.ts';
import { calmDesktop, openPageSession, type PageSession } from './page-session.ts';
import { closeMessages, goTo, look } from './page-walk.ts';

const chromium = findChromium();

describe.skipIf(!chromium)('trouble', () => {
  let session: PageSession;

  beforeAll(async () => {
    session = await openPageSession(chromium as string);
    const { driver } = session.stack;
    await driver.settled(await driver.connect('linear'));
  });
  afterAll(() => session?.close());

  test('an API that stops is told, keeps what was typed, and is found again by itself', async () => {
    const { page, stack } = session;
    await goTo(page, 'Tasks');
    await page.getByRole('button', { name: 'New task' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Title').fill('Water the plants');
    await dialog.getByLabel('Description').fill('All of them.');
    // As a server that is away answers, for as long as the test wants.
    await page.route('**/v1/**', (route) => route.abort('connectionrefused'));
    await dialog.getByRole('button', { name: 'Create task' }).click();
    await dialog.getByText('Harmony could not be reached').waitFor();
    expect(await dialog.getByLabel('Title').inputValue()).toBe('Water the plants');
    await look(page, 'task-unreachable');
    await page.unroute('**/v1/**');
    if (stack.pids.api !== null) process.kill(stack.pids.api, 'SIGKILL');
    await expect
      .poll(
        async () => {
          await dialog
            .getByRole('button', { name: 'Create task' })
            .click({ timeout: 500 })
            .catch(() => {});
          return page.getByText(/was created/).count();
        },
        { timeout: 60_000, interval: 500 },
      )
      .toBe(1);
    await page.getByRole('link', { name: 'Water the plants' }).waitFor();
    expect(await page.getByRole('link', { name: 'Water the plants' }).count()).toBe(1);
    await closeMessages(page);
  });

  test('a page that can not be asked says since when it is old, and is current again without a click', async () => {
    const { page } = session;
    await goTo(page, 'Integrations');
    await page.getByRole('heading', { name: 'Linear' }).first().waitFor();
    await page.route('**/v1/**', (route) => route.abort('connectionrefused'));
    await page.getByText('Harmony does not answer right now').waitFor({ timeout: 40_000 });
    await page.getByRole('button', { name: 'More for Linear' }).waitFor();
    await look(page, 'unreachable');
    await page.unroute('**/v1/**');
    await page.getByText('Harmony does not answer right now').waitFor({ state: 'detached', timeout: 40_000 });
  });

  test('a task that the provider is slow to take is told at its end, made once, and kept where it is refused', async () => {
    const { page, stack } = session;
    const accepted = { status: 202, body: { id: 'tsk_slow', operationId: 'op_slow' } };
    const refused = { title: 'The provider did not take it', detail: 'Too long.', code: 'write_refused' };
    /** What is answered to a write before the API is asked. */
    let answer: { status: number; body: object } | undefined = accepted;
    const keys = new Set<string | undefined>();
    await page.route('**/v1/tasks*', (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      keys.add(route.request().headers()['idempotency-key']);
      if (!answer) return route.continue();
      const { status, body } = answer;
      return route.fulfill({ status, contentType: 'application/json', body: JSON.stringify(body) });
    });
    await goTo(page, 'Tasks');
    const newTask = page.getByRole('button', { name: 'New task' });
    await newTask.click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Title').fill('Count the stars');
    await dialog.getByRole('button', { name: 'Create task' }).click();
    await dialog.getByText('The provider is slow.').waitFor();
    await look(page, 'task-slow');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect(await newTask.getAttribute('aria-disabled')).toBe('true');
    answer = { status: 422, body: { ...refused, status: 422 } };
    await page.getByText('“Count the stars” is not created so far').waitFor();
    await page.getByText('The provider did not take it. Too long.').waitFor();
    await closeMessages(page);

    // Under a key of its own, as the one before is refused for good; a reload does not make it another one.
    keys.clear();
    answer = accepted;
    await newTask.click();
    expect(await dialog.getByLabel('Title').inputValue()).toBe('Count the stars');
    await dialog.getByRole('button', { name: 'Create task' }).click();
    await dialog.getByText('The provider is slow.').waitFor();
    await page.reload();
    answer = undefined;
    await newTask.click();
    await dialog.getByRole('button', { name: 'Create task' }).click();
    await page.getByText(/was created/).waitFor();
    await dialog.waitFor({ state: 'detached' });
    expect(keys.size).toBe(1);
    const { data } = await stack.driver.api<{ data: { title: string }[] }>('GET', '/v1/tasks?limit=1000');
    expect(data.filter(({ title }) => title === 'Count the stars')).toHaveLength(1);
    await page.unroute('**/v1/tasks*');
    await closeMessages(page);
  });

  test('a list that can not be read on says so, and one whose place holds no longer is read on all the same', async () => {
    const { page, stack } = session;
    const { data } = await stack.driver.api<{ data: unknown[] }>('GET', '/v1/tasks?limit=1000');
    let isAway = true;
    let isRefused = false;
    await page.route('**/v1/tasks?**', async (route) => {
      if (new URL(route.request().url()).searchParams.has('cursor')) {
        if (isAway) return route.abort('connectionrefused');
        isRefused = true;
        return route.continue();
      }
      if (isRefused) return route.continue();
      const response = await route.fetch();
      // As the version before gave it.
      const json = { ...(await response.json()), nextCursor: 'eyJpZCI6InRza18xIn0' };
      return route.fulfill({ response, json });
    });
    await goTo(page, 'Tasks');
    const rows = page.locator('[data-task]');
    await page.getByRole('button', { name: 'Show more' }).click();
    await page.getByRole('alert').getByText('Harmony could not be reached').waitFor();
    expect(await rows.count()).toBeLessThan(data.length);
    isAway = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => rows.count(), { timeout: 20_000 }).toBe(data.length);
    await page.unroute('**/v1/tasks?**');
  });

  test('a task that is gone while it is shown says so, and nothing of it can be pressed any more', async () => {
    const { page } = session;
    await page.locator('[data-task] a').first().click();
    await page.getByLabel('State').waitFor();
    const gone = { title: 'Not found', detail: 'There is no such task.', status: 404, code: 'not_found' };
    await page.route('**/v1/tasks/*', (route) =>
      route.fulfill({ status: 404, contentType: 'application/problem+json', body: JSON.stringify(gone) }),
    );
    // What is shown is asked for again once it is a few seconds old and the tab is looked at.
    await expect
      .poll(
        async () => {
          await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')));
          return page.getByRole('heading', { level: 1, name: 'This is not here any more' }).count();
        },
        { timeout: 20_000 },
      )
      .toBe(1);
    expect(await page.getByLabel('State').count()).toBe(0);
    await page.unroute('**/v1/tasks/*');
  });

  test('a slow network shows what is coming, in its place', async () => {
    const { page } = session;
    let answer = (): void => {};
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route('**/v1/documents**', async (route) => {
      await held;
      await route.continue();
    });
    await goTo(page, 'Documents');
    await page.getByText('Loading…').first().waitFor({ state: 'attached' });
    await look(page, 'loading');
    answer();
    await page.getByText('No documents yet').waitFor();
    await page.unroute('**/v1/documents**');
  });

  test('a session that ends while somebody types loses nothing', async () => {
    const { page, context, stack } = session;
    await goTo(page, 'Tasks');
    await page.getByRole('button', { name: 'New task' }).click();
    await page.getByLabel('Title').fill('Feed the cat');
    await context.clearCookies();
    await page.getByRole('button', { name: 'Create task' }).click();
    await page.getByRole('heading', { name: 'Your session has ended' }).waitFor();
    // Back where it was.
    await page.goto(await stack.signInUrl());
    await page.getByRole('heading', { level: 1, name: 'Tasks' }).waitFor();
    await page.getByRole('button', { name: 'New task' }).click();
    expect(await page.getByLabel('Title').inputValue()).toBe('Feed the cat');
    await page.getByRole('button', { name: 'Cancel' }).click();
  });

  test('what somebody typed before their session ended is not shown to whoever signs in next', async () => {
    const { page, context, stack } = session;
    const typed = async () => {
      await goTo(page, 'Contacts');
      await page.getByRole('button', { name: 'New contact' }).click();
      return page.getByLabel('First name');
    };
    await (await typed()).fill('Confidential');
    await context.clearCookies();
    const { data } = await stack.driver.api<{ data: { id: string }[] }>('GET', '/v1/users');
    const userId = data.find(({ id }) => id !== stack.userId)?.id;
    const next = await stack.driver.api<{ signInUrl: string }>('POST', '/v1/sessions', { userId });
    await page.goto(next.signInUrl);
    expect(await (await typed()).inputValue()).toBe('');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.goto(await stack.signInUrl());
    await page.getByRole('heading', { name: 'Active Integrations' }).waitFor();
  });

  test('a tab whose session has ended goes on once somebody signs in again in another one, with what was typed', async () => {
    const { page, context, stack } = session;
    const { id } = await stack.driver.api<{ id: string }>('POST', '/v1/contacts', { firstName: 'Nora' });
    await page.goto(`${stack.apiUrl}/data/contacts/${id}`);
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Job title').fill('Gardener');
    await context.clearCookies();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Your session has ended' }).waitFor();
    const other = await context.newPage();
    await other.goto(await stack.signInUrl());
    await other.getByRole('heading', { name: 'Active Integrations' }).waitFor();
    await other.close();
    // A tab that is looked at again; without a window, Chromium takes every tab to be in sight.
    await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')));
    await expect.poll(() => page.getByLabel('Job title').inputValue()).toBe('Gardener');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('definition').filter({ hasText: 'Gardener' }).waitFor();
  });

  test('somebody else who signs in in another tab is shown nothing of whoever was here before', async () => {
    const { page, context, stack } = session;
    await goTo(page, 'Contacts');
    await page.getByRole('link', { name: /Nora/ }).waitFor();
    const { data } = await stack.driver.api<{ data: { id: string; name: string }[] }>('GET', '/v1/users');
    const user = data.find(({ id }) => id !== stack.userId);
    const next = await stack.driver.api<{ signInUrl: string }>('POST', '/v1/sessions', { userId: user?.id });
    const other = await context.newPage();
    await other.goto(next.signInUrl);
    await other.getByRole('heading', { name: 'Active Integrations' }).waitFor();
    await other.close();
    await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')));
    await page.getByText('No contacts yet').waitFor();
    await page
      .getByRole('banner')
      .getByText(user?.name ?? '')
      .waitFor();
    await page.goto(await stack.signInUrl());
    await page.getByRole('heading', { name: 'Active Integrations' }).waitFor();
  });

  test('a part of the page that is not there any more brings a fresh page, and one that does not come is told', async () => {
    const { browser, stack } = session;
    const context = await browser.newContext(calmDesktop);
    const page = await context.newPage();
    await page.goto(await stack.signInUrl());
    await page.getByRole('heading', { name: 'Active Integrations' }).waitFor();
    let refused = 0;
    await context.route('**/assets/data-pages-*.js', async (route) => {
      refused += 1;
      await route.fulfill({ status: 404 });
    });
    await goTo(page, 'Contacts');
    // The first time it loads itself anew, as after an upgrade; the second time it says so.
    await page.getByText('This part of the page could not be loaded').waitFor();
    expect(refused).toBe(2);
    await expectAccessible(page);
    await goTo(page, 'Integrations');
    await page.getByRole('heading', { name: 'Active Integrations' }).waitFor();
    await goTo(page, 'Contacts');
    await context.unroute('**/assets/data-pages-*.js');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('button', { name: 'New contact' }).waitFor();
    await context.close();
  });

  test('nothing on the way broke a script or the content security policy', () => {
    expect(session.errors).toEqual([]);
  });
});
