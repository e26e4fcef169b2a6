/** A person's own edits of contacts, in a real Chromium against everything real. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium } from './chromium.ts';
import { openPageSession, type PageSession } from './page-session.ts';
import { closeMessages, goTo, look, openManage } from './page-walk.ts';

const chromium = findChromium();

interface ContactView {
  readonly id: string;
  readonly jobTitle: string | null;
  readonly version: number;
}

describe.skipIf(!chromium)('contacts', () => {
  let session: PageSession;
  let id: string;
  const read = () => session.stack.driver.api<ContactView>('GET', `/v1/contacts/${id}`);

  beforeAll(async () => {
    session = await openPageSession(chromium as string);
    const { driver } = session.stack;
    await driver.settled(await driver.connect('google-contacts'));
  });
  afterAll(() => session?.close());

  test('an edit is saved, and an impossible value is told at its field with nothing lost', async () => {
    const { page } = session;
    // Made here and tied to no account, so that no sync has a say in it.
    const made = { firstName: 'Paula', lastName: 'Maps', company: 'Atlas' };
    ({ id } = await session.stack.driver.api<ContactView>('POST', '/v1/contacts', made));
    await goTo(page, 'Contacts');
    await page.goto(`${session.stack.apiUrl}/data/contacts/${id}`);
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Job title').fill('Head of Maps');
    await page.getByLabel('E-mail').fill('not an address');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('That is not an e-mail address.').waitFor();
    expect(await page.getByLabel('Job title').inputValue()).toBe('Head of Maps');
    await look(page, 'contact-edit');
    await page.getByLabel('E-mail').fill('maps@example.com');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('definition').filter({ hasText: 'Head of Maps' }).waitFor();
    expect((await read()).jobTitle).toBe('Head of Maps');
  });

  test('a change that somebody made meanwhile is not overwritten unseen, and what was typed stays', async () => {
    const { page, stack } = session;
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Company').fill('Cartographers');
    await stack.driver.api('PATCH', `/v1/contacts/${id}`, { department: 'North' });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('This person was changed meanwhile').waitFor();
    expect(await page.getByLabel('Company').inputValue()).toBe('Cartographers');
    await look(page, 'contact-collision');
    await page.getByRole('button', { name: 'Use the newer version' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('definition').filter({ hasText: 'Cartographers' }).waitFor();
    await page.getByRole('definition').filter({ hasText: 'North' }).waitFor();
  });

  test('archived, a contact leaves the list, and comes back with one press', async () => {
    const { page, stack } = session;
    await page.getByRole('button', { name: 'Archive' }).click();
    await page.getByText('Your Companion does not see this person any more.').waitFor();
    expect(await stack.driver.status('GET', `/v1/contacts/${id}`)).toBe(404);
    await look(page, 'contact-archived');
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Edit' }).waitFor();
    expect(await stack.driver.status('GET', `/v1/contacts/${id}`)).toBe(200);
  });

  test('each value says why it is what it is', async () => {
    const { page } = session;
    await closeMessages(page);
    await page.getByRole('button', { name: 'Why these values?' }).click();
    await page.locator('.reason').first().waitFor();
    await look(page, 'contact-explained');
  });

  test('a mapping is tried on real contacts before it holds, and the defaults come back with one press', async () => {
    const { page } = session;
    await goTo(page, 'Integrations');
    await openManage(page, 'Google Contacts');
    await page.getByRole('tab', { name: 'Mappings' }).click();
    const email = page.getByLabel('Google Contacts field of E-mail');
    await email.waitFor();
    await look(page, 'mappings');
    await page.getByLabel('Harmony field of Phone').selectOption({ label: 'E-mail' });
    await page.getByText('E-mail is mapped twice.').first().waitFor();
    expect(await page.getByRole('button', { name: 'Save mappings' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Discard changes' }).click();
    await email.selectOption({ label: 'E-mail at work' });
    await page.getByText(/^Tried on \d+ contacts/).waitFor();
    await page.getByRole('button', { name: 'Save mappings' }).scrollIntoViewIfNeeded();
    await look(page, 'mappings-preview');
    await page.getByRole('button', { name: 'Save mappings' }).click();
    await page.getByText('The mappings are saved').waitFor();
    await page.getByRole('button', { name: 'Reset to default' }).click();
    await expect.poll(() => email.inputValue()).toBe('emailAddresses.value');
  });

  test('values that gave way are shown with both sides, and once all is decided the inbox says so', async () => {
    const { page, stack } = session;
    const open = async () => {
      const path = '/v1/conflicts?open=true';
      return (await stack.driver.api<{ data: { field: string }[] }>('GET', path)).data;
    };
    // Contacts only flow from Google, so the next pass puts Google's value back and logs the one that gave way.
    const { data } = await stack.driver.api<{ data: ContactView[] }>('GET', '/v1/contacts?limit=1');
    const path = `/v1/contacts/${data[0]?.id}`;
    await stack.driver.api('PATCH', path, { jobTitle: 'Only in Harmony', notes: 'Written here' });
    await expect.poll(open, { timeout: 30_000 }).not.toEqual([]);
    await page.getByRole('tab', { name: 'Conflicts' }).click();
    await page.locator('.conflict').first().waitFor();
    await page.getByText('Holds now').first().waitFor();
    await look(page, 'conflicts');
    for (let left = (await open()).length; left > 0; left = (await open()).length) {
      await page.locator('.conflict').first().getByRole('button', { name: 'Leave it as it is' }).click();
      await expect.poll(async () => (await open()).length).toBeLessThan(left);
    }
    await page.getByText('Nothing to decide').waitFor();
    await look(page, 'conflicts-empty');
  });

  test('both ways holds only once its plan was seen and carried out', async () => {
    const { page, stack } = session;
    await page.getByRole('tab', { name: 'Sync', exact: true }).click();
    await page.getByRole('radio', { name: /^Both ways/ }).click();
    await page.getByRole('heading', { name: 'What would change' }).waitFor();
    await page.getByRole('region', { name: 'In Google Contacts' }).waitFor();
    await look(page, 'plan');
    await page.getByRole('button', { name: /^Carry it out/ }).click();
    await page.getByText('The plan is being carried out').waitFor();
    const direction = async () => {
      const { data } = await stack.driver.api<{ data: { approvedDirection?: string }[] }>(
        'GET',
        '/v1/integrations',
      );
      return data[0]?.approvedDirection;
    };
    await expect.poll(direction, { timeout: 30_000 }).toBe('bidirectional');
    await page.getByRole('tab', { name: 'Sync', exact: true }).click();
    await page.getByLabel('When both sides changed').waitFor();
    await look(page, 'direction');
  });

  test('nothing on the way broke a script or the content security policy', () => {
    expect(session.errors).toEqual([]);
  });
});
