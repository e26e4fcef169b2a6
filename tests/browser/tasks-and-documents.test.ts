/** Linear by key, its people, its tasks; Notion's documents; search: in a real Chromium against everything real. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium } from '../../dev/chromium.ts';
import { openPageSession, type PageSession } from './page-session.ts';
import { closeMessages, goTo, look, openManage, untilUpToDate } from './page-walk.ts';

const chromium = findChromium();

describe.skipIf(!chromium)('Linear, Notion and search', () => {
  let session: PageSession;
  let firstKey: string;
  let secondKey: string;
  let organization: string;

  beforeAll(async () => {
    session = await openPageSession(chromium as string);
    const { driver } = session.stack;
    const { data } = await driver.control<{ data: { name: string; apiKey: string | null }[] }>(
      'GET',
      '/accounts?provider=linear',
    );
    const account = data.find(({ apiKey }) => apiKey);
    organization = account?.name ?? '';
    firstKey = account?.apiKey ?? '';
    const made = await driver.control<{ key: string }>(
      'POST',
      `/linear/${encodeURIComponent(organization)}/api-keys`,
      { label: 'second' },
    );
    secondKey = made.key;
    await driver.settled(await driver.connect('notion'));
  });

  afterAll(() => session?.close());

  test('a key that is given up while it is tried connects nothing', async () => {
    const { page, stack } = session;
    const [popup] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('button', { name: 'Connect Linear' }).click(),
    ]);
    const dialog = page.getByRole('dialog');
    const connected = async () =>
      (await stack.driver.api<{ data: { provider: string }[] }>('GET', '/v1/integrations')).data.map(
        ({ provider }) => provider,
      );
    await expect.poll(connected).toContain('linear');
    await dialog.getByRole('button', { name: 'Use an API key instead' }).click();
    // The sign-in that was begun is over.
    await expect.poll(() => popup.isClosed()).toBe(true);
    await expect.poll(connected).toEqual(['notion']);
    const held = Promise.withResolvers<void>();
    await page.route('**/v1/integrations', async (route) => {
      if (route.request().method() === 'POST') await held.promise;
      await route.continue();
    });
    await dialog.getByLabel('API key', { exact: true }).fill(firstKey);
    const asked = page.waitForRequest((request) => request.method() === 'POST');
    await dialog.getByRole('button', { name: 'Connect', exact: true }).click();
    await asked;
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    const removed = page.waitForResponse((answer) => answer.request().method() === 'DELETE');
    held.resolve();
    expect((await removed).status()).toBe(202);
    await page.unroute('**/v1/integrations');
    expect(await connected()).toEqual(['notion']);
  });

  test('a wrong API key is refused beside its field, a right one connects', async () => {
    const { page } = session;
    await page.getByRole('button', { name: 'Connect Linear' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Use an API key instead' }).click();
    const key = dialog.getByLabel('API key', { exact: true });
    expect(await dialog.getByRole('button', { name: 'Connect', exact: true }).isDisabled()).toBe(true);
    await key.fill('lin_api_wrong');
    await key.press('Enter');
    await dialog.getByText(/refused the key/).waitFor();
    expect(await key.inputValue()).toBe('lin_api_wrong');
    await look(page, 'linear-key-refused');
    await key.fill(firstKey);
    await key.press('Enter');
    await page.getByRole('heading', { name: 'Linear is connected' }).waitFor();
    await dialog.getByText(/have arrived/).waitFor({ timeout: 60_000 });
    await look(page, 'linear-connected');
    await page.getByRole('button', { name: 'Done' }).click();
  });

  test('a key is replaced only by one that works, and by nothing else', async () => {
    const { page } = session;
    await openManage(page, 'Linear');
    await untilUpToDate(page);
    // Every integration has it; here it asks for a key, too.
    await page.getByRole('button', { name: 'Re-authenticate' }).click();
    await page.getByRole('dialog').getByLabel('API key', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Update API Key' }).click();
    const dialog = page.getByRole('dialog');
    const key = dialog.getByLabel('API key', { exact: true });
    await key.fill('lin_api_wrong');
    await key.press('Enter');
    await dialog.getByText(/refused the key/).waitFor();
    await look(page, 'update-key');
    await key.fill(secondKey);
    await key.press('Enter');
    await page.getByText('The new API key works').waitFor();
  });

  test('a key that is gone at the provider is asked for anew, and nobody is told to sign in', async () => {
    const { page, stack } = session;
    const { driver } = stack;
    const keys = `/linear/${encodeURIComponent(organization)}/api-keys`;
    const { data } = await driver.control<{ data: { id: string }[] }>('GET', keys);
    for (const { id } of data) await driver.control('DELETE', `${keys}/${id}`);
    await page.getByRole('button', { name: 'Trigger Full Sync' }).click();
    await page.getByText('no longer accepts the API key').first().waitFor({ timeout: 60_000 });
    await page.getByText('Needs a new API key').waitFor();
    await page.getByText('after you enter a new key').first().waitFor();
    expect(await page.getByText(/sign in/i).count()).toBe(0);
    const { key } = await driver.control<{ key: string }>('POST', keys, { label: 'third' });
    await page.getByRole('button', { name: 'Update API Key' }).first().click();
    const field = page.getByRole('dialog').getByLabel('API key', { exact: true });
    await field.fill(key);
    await field.press('Enter');
    await page.getByText('The new API key works').waitFor();
    await untilUpToDate(page);
    await closeMessages(page);
  });

  test('people are mapped by hand, which is undone with one press', async () => {
    const { page } = session;
    await page.getByRole('tab', { name: 'Users' }).click();
    await page.getByRole('button', { name: 'Sync Users' }).click();
    await page.getByText(/people read/).waitFor();
    await closeMessages(page);
    await look(page, 'users');
    const left = async () =>
      Number(/(\d+) (person|people) left/.exec((await page.locator('.note-plain').textContent()) ?? '')?.[1]);
    const leftBefore = await left();
    await page.getByRole('radio', { name: /^Not mapped/ }).click();
    const first = page.locator('.person').first();
    const name = (await first.locator('.person-name').textContent()) ?? '';
    await first.getByRole('combobox').selectOption({ label: 'Nobody here' });
    await page.locator('.person', { hasText: name }).waitFor({ state: 'detached' });
    await page.getByText(`${name} is nobody here`).waitFor();
    await expect.poll(left).toBe(leftBefore - 1);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.locator('.person', { hasText: name }).waitFor();
    await expect.poll(left).toBe(leftBefore);
    await page.getByRole('searchbox', { name: 'Filter people' }).fill('no such name');
    await page.getByText('Nobody fits').waitFor();
  });

  test('a list of people that comes in while a choice is on its way does not put it back', async () => {
    const { page, stack } = session;
    await closeMessages(page);
    await page.getByRole('searchbox', { name: 'Filter people' }).fill('');
    await page.getByRole('radio', { name: /^All/ }).click();
    const { data } = await stack.driver.api<{ data: { id: string; provider: string }[] }>(
      'GET',
      '/v1/integrations',
    );
    const users = `/v1/integrations/${data.find(({ provider }) => provider === 'linear')?.id}/users`;
    const unmapped = await stack.driver.api<{ data: { externalUserId: string; name: string }[] }>(
      'GET',
      `${users}?unmapped=true`,
    );
    const [here, elsewhere] = unmapped.data;
    const choiceOf = (person: typeof here) =>
      page.getByRole('combobox', { name: `Harmony user of ${person?.name}`, exact: true });
    const released = Promise.withResolvers<void>();
    await page.route('**/users/*', async (route) => {
      if (route.request().method() === 'PUT') await released.promise;
      await route.continue();
    });
    await choiceOf(here).selectOption({ label: 'Nobody here' });
    await stack.driver.api('PUT', `${users}/${elsewhere?.externalUserId}`, { userId: null });
    await page.getByRole('button', { name: 'Sync Users' }).click();
    await expect.poll(() => choiceOf(elsewhere).inputValue()).toBe('nobody');
    expect(await choiceOf(here).inputValue()).toBe('nobody');
    released.resolve();
    await page.getByText(`${here?.name} is nobody here`).waitFor();
    await page.unroute('**/users/*');
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => choiceOf(here).inputValue()).toBe('');
    await stack.driver.api('DELETE', `${users}/${elsewhere?.externalUserId}`);
  });

  test('the numbers at teams say what they count, and come to those of the overview', async () => {
    const { page } = session;
    await page.getByRole('tab', { name: 'Teams' }).click();
    await page.locator('.collection-count').first().waitFor();
    const counts = await page.locator('.collection-count').allTextContents();
    expect(counts.every((text) => / issues and comments$/.test(text))).toBe(true);
    await look(page, 'teams');
    await page.getByRole('tab', { name: 'Overview' }).click();
    const tile = page.locator('.count-tile', { hasText: /issues|comments/ });
    await tile.first().waitFor();
    const sum = (texts: readonly string[]) =>
      texts.reduce((all, text) => all + Number(text.replace(/\D/g, '')), 0);
    expect(sum(counts)).toBe(sum(await tile.locator('.count-figure').allTextContents()));
    await page.getByRole('tab', { name: 'Users' }).click();
  });

  test('a task for somebody who is not mapped leads to Users, and nothing that was typed is lost', async () => {
    const { page } = session;
    await page.getByRole('searchbox', { name: 'Filter people' }).fill('');
    await page.getByRole('radio', { name: /^All/ }).click();
    const grace = page.getByRole('combobox', { name: /Grace/ });
    await grace.selectOption({ label: 'Nobody here' });
    await page.getByText(/is nobody here/).waitFor();

    await goTo(page, 'Tasks');
    // Behind a dialog nothing else can be pressed.
    await closeMessages(page);
    await page.getByRole('button', { name: 'New task' }).click();
    await page.getByLabel('Title').fill('Order new chairs');
    await page.getByLabel('Description').fill('Six of them, **blue**.');
    await page.getByLabel('Assignee').selectOption({ label: 'Grace Hopper' });
    await look(page, 'new-task');
    await page.getByRole('button', { name: 'Create task' }).click();
    await page.getByText(/^Grace Hopper \(grace@example.com\) is not mapped to anybody in Linear/).waitFor();
    await look(page, 'task-unmapped');
    await page.getByRole('button', { name: 'Map users' }).click();
    await page
      .getByRole('combobox', { name: /Grace/ })
      .selectOption({ label: 'Grace Hopper (grace@example.com)' });
    await page.getByText(/is mapped/).waitFor();

    await goTo(page, 'Tasks');
    await page.getByRole('button', { name: 'New task' }).click();
    expect(await page.getByLabel('Title').inputValue()).toBe('Order new chairs');
    await page.getByRole('button', { name: 'Create task' }).click();
    await page.getByText(/was created/).waitFor();
    await page.getByRole('link', { name: 'Order new chairs' }).waitFor();
    await closeMessages(page);
    await look(page, 'tasks');
  });

  test('a task is changed at the provider, and a change that collides with another is told', async () => {
    const { page, stack } = session;
    await page.getByRole('link', { name: 'Order new chairs' }).click();
    await page.getByText('Six of them').waitFor();
    await page.getByLabel('State').selectOption({ label: 'In Progress' });
    await page.getByText('Saved at the provider').waitFor();
    expect(await page.getByLabel('State').inputValue()).toBe('In Progress');
    await closeMessages(page);
    await look(page, 'task');

    const { driver } = stack;
    const linear = `/linear/${encodeURIComponent(organization)}`;
    type Named = { id: string; title?: string; name?: string; teamId: string };
    const list = async (what: string) =>
      (await driver.control<{ data: Named[] }>('GET', `${linear}/${what}?limit=1000`)).data;
    const issue = (await list('issues')).find(({ title }) => title === 'Order new chairs');
    const done = (await list('states')).find(
      ({ name, teamId }) => name === 'Done' && teamId === issue?.teamId,
    );
    await driver.control('POST', '/pushes', { mode: 'drop' });
    await driver.control('PATCH', `${linear}/issues/${issue?.id}`, { stateId: done?.id });
    await page.getByLabel('State').selectOption({ label: 'Backlog' });
    await page
      .getByRole('alert')
      .getByText(/Done|changed/)
      .first()
      .waitFor();
    // The provider's newer state, as soon as it is read.
    await expect.poll(() => page.getByLabel('State').inputValue()).toBe('Done');
    await look(page, 'task-conflict');
    await driver.control('POST', '/pushes', { mode: 'deliver' });
  });

  test('what a task says is edited, and what somebody changed meanwhile is shown before it could be replaced', async () => {
    const { page, stack } = session;
    const { driver } = stack;
    await page.reload();
    await page.getByRole('button', { name: 'Edit' }).click();
    const description = page.getByLabel('Description');
    expect(await description.inputValue()).toBe('Six of them, **blue**.');
    await description.fill('Eight of them.');
    // Typed, and not saved: it is there again.
    await page.reload();
    await expect.poll(() => description.inputValue()).toBe('Eight of them.');
    await look(page, 'task-edit');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved at the provider').waitFor();
    await page.getByRole('article').getByText('Eight of them.').waitFor();

    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Title').fill('Order eight chairs');
    const issues = `/linear/${encodeURIComponent(organization)}/issues`;
    type Issue = { id: string; title: string; description: string | null };
    const read = async () => {
      const { data } = await driver.control<{ data: Issue[] }>('GET', `${issues}?limit=1000`);
      return data.find(({ title }) => title.startsWith('Order'));
    };
    const issue = await read();
    await driver.control('PATCH', `${issues}/${issue?.id}`, { description: 'Green ones.' });
    const { data } = await driver.api<{ data: { id: string; provider: string }[] }>(
      'GET',
      '/v1/integrations',
    );
    const linear = data.find(({ provider }) => provider === 'linear');
    await driver.sync(linear?.id ?? '', 'incremental');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Its description is now: Green ones.').waitFor();
    expect(await read()).toMatchObject({ title: 'Order new chairs', description: 'Green ones.' });
    await closeMessages(page);
    await look(page, 'task-edit-collision');
    await page.getByRole('button', { name: 'Use the newer version' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { level: 1, name: 'Order eight chairs' }).waitFor();
    expect(await read()).toMatchObject({ title: 'Order eight chairs', description: 'Green ones.' });
  });

  test('documents are read with their properties, and found with their words marked', async () => {
    const { page } = session;
    await goTo(page, 'Documents');
    await page.locator('.row a').first().waitFor();
    await closeMessages(page);
    await look(page, 'documents');
    await page.getByRole('link', { name: 'Fix the flaky checkout test' }).first().click();
    await page.locator('.markdown').waitFor();
    // Neither ids nor times as machines write them.
    expect(await page.locator('.details').textContent()).not.toMatch(/[\da-f]{8}-[\da-f]{4}-|\dT\d\d:/);
    await look(page, 'document');

    await goTo(page, 'Search');
    const box = page.getByRole('searchbox', { name: 'Search everything' });
    await box.fill('import');
    for (const kind of ['Task', 'Document'])
      await page.locator('.hit', { hasText: kind }).locator('mark').first().waitFor();
    await look(page, 'search');
    await box.fill('handb');
    await page
      .locator('mark', { hasText: /^handb/i })
      .first()
      .waitFor();
    await page.getByRole('radio', { name: 'Tasks' }).click();
    await page.getByText(/Nothing found/).waitFor();
    expect(new URL(page.url()).searchParams.get('type')).toBe('task');
    await page.getByRole('radio', { name: 'Everything' }).click();
    await page.locator('.hit a').first().click();
    await page.getByRole('heading', { level: 1, name: /handbook/i }).waitFor();
    await page.goBack();
    expect(await box.inputValue()).toBe('handb');
  });

  test('a task that was kept when its integration was deleted is shown to be read, and says why', async () => {
    const { page, stack } = session;
    const { data } = await stack.driver.api<{ data: { id: string; provider: string }[] }>(
      'GET',
      '/v1/integrations',
    );
    const linear = data.find(({ provider }) => provider === 'linear');
    await stack.driver.api('DELETE', `/v1/integrations/${linear?.id}?records=keep`);
    await goTo(page, 'Tasks');
    await page.getByRole('link', { name: 'Order eight chairs' }).click();
    await page.getByText('The integration that it came from was deleted').waitFor();
    expect(await page.getByLabel('State').count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Edit' }).count()).toBe(0);
    await look(page, 'task-kept');
  });

  test('nothing on the way broke a script or the content security policy', () => {
    expect(session.errors).toEqual([]);
  });
});
