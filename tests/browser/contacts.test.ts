/** Contacts, lists, mappings, conflicts and plans as a person decides about them, in a real Chromium against everything real. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium } from '../../dev/chromium.ts';
import { openPageSession, type PageSession } from './page-session.ts';
import { closeMessages, goTo, look, openManage, untilUpToDate } from './page-walk.ts';

const chromium = findChromium();
const ada = '/google/ada@example.com';

interface ContactView {
  readonly id: string;
  readonly jobTitle: string | null;
  readonly listIds: readonly string[];
  readonly sources: readonly { readonly remoteId: string }[];
}

describe.skipIf(!chromium)('contacts', () => {
  let session: PageSession;
  let integrationId: string;
  /** Somebody made on the page and tied to no account, so that no sync has a say. */
  let id: string;
  const read = () => session.stack.driver.api<ContactView>('GET', `/v1/contacts/${id}`);
  /** Of values; who could be who is asked, too, and decided with the plan. */
  const openConflicts = async () => {
    const { driver } = session.stack;
    const { data } = await driver.api<{ data: { id: string; field: string | null }[] }>(
      'GET',
      '/v1/conflicts?open=true',
    );
    return data.filter(({ field }) => field !== null);
  };
  /** Contacts that came from the provider. */
  const arrived = async (limit: number) => {
    const path = `/v1/contacts?integrationId=${integrationId}&limit=${limit}`;
    return (await session.stack.driver.api<{ data: ContactView[] }>('GET', path)).data;
  };

  beforeAll(async () => {
    session = await openPageSession(chromium as string);
    const { driver } = session.stack;
    // Two in Harmony and one at the provider share an address, so that a plan has to ask who is who.
    const shared = 'front-desk@mail.example';
    await driver.control('POST', `${ada}/contacts`, {
      names: [{ givenName: 'Front', familyName: 'Desk' }],
      emailAddresses: [{ value: shared }],
    });
    for (const firstName of ['Frieda', 'Fritz'])
      await driver.api('POST', '/v1/contacts', { firstName, lastName: 'Desk', email: shared });
    integrationId = await driver.connect('google-contacts');
    await driver.settled(integrationId);
  });
  afterAll(() => session?.close());

  test('somebody new is saved once every value can be, with nothing lost on the way', async () => {
    const { page } = session;
    await goTo(page, 'Contacts');
    await page.getByRole('button', { name: 'New contact' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('button', { name: 'Create contact' }).isDisabled()).toBe(true);
    await dialog.getByLabel('First name').fill('Paula');
    await dialog.getByLabel('Last name').fill('Maps');
    await dialog.getByLabel('Company').fill('Atlas');
    await dialog.getByLabel('E-mail').fill('not an address');
    await dialog.getByLabel('E-mail').press('Enter');
    await dialog.getByText('That is not an e-mail address.').waitFor();
    expect(await dialog.getByLabel('First name').inputValue()).toBe('Paula');
    await look(page, 'new-contact');
    await dialog.getByLabel('E-mail').fill('paula@atlas.example');
    await dialog.getByRole('button', { name: 'Create contact' }).click();
    await page.getByRole('heading', { level: 1, name: 'Paula Maps' }).waitFor();
    await page.getByText('Only in Harmony').waitFor();
    id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    expect(await read()).toMatchObject({ email: 'paula@atlas.example', company: 'Atlas' });
  });

  test('a list is made, and filled from a person’s own page', async () => {
    const { page } = session;
    await goTo(page, 'Contacts');
    await page.getByRole('button', { name: 'New list' }).click();
    await page.getByLabel('Name of the list').fill('Quiz team');
    await look(page, 'new-list');
    await page.getByRole('button', { name: 'Create list' }).click();
    await page.getByText('Nobody is on this list yet').waitFor();
    await closeMessages(page);
    await look(page, 'list-empty');

    await page.goto(`${session.stack.apiUrl}/data/contacts/${id}`);
    await page.getByRole('button', { name: 'Quiz team' }).click();
    await expect.poll(async () => (await read()).listIds.length).toBe(1);
    expect(await page.getByRole('button', { name: 'Quiz team' }).getAttribute('aria-pressed')).toBe('true');
    await goTo(page, 'Contacts');
    await page.getByLabel('List', { exact: true }).selectOption({ label: 'Quiz team (1)' });
    await page.getByRole('link', { name: /Paula Maps/ }).waitFor();
    await expect.poll(() => page.locator('.contact-row').count()).toBe(1);
  });

  test('several people come onto a list at once, found or picked, by the keyboard alone, and leave it again', async () => {
    const { page } = session;
    await page.getByRole('button', { name: 'Add people' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Add people to Quiz team' });
    const add = dialog.getByRole('button', { name: /^Add/ });
    const paula = dialog.getByLabel('Paula Maps');
    await paula.waitFor();
    expect([await paula.isChecked(), await paula.isDisabled(), await add.isDisabled()]).toEqual([
      true,
      true,
      true,
    ]);
    // The box has the focus, so that typing finds somebody at once.
    await page.keyboard.type('desk fr');
    const found = dialog.getByRole('checkbox');
    await expect.poll(() => found.count()).toBe(2);
    await page.keyboard.press('Enter');
    for (const name of ['Frieda Desk', 'Fritz Desk']) {
      await dialog.getByLabel(name).focus();
      await page.keyboard.press('Space');
    }
    await dialog.getByText('Chosen: Frieda Desk, Fritz Desk').waitFor();
    await look(page, 'list-add-people');
    await dialog.getByLabel('Find people').fill('nobody of this name');
    await dialog.getByText('Nobody found for “nobody of this name”.').waitFor();
    await dialog.getByRole('button', { name: 'Add 2 people' }).focus();
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    const names = () => page.locator('.contact-name').allTextContents();
    await expect.poll(names).toEqual(['Frieda Desk', 'Fritz Desk', 'Paula Maps']);

    await page.getByRole('button', { name: 'Take Frieda Desk off this list' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(names).toEqual(['Fritz Desk', 'Paula Maps']);
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
    await expect.poll(focused).toBe('Take Fritz Desk off this list');
    await page.keyboard.press('Enter');
    await expect.poll(names).toEqual(['Paula Maps']);
    await page
      .getByLabel('List', { exact: true })
      .locator('option', { hasText: 'Quiz team (1)' })
      .waitFor({ state: 'attached' });
    await page
      .getByRole('status')
      .filter({ hasText: 'Fritz Desk is off' })
      .getByRole('button', { name: 'Undo' })
      .last()
      .click();
    await expect.poll(names).toEqual(['Fritz Desk', 'Paula Maps']);
  });

  test('whoever the server does not let onto a list stays chosen, and nobody who should leave it is lost', async () => {
    const { page } = session;
    await page.getByRole('button', { name: 'Add people' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Frieda Desk').check();
    await page.route('**/members/*', (route) => route.abort());
    await dialog.getByRole('button', { name: 'Add 1 person' }).click();
    await dialog.getByText('Harmony could not be reached').waitFor();
    expect(await dialog.getByLabel('Frieda Desk').isChecked()).toBe(true);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Take Fritz Desk off this list' }).click();
    await page.getByRole('status').getByText('Harmony could not be reached').waitFor();
    await page.getByRole('link', { name: /Fritz Desk/ }).waitFor();
    await page.unroute('**/members/*');
    await page.getByRole('button', { name: 'Take Fritz Desk off this list' }).click();
    await expect.poll(() => page.locator('.contact-row').count()).toBe(1);
  });

  test('Starred, a list of Google’s own, takes people and lets them go, and stays as it is called', async () => {
    const { page, stack } = session;
    const { data } = await stack.driver.api<{ data: { id: string; name: string; takesMembers: boolean }[] }>(
      'GET',
      '/v1/contact-lists',
    );
    const starred = data.find(({ name }) => name === 'Starred');
    const listsOf = async () => (await read()).listIds;
    await page.goto(`${session.stack.apiUrl}/data/contacts/${id}`);
    await page.getByRole('button', { name: 'Starred' }).click();
    await expect.poll(listsOf).toContain(starred?.id);
    for (const { name } of data.filter(({ takesMembers }) => !takesMembers))
      expect(await page.getByRole('button', { name }).count()).toBe(0);
    await page.goto(`${session.stack.apiUrl}/data/contacts?listId=${starred?.id}`);
    await page.getByRole('button', { name: 'Add people' }).waitFor();
    expect(await page.getByRole('button', { name: 'Rename' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Take Paula Maps off this list' }).click();
    await expect.poll(listsOf).not.toContain(starred?.id);
    await closeMessages(page);
    await page.getByLabel('List', { exact: true }).selectOption({ label: 'Quiz team (1)' });
  });

  test('a list is renamed, deleted and brought back, and nobody on it is lost', async () => {
    const { page } = session;
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByLabel('Name of the list').fill('Quiz champions');
    await page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click();
    await page.getByText('The list is now called Quiz champions').waitFor();
    await closeMessages(page);
    await look(page, 'list');

    await page.getByRole('button', { name: 'Delete list' }).click();
    await page.getByText('The list Quiz champions is deleted').waitFor();
    expect(await read()).toMatchObject({ id });
    await page.getByRole('status').getByRole('button', { name: 'Undo' }).last().click();
    await page.getByRole('link', { name: /Paula Maps/ }).waitFor();
    await expect
      .poll(() => page.getByLabel('List', { exact: true }).locator('option:checked').textContent())
      .toBe('Quiz champions (1)');
  });

  test('an edit is saved, and an impossible value is told at its field with nothing lost', async () => {
    const { page } = session;
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

  test('a field that a person names is added, refused under a name that can not be, and taken away by emptying it', async () => {
    const { page } = session;
    await page.getByRole('button', { name: 'Edit' }).click();
    const another = page.getByLabel('Another field');
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-invalid'));
    await another.fill('Map/sheet');
    await another.press('Enter');
    await expect.poll(focused).toBe('false');
    await page.keyboard.type('7');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('That is not a field name: use 1 to 64 letters').waitFor();
    await page.getByLabel('Map/sheet').fill('');
    await another.fill('Map sheet');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByLabel('Map sheet').fill('NK 32');
    await another.fill('Map sheet');
    await page.getByText('Map sheet is there already.').waitFor();
    await look(page, 'contact-custom-field');
    await another.fill('');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('term').filter({ hasText: 'Map sheet' }).waitFor();
    expect(await read()).toMatchObject({ customFields: { 'Map sheet': 'NK 32' } });
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Map sheet').fill('');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('term').filter({ hasText: 'Map sheet' }).waitFor({ state: 'detached' });
    expect(await read()).toMatchObject({ customFields: {} });
  });

  test('a change that somebody made meanwhile is not overwritten unseen, and what was typed stays', async () => {
    const { page, stack } = session;
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Company').fill('Cartographers');
    await stack.driver.api('PATCH', `/v1/contacts/${id}`, { department: 'North' });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('This person was changed meanwhile').waitFor();
    expect(await page.getByLabel('Company').inputValue()).toBe('Cartographers');
    await closeMessages(page);
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

  test('whoever was archived, and a list that was deleted, are found among the archived and brought back', async () => {
    const { page, stack } = session;
    const { id: listId } = await stack.driver.api<{ id: string }>('POST', '/v1/contact-lists', {
      name: 'Old crew',
    });
    await stack.driver.api('DELETE', `/v1/contact-lists/${listId}`);
    await stack.driver.api('DELETE', `/v1/contacts/${id}`);
    await closeMessages(page);
    await goTo(page, 'Contacts');
    const choice = page.getByLabel('List', { exact: true });
    await choice.selectOption({ label: 'Archived' });
    await page.getByRole('link', { name: /Paula Maps/ }).waitFor();
    expect(await page.locator('.contact-row').count()).toBe(1);
    await look(page, 'contacts-archived');
    await page
      .getByRole('region', { name: 'Deleted lists' })
      .getByRole('button', { name: 'Restore Old crew' })
      .click();
    await page.getByText('Nobody is on this list yet').waitFor();
    await page.getByRole('button', { name: 'Delete list' }).click();
    await page.getByText('The list Old crew is deleted').waitFor();
    await choice.selectOption({ label: 'Archived' });
    await page.getByRole('link', { name: /Paula Maps/ }).click();
    await page.getByRole('button', { name: 'Restore' }).click();
    await page.getByRole('button', { name: 'Edit' }).waitFor();
    await page.goBack();
    await page.getByText('Nobody is archived').waitFor();
    expect(await choice.locator('option:checked').textContent()).toBe('Archived');
    await page.goForward();
    await page.getByRole('button', { name: 'Edit' }).waitFor();
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
    await page.getByRole('tab', { name: 'Sync', exact: true }).click();
    const email = page.getByLabel('Google Contacts field of E-mail');
    await email.waitFor();
    await page.evaluate(() => document.querySelector('#objects')?.scrollIntoView());
    await look(page, 'mappings');
    // Where there is no room for columns each value says which one it is of.
    const column = page.locator('.mapping-row[data-field="email"]').getByText('When both changed');
    expect(await column.isVisible()).toBe(false);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await column.isVisible()).toBe(true);
    await page.setViewportSize({ width: 1200, height: 860 });
    await page.getByLabel('Harmony field of Phone').selectOption({ label: 'E-mail' });
    await page.getByText('E-mail is mapped twice.').first().waitFor();
    expect(await page.getByRole('button', { name: 'Save field mappings' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Discard changes of field mappings' }).click();
    await email.selectOption({ label: 'E-mail at work' });
    await page.getByText(/^Tried on \d+ contacts/).waitFor();
    await page.getByRole('button', { name: 'Save field mappings' }).scrollIntoViewIfNeeded();
    await look(page, 'mappings-preview');
    // What is not saved outlives another tab, and what is saved beside it.
    await page.getByRole('tab', { name: 'Overview' }).click();
    await email.waitFor({ state: 'detached' });
    await page.getByRole('tab', { name: 'Sync', exact: true }).click();
    expect(await email.inputValue()).toBe('emailAddresses[type=work].value');
    await page.getByLabel('Direction of Lists').selectOption('from_provider');
    await page.getByText('No list and no label would change.').waitFor();
    await page.getByRole('button', { name: 'Save object mappings' }).click();
    await page.getByText('The mappings are saved').waitFor();
    await expect.poll(() => page.getByLabel('Direction of Lists').inputValue()).toBe('from_provider');
    expect(await email.inputValue()).toBe('emailAddresses[type=work].value');
    await closeMessages(page);
    // What is on its way can't be changed: it would be gone with the answer.
    const { promise: held, resolve: free } = Promise.withResolvers<void>();
    await page.route('**/field-mappings', async (route) => {
      await held;
      await route.continue();
    });
    await page.getByRole('button', { name: 'Save field mappings' }).click();
    await expect.poll(() => email.isDisabled()).toBe(true);
    for (const name of ['Add a field', 'Remove E-mail', 'Discard changes of field mappings'])
      expect(await page.getByRole('button', { name }).isDisabled(), name).toBe(true);
    free();
    await page.getByText('The mappings are saved').waitFor();
    await page.unroute('**/field-mappings');
    await expect.poll(() => email.isEnabled()).toBe(true);
    await page.getByRole('button', { name: 'Reset to default' }).click();
    await expect.poll(() => email.inputValue()).toBe('emailAddresses.value');
  });

  test('what only the server can tell of a mapping stands at its own row', async () => {
    const { page } = session;
    await closeMessages(page);
    await page.getByLabel('Google Contacts field of Birthday').selectOption({ label: 'Nickname' });
    const row = page.locator('.mapping-row[data-field="birthday"]');
    await row.getByText('“Birthday” and “Nickname” hold different things.').waitFor();
    expect(await page.getByRole('button', { name: 'Save field mappings' }).isDisabled()).toBe(true);
    await row.scrollIntoViewIfNeeded();
    await look(page, 'mappings-refused');
    await page.getByRole('button', { name: 'Discard changes of field mappings' }).click();
    await row.getByText('hold different things').waitFor({ state: 'detached' });
    await page.getByLabel('Direction of Lists').selectOption('to_provider');
    const lists = page.locator('.setting', { hasText: 'Labels there' }).getByRole('alert');
    await lists.getByText('“Lists” flows against the integration, so it would never sync.').waitFor();
    expect(await page.getByRole('button', { name: 'Save object mappings' }).isDisabled()).toBe(true);
    await page.getByRole('heading', { name: 'Object Mappings' }).scrollIntoViewIfNeeded();
    await look(page, 'objects-refused');
    await page.getByRole('button', { name: 'Discard changes of object mappings' }).click();
    await lists.waitFor({ state: 'detached' });
  });

  test('a new row of the mappings has the focus, and one that is removed gives it on', async () => {
    const { page } = session;
    const focused = () =>
      page.evaluate(() => {
        const { ariaLabel, textContent } = document.activeElement ?? document.body;
        return ariaLabel ?? textContent;
      });
    await page.getByRole('button', { name: 'Add a field' }).click();
    await expect.poll(focused).toBe('Harmony field of new field');
    await page.getByRole('button', { name: 'Remove new field' }).click();
    await expect.poll(focused).toBe('Add a field');
    await page.getByRole('button', { name: 'Remove Phone' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(focused).toMatch(/^Remove (?!Phone)/);
    await page.getByRole('button', { name: 'Discard changes of field mappings' }).click();
    await page.getByRole('button', { name: 'Remove Phone' }).waitFor();
  });

  test('a custom field of Google comes into one of Harmony, both named on the page', async () => {
    const { page, stack } = session;
    const [contact] = await arrived(1);
    await stack.driver.control(
      'PATCH',
      `${ada}/contacts/${encodeURIComponent(contact?.sources[0]?.remoteId ?? '')}`,
      { userDefined: [{ key: 'Badge number', value: 'B-7' }] },
    );
    await page.getByRole('button', { name: 'Add a field' }).click();
    await page.getByLabel('Harmony field of new field').selectOption({ label: 'Custom field' });
    await page
      .getByText('Name the custom field of Harmony.')
      .or(page.getByText('Choose a field at'))
      .waitFor();
    await page.getByLabel('Name of the Harmony field of').fill('Badge');
    await page.getByLabel('Google Contacts field of Badge').selectOption({ label: 'Custom field' });
    await page.getByText('Name the custom field at the provider.').waitFor();
    await page.getByLabel('Name of the Google Contacts field of Badge').fill('Badge number');
    const save = page.getByRole('button', { name: 'Save field mappings' });
    await save.scrollIntoViewIfNeeded();
    await expect.poll(() => save.isEnabled()).toBe(true);
    await look(page, 'mappings-custom');
    await save.click();
    await page.getByText('The mappings are saved').waitFor();
    await closeMessages(page);
    await stack.driver.sync(integrationId, 'incremental');
    const badge = async () =>
      (await stack.driver.api<{ customFields: Record<string, string> }>('GET', `/v1/contacts/${contact?.id}`))
        .customFields;
    await expect.poll(badge).toEqual({ Badge: 'B-7' });
    await page.getByRole('button', { name: 'Reset to default' }).click();
    await page.getByLabel('Name of the Google Contacts field of Badge').waitFor({ state: 'detached' });
    await closeMessages(page);
  });

  test('a value that gave way is marked at its contact, and leads to its place in the inbox', async () => {
    const { page, stack } = session;
    // Contacts only flow from Google, so the next pass puts Google's value back and logs the one that gave way.
    const [contact] = await arrived(1);
    await stack.driver.api('PATCH', `/v1/contacts/${contact?.id}`, {
      jobTitle: 'Only in Harmony',
      notes: 'Written here',
    });
    await expect.poll(openConflicts, { timeout: 30_000 }).not.toEqual([]);
    await page.goto(`${stack.apiUrl}/data/contacts/${contact?.id}`);
    const mark = page.getByRole('link', { name: 'Two values met here' }).first();
    await mark.waitFor();
    await look(page, 'contact-conflict');
    await mark.click();
    await page.getByText(/^Only of/).waitFor();
    await page.locator('.conflict').first().waitFor();
    await page.getByText('Holds now').first().waitFor();
    await look(page, 'conflicts');
  });

  test('conflicts are decided one by one, and once all are the inbox says so', async () => {
    const { page, stack } = session;
    const shown = await page
      .locator('[data-conflict]')
      .evaluateAll((cards) => cards.map((card) => card.getAttribute('data-conflict') ?? ''));
    const others = async () => (await openConflicts()).filter(({ id }) => !shown.includes(id));
    // Of the mappings that held for a moment, where a sync was quick enough to go by them.
    for (let left = await others(); left.length > 0; left = await others()) {
      for (const { id } of left)
        await stack.driver.api('POST', `/v1/conflicts/${id}/resolve`, { choose: 'dismiss' });
    }
    for (const id of shown) {
      const card = page.locator(`[data-conflict="${id}"]`);
      await card.getByRole('button', { name: 'Leave it as it is' }).click();
      await card.waitFor({ state: 'detached' });
      await expect.poll(async () => (await openConflicts()).map((open) => open.id)).not.toContain(id);
    }
    await page.getByText('Nothing to decide').waitFor();
    // Of everybody, and at once.
    const waiting = async () =>
      (await stack.driver.api<{ data: unknown[] }>('GET', '/v1/conflicts?open=true')).data.length;
    const told = () => page.getByRole('tab', { name: 'Conflicts' }).textContent();
    const left = await waiting();
    await expect.poll(told).toBe(left === 0 ? 'Conflicts ' : `Conflicts ${left} to decide`);
    await look(page, 'conflicts-empty');
    await page.getByRole('radio', { name: 'Decided' }).click();
    await page.locator('.conflict').first().waitFor();
    await page.getByRole('link', { name: 'Show all' }).click();
    await page.getByText(/^Only of/).waitFor({ state: 'detached' });
  });

  describe('both ways', () => {
    const directions = async () => {
      const path = `/v1/integrations/${integrationId}`;
      const { syncDirection, approvedDirection } = await session.stack.driver.api<Record<string, string>>(
        'GET',
        path,
      );
      return { syncDirection, approvedDirection };
    };
    const openPlan = async () => {
      const { page } = session;
      await closeMessages(page);
      await page.getByRole('tab', { name: 'Sync', exact: true }).click();
      await page.getByRole('radio', { name: /^Both ways/ }).click();
      await page.getByRole('heading', { name: 'What would change' }).waitFor();
      await page.getByRole('region', { name: 'In Google Contacts' }).waitFor();
    };

    const whoIs = (name: string) => session.page.getByLabel(`Who ${name} is in Google Contacts`);

    test('a plan that is turned down changes nothing, and the direction stays', async () => {
      const { page } = session;
      await openPlan();
      await look(page, 'plan');
      await whoIs('Fritz Desk').selectOption({ index: 1 });
      await page.getByRole('button', { name: 'Turn it down' }).click();
      await page.getByText('The plan was turned down').waitFor();
      await page.getByRole('radio', { name: /^Only from Google Contacts/, checked: true }).waitFor();
      expect(await directions()).toEqual({
        syncDirection: 'from_provider',
        approvedDirection: 'from_provider',
      });
    });

    test('a plan that is no longer true is not carried out, a fresh one is, with the decisions of a person', async () => {
      const { page, stack } = session;
      await openPlan();
      const plan = page.url();
      // What was chosen went with the plan that was turned down.
      expect(await whoIs('Fritz Desk').inputValue()).toBe('');
      await whoIs('Frieda Desk').selectOption({ index: 1 });
      await stack.driver.api('POST', '/v1/contacts', { firstName: 'Late', lastName: 'Comer' });
      await page.getByRole('button', { name: /^Carry it out/ }).click();
      await page.getByText('Something changed since this plan was made').waitFor();
      await look(page, 'plan-stale');
      await page.getByRole('button', { name: 'Make a fresh plan' }).click();
      await expect.poll(() => page.url()).not.toBe(plan);
      await expect.poll(() => whoIs('Frieda Desk').inputValue()).toMatch(/^people/);
      await page.reload();
      await expect.poll(() => whoIs('Frieda Desk').inputValue()).toMatch(/^people/);
      // One that both could be: nobody is left for whoever is left open.
      const told = page.locator('.person', { hasText: 'Fritz Desk' }).getByRole('status');
      await told.getByText('Nobody is left there for it').waitFor();
      await page.getByRole('heading', { name: 'Who is who?' }).scrollIntoViewIfNeeded();
      await look(page, 'plan-decisions');
      await whoIs('Fritz Desk').selectOption({ label: 'Nobody there: create it' });
      await expect.poll(() => told.textContent()).toBe('');
      await page.getByRole('button', { name: /^Carry it out/ }).click();
      await page.getByText('The plan is being carried out').waitFor();
      const kept = () => page.evaluate(() => Object.keys(sessionStorage).filter((key) => /who-is/.test(key)));
      expect(await kept()).toEqual([]);
      await expect
        .poll(directions, { timeout: 30_000 })
        .toEqual({ syncDirection: 'bidirectional', approvedDirection: 'bidirectional' });
      const atGoogle = async () => {
        const people = await stack.driver.control<{ data: { names?: { displayName?: string }[] }[] }>(
          'GET',
          `${ada}/contacts?limit=1000`,
        );
        return people.data
          .map(({ names }) => names?.[0]?.displayName)
          .filter((name) => /Fritz|Late/.test(name ?? ''));
      };
      await expect
        .poll(async () => (await atGoogle()).sort(), { timeout: 30_000 })
        .toEqual(['Fritz Desk', 'Late Comer']);
      await page.getByRole('tab', { name: 'Sync', exact: true }).click();
      await page.getByLabel('When both sides changed').waitFor();
      await closeMessages(page);
      await look(page, 'direction');
    });

    test('who wins where both sides changed is chosen, and one decision can hold for a field from then on', async () => {
      const { page, stack } = session;
      await page.getByLabel('When both sides changed').selectOption({ label: 'Google Contacts wins' });
      await untilUpToDate(page);
      await stack.driver.settled(integrationId);
      const contact = (await arrived(2))[1];
      const remoteId = contact?.sources[0]?.remoteId ?? '';
      await stack.driver.control('POST', '/pushes', { mode: 'hold' });
      await stack.driver.control('PATCH', `${ada}/contacts/${encodeURIComponent(remoteId)}`, {
        organizations: [{ title: 'Captain', name: 'Ship' }],
      });
      await stack.driver.api('PATCH', `/v1/contacts/${contact?.id}`, { jobTitle: 'Admiral' });
      await stack.driver.sync(integrationId, 'incremental');
      await stack.driver.control('POST', '/pushes', { mode: 'deliver' });
      await expect
        .poll(openConflicts, { timeout: 30_000 })
        .toContainEqual(expect.objectContaining({ field: 'jobTitle' }));
      await page.getByRole('tab', { name: 'Conflicts' }).click();
      const conflict = page.locator('.conflict', { hasText: 'Admiral' });
      await conflict.waitFor();
      await conflict.getByLabel('Always decide this field this way').click();
      await look(page, 'conflict-always');
      await conflict.getByRole('button', { name: 'Take this one' }).first().click();
      await page.getByText('Later conflicts of this field are decided the same way.').waitFor();
      const jobTitle = async () =>
        (await stack.driver.api<ContactView>('GET', `/v1/contacts/${contact?.id}`)).jobTitle;
      await expect.poll(jobTitle, { timeout: 30_000 }).toBe('Admiral');
    });

    test('a list whose name is taken leads from its conflict to itself, and is done with once it has another name', async () => {
      const { page, stack } = session;
      const create = (name: string) =>
        stack.driver.api<{ id: string }>('POST', '/v1/contact-lists', { name });
      const crew = await create('Crew');
      const band = await create('Band');
      for (const { id: listId } of [crew, band]) {
        const groups = async () =>
          (await stack.driver.api<{ sources: unknown[] }>('GET', `/v1/contact-lists/${listId}`)).sources;
        await expect.poll(groups, { timeout: 30_000 }).toHaveLength(1);
      }
      await stack.driver.api('PATCH', `/v1/contact-lists/${crew.id}`, { name: 'Band' });
      const conflicts = `${stack.apiUrl}/settings/integrations/${integrationId}/conflicts`;
      await page.goto(conflicts);
      const conflict = page.locator('.conflict', { hasText: 'The list “Band”' });
      await conflict.waitFor({ timeout: 30_000 });
      await look(page, 'list-conflict');
      // Deleted here, and not yet there: it can be had back.
      const fault = { kind: 'status', status: 503 };
      await stack.driver.control('POST', '/faults', { provider: 'google', path: '/v1/contactGroups', fault });
      await stack.driver.api('DELETE', `/v1/contact-lists/${crew.id}`);
      await page.reload();
      await conflict.getByRole('button', { name: 'Restore the list' }).click();
      await page.getByRole('button', { name: 'Rename' }).waitFor();
      await stack.driver.control('DELETE', '/faults');
      await page.goto(conflicts);
      await conflict.getByRole('link', { name: 'Open the list' }).click();
      await page.getByRole('button', { name: 'Rename' }).click();
      await page.getByLabel('Name of the list').fill('Choir');
      await page.getByLabel('Name of the list').press('Enter');
      await page.getByLabel('Name of the list').waitFor({ state: 'detached' });
      await page.goto(conflicts);
      await page.getByRole('heading', { level: 1, name: 'Google Contacts' }).waitFor();
      await conflict.waitFor({ state: 'detached', timeout: 60_000 });
    });

    test('a sync is taken back, and says what stayed', async () => {
      const { page, stack } = session;
      await stack.driver.control('POST', '/pushes', { mode: 'hold' });
      await stack.driver.settled(integrationId);
      // Sends what waits until the outage of before is over for sure.
      await stack.driver.sync(integrationId, 'incremental');
      const [contact] = (await arrived(3)).slice(2);
      const remoteId = contact?.sources[0]?.remoteId ?? '';
      const { data: lists } = await stack.driver.api<{
        data: { id: string; name: string; sources: { remoteId: string }[] }[];
      }>('GET', '/v1/contact-lists');
      const joined = ['Choir', 'Band'].flatMap((name) => lists.find((list) => list.name === name) ?? []);
      const [choir] = joined;
      const memberships = ['contactGroups/myContacts', ...joined.map(({ sources }) => sources[0]?.remoteId)];
      await stack.driver.control('PATCH', `${ada}/contacts/${encodeURIComponent(remoteId)}`, {
        biographies: [{ value: 'A mistake' }],
        memberships: memberships.map((contactGroupResourceName) => ({
          contactGroupMembership: { contactGroupResourceName },
        })),
      });
      const { id: runId, counts } = await stack.driver.sync(integrationId, 'incremental');
      expect(counts.updated).toBe(1);
      await stack.driver.control('POST', '/pushes', { mode: 'deliver' });
      await stack.driver.api('DELETE', `/v1/contact-lists/${choir?.id}/members/${contact?.id}`);
      await closeMessages(page);
      await page.getByRole('tab', { name: 'Activity' }).click();
      const run = page.locator(`[data-run="${runId}"]`);
      await run.getByRole('button', { name: 'Undo' }).click();
      await look(page, 'undo');
      await expect
        .poll(() => page.getByText(/^What it did/).textContent())
        .toMatch(/^What it did: 1 changed, lists changed\./);
      await page.getByRole('button', { name: 'Undo this sync' }).click();
      await page.getByRole('heading', { name: '1 contact and 1 place on a list put back' }).waitFor();
      await page
        .getByRole('dialog')
        .getByText(/ and the list Choir stay: It was changed after the run/)
        .waitFor();
      await look(page, 'undo-report');
      await page.getByRole('button', { name: 'Done' }).click();
      await run.getByText(/^Undone/).waitFor();
      expect(await run.getByRole('button', { name: 'Undo' }).count()).toBe(0);
    });
  });

  test('nothing on the way broke a script or the content security policy', () => {
    expect(session.errors).toEqual([]);
  });
});
