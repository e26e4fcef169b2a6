/** What a person sees and does when an integration needs them: access that ended, a link that ran out, a run that waits. */
import { readFile } from 'node:fs/promises';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Collection } from '../../api/contract/index.ts';
import { findChromium } from '../../dev/chromium.ts';
import { openPageSession, type PageSession } from './page-session.ts';
import { closeMessages, goTo, look, openConsent, openManage } from './page-walk.ts';

const chromium = findChromium();
const ada = '/google/ada@example.com';

describe.skipIf(!chromium)('an integration that needs somebody', () => {
  let session: PageSession;
  let calendar: string;
  let contacts: string;
  const card = (id: string) => session.page.locator(`[data-integration="${id}"]`);
  const api = <T>(method: string, path: string, body?: unknown) =>
    session.stack.driver.api<T>(method, `/v1${path}`, body);
  const collections = async () =>
    (await api<{ data: Collection[] }>('GET', `/integrations/${calendar}/collections`)).data;

  beforeAll(async () => {
    session = await openPageSession(chromium as string);
    const { driver } = session.stack;
    contacts = await driver.connect('google-contacts');
    await driver.settled(contacts);
    calendar = await driver.connect('google-calendar');
    await driver.settled(calendar);
    await driver.control('POST', '/consent', { mode: 'ask' });
  });
  afterAll(() => session?.close());

  test('a sync to which a listing was cut short says how much of it came, and that the others were kept', async () => {
    const { page, stack } = session;
    const { driver } = stack;
    const path = '/v1/people/me/connections';
    await driver.control('POST', '/faults', {
      ...{ provider: 'google', path, fault: { kind: 'truncate-list', keep: 2 } },
    });
    await driver.sync(contacts, 'full');
    await driver.control('DELETE', '/faults');
    await openManage(page, 'Google Contacts');
    await page.getByRole('tab', { name: 'Activity' }).click();
    const said = page.locator('.run', { hasText: 'Full sync' }).locator('.run-notice');
    await said
      .getByText(/^Google Contacts listed 2 of \d+ contacts; the other \d+ are still there/)
      .waitFor();
    await look(page, 'activity-short-listing');
    await goTo(page, 'Integrations');
  });

  test('a run that would remove much waits, its plan says what, and turning it down keeps everybody', async () => {
    const { page, stack } = session;
    const { driver } = stack;
    const there = await driver.control<{ data: { resourceName: string }[] }>(
      'GET',
      `${ada}/contacts?limit=1000`,
    );
    for (const { resourceName } of there.data)
      await driver.control('DELETE', `${ada}/contacts/${encodeURIComponent(resourceName)}`);
    expect(await driver.sync(contacts, 'incremental')).toMatchObject({ status: 'parked' });
    await card(contacts).getByText('Waiting for your decision').waitFor();
    await card(contacts).getByText('or turn it down to keep the contacts.').waitFor();
    await look(page, 'integrations-attention');
    await card(contacts).getByRole('button', { name: 'See what would change' }).click();
    await page.getByText(/^A sync stopped/).waitFor();
    await page.getByRole('button', { name: /^Carry it out and remove \d+ contacts$/ }).waitFor();
    await look(page, 'plan-parked');
    await page.getByRole('button', { name: 'Turn it down' }).click();
    await page.getByText('The plan was turned down').waitFor();
    await page.getByText('Waiting for your decision').waitFor({ state: 'detached', timeout: 30_000 });
    expect(await page.getByRole('button', { name: 'See what would change' }).count()).toBe(0);
    const { data } = await api<{ data: unknown[] }>('GET', '/contacts?limit=1000');
    expect(data.length).toBeGreaterThan(50);
    await page.getByRole('tab', { name: 'Activity' }).click();
    const heldBack = page.locator('.run', { hasText: 'Held back' });
    await heldBack.getByText('This sync changed nothing').waitFor();
    expect(await heldBack.getByText('turn it down').count()).toBe(0);
    expect(await page.getByText('Waiting for you').count()).toBe(0);
  });

  test('Sync now in the menu fetches what has changed', async () => {
    const { page, stack } = session;
    await goTo(page, 'Integrations');
    await closeMessages(page);
    await card(calendar)
      .getByRole('button', { name: /^More for/ })
      .click();
    await page.getByRole('menuitem', { name: 'Sync now' }).click();
    await page.getByText(/^Sync (started|is next in line|is running already)/).waitFor();
    await expect
      .poll(async () => (await stack.driver.settled(calendar)).trigger, { timeout: 30_000 })
      .toBe('manual');
  });

  test('a permission that was taken back is named by Test Connection, with the way to give it again', async () => {
    const { page, stack } = session;
    // No sync of its own meanwhile.
    await api('PATCH', `/integrations/${calendar}`, { autoSync: false });
    const scopes = ['userinfo.email', 'userinfo.profile', 'contacts', 'calendar.calendarlist.readonly'];
    const grant = (names: readonly string[]) =>
      stack.driver.control('POST', `${ada}/scopes`, {
        granted: names.map((name) => `https://www.googleapis.com/auth/${name}`),
      });
    await grant(scopes);
    await closeMessages(page);
    await openManage(page, 'Google Calendar');
    await page.getByRole('button', { name: 'Test Connection' }).click();
    await page.getByRole('heading', { name: 'Harmony lacks a permission' }).waitFor();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Harmony was not allowed to read your calendar events.').waitFor();
    await dialog.getByRole('button', { name: 'Re-authenticate' }).waitFor();
    await look(page, 'test-connection-permission');
    await grant([...scopes, 'calendar.events.readonly']);
    await dialog.getByRole('button', { name: 'Test again' }).click();
    await page.getByRole('heading', { name: 'The connection works' }).waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await api('PATCH', `/integrations/${calendar}`, { autoSync: true });
    await goTo(page, 'Integrations');
  });

  test('access that ended is told on the card and by Test Connection, each with the one way back', async () => {
    const { page, stack } = session;
    await stack.driver.control('POST', `${ada}/revoke`, {});
    await api('POST', `/integrations/${calendar}/sync`, { mode: 'incremental' });
    await card(calendar).getByText('Needs you to sign in again').waitFor({ timeout: 60_000 });
    await closeMessages(page);
    await look(page, 'needs-sign-in');
    await openManage(page, 'Google Calendar');
    // What support asks for is fetched as the person who is signed in.
    const [report] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Report for support' }).first().click(),
    ]);
    expect(JSON.parse(await readFile(await report.path(), 'utf8'))).toMatchObject({
      integration: { id: calendar },
    });
    await page.getByRole('button', { name: 'Test Connection' }).click();
    await page.getByRole('heading', { name: 'The connection does not work' }).waitFor();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Re-authenticate' }).waitFor();
    await look(page, 'test-connection-broken');
  });

  test('a sign-in that took too long says so in both windows, and is started again', async () => {
    const { page, context, stack } = session;
    const slow = await openConsent(page, 'Re-authenticate');
    const sql = postgres(stack.databaseUrl, { max: 1, onnotice: () => {} });
    await sql`update oauth_attempts set expires_at = now() - interval '1 minute'`;
    await sql.end();
    await slow.getByRole('button', { name: 'Allow' }).click();
    await slow.getByRole('heading', { name: 'This sign-in can not be finished' }).waitFor();
    await slow.close();
    await page.getByRole('button', { name: 'Open it again' }).waitFor();

    const patient = await context.newPage();
    await patient.clock.install();
    await patient.goto(page.url());
    const forgotten = await openConsent(patient, 'Re-authenticate');
    await patient.clock.fastForward(10 * 60_000);
    await patient.getByRole('heading', { name: 'The sign-in took too long' }).waitFor();
    await look(patient, 'sign-in-expired');
    await forgotten.close();
    await patient.close();

    const again = await openConsent(page, 'Open it again');
    await again.getByRole('button', { name: 'Allow' }).click();
    await page.getByRole('heading', { name: 'Signed in again' }).waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByText('Needs you to sign in again').waitFor({ state: 'detached', timeout: 30_000 });
  });

  test('a list of calendars is chosen by filter and at once, and Refresh List says what was renamed and is gone', async () => {
    const { page, stack } = session;
    const { driver } = stack;
    await page.getByRole('tab', { name: 'Calendars' }).click();
    await page.getByRole('checkbox').first().waitFor();
    await driver.control('POST', '/pushes', { mode: 'drop' });
    const made: string[] = [];
    for (const summary of ['Rowing', 'Choir', 'Chess', 'Garden', 'School', 'Holidays'])
      made.push((await driver.control<{ id: string }>('POST', `${ada}/calendars`, { summary })).id);
    await page.getByRole('button', { name: 'Refresh List' }).click();
    await page.getByText(/^New, 6 calendars/).waitFor();
    await page.getByRole('searchbox', { name: 'Filter calendars' }).fill('ch');
    await expect.poll(() => page.getByRole('checkbox').count()).toBe(3);
    const ticked = page.getByRole('checkbox', { checked: true });
    const released = Promise.withResolvers<void>();
    await page.route('**/collections/*', async (route) => {
      await released.promise;
      await route.continue();
    });
    await page.getByRole('button', { name: 'Select none' }).click();
    await page.getByText('7 of 10 calendars ticked').waitFor();
    // A list that comes in while the choices are on their way undoes none of them, nor what is pressed next.
    const rowing = (await collections()).find(({ name }) => name === 'Rowing');
    await api('PATCH', `/integrations/${calendar}/collections/${rowing?.id}`, { subscribed: false });
    await page.getByText('6 of 10 calendars ticked').waitFor();
    expect(await ticked.count()).toBe(0);
    await page.getByRole('button', { name: 'Select all' }).click();
    await expect.poll(() => ticked.count()).toBe(3);
    released.resolve();
    await expect
      .poll(async () => (await collections()).filter(({ subscribed }) => subscribed).length)
      .toBe(9);
    await page.getByText('9 of 10 calendars ticked').waitFor();
    await page.unroute('**/collections/*');
    await page.getByRole('searchbox', { name: 'Filter calendars' }).fill('');
    await driver.control('PATCH', `${ada}/calendars/${encodeURIComponent(made[0] ?? '')}`, {
      summary: 'Rowing club',
    });
    await driver.control('DELETE', `${ada}/calendars/${encodeURIComponent(made[1] ?? '')}`);
    await page.getByRole('button', { name: 'Refresh List' }).click();
    await page.getByText('Renamed, 1 calendar: Rowing club').waitFor();
    await page.getByText('No longer there, 1 calendar: Choir').waitFor();
    await closeMessages(page);
    await look(page, 'calendars-refreshed');
    await driver.control('POST', '/pushes', { mode: 'deliver' });
  });

  test('Delete can keep what was synced, and does nothing until the right name is typed', async () => {
    const { page } = session;
    const before = (await api<{ data: unknown[] }>('GET', '/contacts?limit=1000')).data.length;
    await goTo(page, 'Integrations');
    await openManage(page, 'Google Contacts');
    await page.getByRole('button', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: /^Keep what was synced/ }).click();
    await dialog.getByRole('textbox').fill('somebody@example.com');
    await dialog.getByRole('textbox').press('Enter');
    expect(await dialog.getByRole('button', { name: 'Delete', exact: true }).isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill('ADA@example.com');
    await dialog.getByRole('textbox').press('Enter');
    await page.getByText('What was synced stays in Harmony.').waitFor();
    await expect
      .poll(async () =>
        (await api<{ data: { id: string }[] }>('GET', '/integrations')).data.map(({ id }) => id),
      )
      .toEqual([calendar]);
    expect((await api<{ data: unknown[] }>('GET', '/contacts?limit=1000')).data).toHaveLength(before);
    await goTo(page, 'Contacts');
    await page.locator('.contact-row').first().waitFor();
  });

  test('nothing on the way broke a script or the content security policy', () => {
    expect(session.errors).toEqual([]);
  });
});
