/** What waits for a person in a sync of both ways: a plan, a mapping, a conflict; and what another tab has done meanwhile. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium } from '../../dev/chromium.ts';
import { followSignIn } from '../../dev/drive.ts';
import { openPageSession, type PageSession } from './page-session.ts';
import { closeMessages, look } from './page-walk.ts';

const chromium = findChromium();
const ada = '/google/ada@example.com';

interface ContactView {
  readonly id: string;
  readonly version: number;
  readonly sources: readonly { readonly remoteId: string }[];
}

describe.skipIf(!chromium)('contacts that go both ways', () => {
  let session: PageSession;
  let id: string;
  let path: string;
  const api = <T>(method: string, to: string, body?: unknown) =>
    session.stack.driver.api<T>(method, `/v1${to}`, body);
  const open = async (tab: string) => {
    await session.page.goto(`${session.stack.apiUrl}/settings/integrations/${id}/${tab}`);
    await session.page.getByRole('heading', { level: 1, name: 'Google Contacts' }).waitFor();
  };
  const focused = () =>
    session.page.evaluate(() => {
      const { tagName, textContent } = document.activeElement ?? document.body;
      return tagName === 'BODY' ? 'nothing' : textContent;
    });
  const contacts = async () =>
    (await api<{ data: ContactView[] }>('GET', `/contacts?integrationId=${id}&limit=10`)).data;
  const readyPlan = async () => {
    const { id: planId } = await api<{ id: string }>('POST', `${path}/plan`, {});
    const status = async () => (await api<{ status: string }>('GET', `${path}/plans/${planId}`)).status;
    await expect.poll(status).toBe('ready');
    return planId;
  };

  beforeAll(async () => {
    session = await openPageSession(chromium as string);
    const { driver } = session.stack;
    id = await driver.connect('google-contacts');
    path = `/integrations/${id}`;
    await driver.settled(id);
  });
  afterAll(() => session?.close());

  test('whoever is archived and comes back with the next edit at the provider is told so', async () => {
    const { page, stack } = session;
    const [contact] = await contacts();
    await page.goto(`${stack.apiUrl}/data/contacts/${contact?.id}`);
    await page.getByRole('button', { name: 'Archive' }).click();
    await page
      .getByRole('status')
      .getByText(/is archived$/)
      .waitFor();
    await page.getByRole('status').getByText('A later edit there brings it back.').waitFor();
    await look(page, 'archive-warned');
    await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Edit' }).waitFor();
  });

  test('a list that is put on while a contact is edited is no change of what is edited', async () => {
    const { page, stack } = session;
    await api('POST', '/contact-lists', { name: 'Choir' });
    const { id: contactId } = await api<ContactView>('POST', '/contacts', { firstName: 'Paula' });
    await page.goto(`${stack.apiUrl}/data/contacts/${contactId}`);
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Company').fill('Atlas');
    const version = async () => (await api<ContactView>('GET', `/contacts/${contactId}`)).version;
    const before = await version();
    const readAgain = page.waitForResponse(async (answer) => {
      if (answer.request().method() !== 'GET' || !answer.url().includes(`/v1/contacts/${contactId}?`))
        return false;
      return ((await answer.json()) as ContactView).version > before;
    });
    await page.getByRole('button', { name: 'Choir' }).click();
    await readAgain;
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('definition').filter({ hasText: 'Atlas' }).waitFor();
  });

  test('a list that was renamed meanwhile is not renamed unseen, and is with the next press', async () => {
    const { page, stack } = session;
    const { data } = await api<{ data: { id: string; name: string }[] }>('GET', '/contact-lists');
    const list = data.find(({ name }) => name === 'Choir');
    await page.goto(`${stack.apiUrl}/data/contacts?listId=${list?.id}`);
    await page.getByRole('button', { name: 'Rename' }).click();
    await api('PATCH', `/contact-lists/${list?.id}`, { name: 'Singers' });
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name of the list').fill('Chorus');
    await dialog.getByRole('button', { name: 'Rename' }).click();
    await dialog.getByText('This list was changed meanwhile').waitFor();
    await dialog.getByRole('heading', { name: 'Rename Singers' }).waitFor();
    await look(page, 'list-renamed-meanwhile');
    await dialog.getByRole('button', { name: 'Rename' }).click();
    await page.getByText('The list is now called Chorus').waitFor();
  });

  test('a plan is told from beginning to end, to those who hear the page, too', async () => {
    const { page, stack } = session;
    await open('sync');
    await page.getByRole('radio', { name: /^Both ways/ }).click();
    await page.getByRole('region', { name: 'In Google Contacts' }).waitFor();
    await expect.poll(focused).toBe('What would change');
    await page.getByRole('status').getByText('The plan is ready.').waitFor();
    const there = page.getByRole('region', { name: 'In Google Contacts' });
    for (const told of ['1 label added', '1 contact put on labels', 'Chorus']) {
      await there.getByText(told).first().waitFor();
    }
    await expect.poll(() => page.title()).toContain('What would change');
    await look(page, 'plan-ready');
    await page.getByRole('button', { name: 'Decide later' }).click();
    await page.getByRole('tab', { name: 'Sync', exact: true }).waitFor();
    await expect.poll(focused).toBe('Google Contacts');
    await page.goBack();
    type PlanView = { counts: object; samples: object[] };
    const shownAs = async (change: (plan: PlanView) => object) => {
      await page.unrouteAll({ behavior: 'wait' });
      await page.route(new RegExp(`/v1/integrations/${id}/plans/[^/]+$`), async (route) => {
        const response = await route.fetch();
        const json = (await response.json()) as PlanView;
        await route.fulfill({ response, json: { ...json, ...change(json) } });
      });
      await page.reload();
    };
    const neither = { side: 'none', contactId: null, remoteId: null, fields: {}, reason: null };
    await shownAs(({ counts, samples }) => ({
      counts: { ...counts, linked: 40, parked: 1 },
      samples: [
        ...samples,
        { ...neither, action: 'link', name: 'Mary Somerville' },
        { ...neither, action: 'park', name: 'Caroline Herschel', reason: 'maybe_merged' },
      ],
    }));
    const ties = page.locator('.plan-ties');
    await ties.getByText('40 people are on both sides and will be tied').waitFor();
    await ties.getByRole('listitem').filter({ hasText: 'Same personMary Somerville' }).waitFor();
    const left = ties.getByRole('listitem').filter({ hasText: 'Caroline Herschel' });
    await left.getByText('Gone in Google Contacts, perhaps merged with another contact there').waitFor();
    await left.scrollIntoViewIfNeeded();
    await look(page, 'plan-ties');
    // As long as it is carried out, it has not been.
    await shownAs(() => ({ status: 'applying' }));
    await page.getByText('This plan is being carried out.').waitFor();
    await look(page, 'plan-applying');
    await page.unrouteAll({ behavior: 'wait' });
    await page.getByRole('button', { name: /^Carry it out/ }).click();
    await page.getByText('The plan is being carried out').waitFor();
    const approved = async () => (await api<{ approvedDirection: string }>('GET', path)).approvedDirection;
    await expect.poll(approved).toBe('bidirectional');
    await stack.driver.settled(id, 2);
    expect(page.url()).toContain('/activity');
  });

  test('a plan that somebody decided on in another tab says so at the first press', async () => {
    const { page } = session;
    const planId = await readyPlan();
    await open(`plan/${planId}`);
    await page.getByRole('button', { name: 'Turn it down' }).waitFor();
    await api('POST', `${path}/plans/${planId}/reject`);
    await page.getByRole('button', { name: /^Carry it out/ }).click();
    await page.getByText('This plan was turned down.').waitFor();
    expect(await page.getByRole('button', { name: 'Turn it down' }).count()).toBe(0);
    await look(page, 'plan-decided-elsewhere');
  });

  test('the keys that read the directions choose none, and a choice keeps the focus', async () => {
    const { page } = session;
    const sent: string[] = [];
    const isPatch = (method: string) => method === 'PATCH';
    await open('sync');
    await page.route(`**/v1/integrations/${id}`, async (route) => {
      if (!isPatch(route.request().method())) return route.continue();
      sent.push(route.request().postData() ?? '');
      return route.abort();
    });
    await page.getByRole('radio', { name: /^Both ways/, checked: true }).focus();
    await page.keyboard.press('ArrowUp');
    await expect.poll(focused).toMatch(/Only from Google Contacts/);
    await page.keyboard.press('ArrowUp');
    await expect.poll(focused).toMatch(/Only to Google Contacts/);
    expect([sent, await page.getByText('could not be reached').count()]).toEqual([[], 0]);
    await page.keyboard.press('Space');
    await page.getByRole('status').getByText('Harmony could not be reached').waitFor();
    expect(sent).toEqual(['{"syncDirection":"to_provider"}']);
    await page.getByRole('radio', { name: /^Both ways/, checked: true }).waitFor();
    expect(await focused()).toMatch(/Only to Google Contacts/);
    await page.unrouteAll({ behavior: 'wait' });
    await closeMessages(page);
    await look(page, 'directions');
  });

  test('mappings that wait for their plan are said to wait, and lead to it', async () => {
    const { page, stack } = session;
    type Fields = { data: { field: string; direction: string }[]; version: number; pending?: unknown };
    const fields = () => api<Fields>('GET', `${path}/field-mappings`);
    const { data } = await fields();
    await api('PUT', `${path}/field-mappings`, {
      data: data.map((each) => (each.field === 'notes' ? { ...each, direction: 'from_provider' } : each)),
    });
    await open('sync');
    await page.getByLabel('Direction of Notes').selectOption({ label: 'Both ways' });
    await page.getByRole('button', { name: 'Save field mappings' }).click();
    await page.getByRole('button', { name: 'Decide later' }).click();
    await page.getByRole('tab', { name: 'Sync', exact: true }).click();
    const panel = page.getByRole('tabpanel');
    await panel.getByText('Not in force yet').waitFor();
    const direction = page.getByLabel('Direction of Notes');
    expect(await direction.inputValue()).toBe('from_provider');
    await look(page, 'mappings-wait');
    await page.getByLabel('Direction of Birthday').selectOption('from_provider');
    const place = panel.getByText(/^This takes the place of version \d+, which waits for its plan/);
    await place.scrollIntoViewIfNeeded();
    await look(page, 'mappings-take-the-place');
    await page.getByRole('button', { name: 'Discard changes of field mappings' }).click();
    await panel.getByText('This takes the place').waitFor({ state: 'detached' });
    const row = panel.locator('.row', { hasText: 'waits for its plan' });
    await row.scrollIntoViewIfNeeded();
    await look(page, 'mapping-version-waits');
    await row.getByRole('button', { name: 'See the plan' }).click();
    await page.getByText('Fields will correspond in another way.').waitFor();
    await page.goto(`${stack.apiUrl}/settings/integrations`);
    await page.getByText('The changed mappings wait for you.').waitFor();
    await look(page, 'card-mappings-wait');
    await open('sync');
    await panel.locator('.note').getByRole('button', { name: 'See the plan' }).click();
    await page.getByRole('button', { name: /^Carry it out/ }).click();
    await page.getByText('The plan is being carried out').waitFor();
    await page.getByRole('tab', { name: 'Sync', exact: true }).click();
    await expect.poll(() => direction.inputValue()).toBe('both');
    await panel.getByText('Not in force yet').waitFor({ state: 'detached' });
    expect((await fields()).pending).toBeUndefined();
    await page.getByText('The changed mappings wait for you.').waitFor({ state: 'detached' });
  });

  test('an open tab follows mappings that wait and are turned down elsewhere, also where no event told it', async () => {
    const { page } = session;
    type Fields = { data: { field: string; direction: string }[] };
    const { data } = await api<Fields>('GET', `${path}/field-mappings`);
    const put = (direction: string) =>
      api('PUT', `${path}/field-mappings`, {
        data: data.map((each) => (each.field === 'notes' ? { ...each, direction } : each)),
      });
    const waits = page.getByRole('tabpanel').getByText('Not in force yet');
    const direction = page.getByLabel('Direction of Notes');
    await put('from_provider');
    await open('sync');
    await expect.poll(() => direction.inputValue()).toBe('from_provider');
    await put('both');
    await waits.waitFor();
    await api('POST', `${path}/plans/${await readyPlan()}/reject`);
    await waits.waitFor({ state: 'detached' });
    await page.route('**/events', (route) => route.abort());
    await open('sync');
    await direction.waitFor();
    await put('both');
    // What is younger than this counts as fresh.
    await page.waitForTimeout(2_000);
    await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')));
    await waits.waitFor();
    await page.unrouteAll({ behavior: 'wait' });
    await open('sync');
    await page.locator('.note').getByRole('button', { name: 'See the plan' }).click();
    await page.getByRole('button', { name: /^Carry it out/ }).click();
    await page.getByText('The plan is being carried out').waitFor();
    await page.getByRole('tab', { name: 'Sync', exact: true }).click();
    await expect.poll(() => direction.inputValue()).toBe('both');
  });

  test('what somebody is changing stays while the mappings are changed elsewhere, and is saved over nothing', async () => {
    const { page } = session;
    type Fields = { data: { field: string; conflictPolicy?: string }[] };
    const fields = () => api<Fields>('GET', `${path}/field-mappings`);
    const { data } = await fields();
    const wins = (field: string) => page.getByLabel(`Who wins at ${field}`);
    const save = page.getByRole('button', { name: 'Save field mappings' });
    await open('sync');
    await wins('Birthday').selectOption('harmony');
    // Until it is refused, the page has not heard of the other change.
    const refused = Promise.withResolvers<void>();
    await page.route('**/field-mappings', async (route) => {
      if (route.request().method() === 'GET') await refused.promise;
      await route.continue();
    });
    await api('PUT', `${path}/field-mappings`, {
      data: data.map((each) => (each.field === 'company' ? { ...each, conflictPolicy: 'provider' } : each)),
    });
    await save.click();
    await page.getByText(/^Somebody changed the mappings meanwhile/).waitFor();
    refused.resolve();
    await page.unrouteAll({ behavior: 'wait' });
    await expect.poll(() => wins('Company').inputValue()).toBe('provider');
    expect(await wins('Birthday').inputValue()).toBe('harmony');
    await save.click();
    await page.getByText('The mappings are saved').waitFor();
    const chosen = (await fields()).data.filter(({ conflictPolicy }) => conflictPolicy !== undefined);
    expect(chosen.map(({ field, conflictPolicy }) => [field, conflictPolicy]).sort()).toEqual([
      ['birthday', 'harmony'],
      ['company', 'provider'],
    ]);
    await api('PUT', `${path}/field-mappings`, { data });
    await closeMessages(page);
  });

  test('a decided conflict leaves a long list, too, gives the focus on, and says who decided what', async () => {
    const { page, stack } = session;
    const { driver } = stack;
    await api('PATCH', path, { conflictPolicy: 'provider' });
    await driver.settled(id);
    const contact = (await contacts())[1];
    await driver.control('POST', '/pushes', { mode: 'hold' });
    await driver.control(
      'PATCH',
      `${ada}/contacts/${encodeURIComponent(contact?.sources[0]?.remoteId ?? '')}`,
      {
        organizations: [{ title: 'Captain', name: 'Ship', department: 'Deck' }],
        biographies: [{ value: 'Sails' }],
        urls: [{ value: 'https://ship.example' }],
        birthdays: [{ date: { year: 1815, month: 12, day: 10 } }],
        phoneNumbers: [{ value: '+441111111' }],
      },
    );
    await api('PATCH', `/contacts/${contact?.id}`, {
      ...{ jobTitle: 'Admiral', company: 'Fleet', department: 'Bridge', notes: 'Commands' },
      ...{ website: 'https://fleet.example', birthday: '1816-12-10', phone: '+442222222' },
    });
    await driver.sync(id, 'incremental');
    await driver.control('POST', '/pushes', { mode: 'deliver' });
    const found = async () =>
      (
        await api<{ data: unknown[] }>(
          'GET',
          `/conflicts?open=true&integrationId=${id}&contactId=${contact?.id}`,
        )
      ).data;
    await expect.poll(async () => (await found()).length).toBe(7);
    const all = await api<{ data: unknown[] }>('GET', `/conflicts?open=true&integrationId=${id}`);
    await open('activity');
    await page.getByRole('tab', { name: `Conflicts ${all.data.length} to decide` }).waitFor();
    await page.getByRole('link', { name: '7 conflicts' }).first().click();
    await page.getByRole('tab', { name: /^Conflicts/, selected: true }).waitFor();
    // Pages of one conflict each, in place of fifty.
    await page.route('**/v1/conflicts?*', (route) =>
      route.continue({ url: route.request().url().replace('limit=50', 'limit=1') }),
    );
    await page.goto(`${stack.apiUrl}/settings/integrations/${id}/conflicts?contactId=${contact?.id}`);
    const cards = page.locator('.conflict');
    for (let shown = 1; shown < 7; shown += 1) {
      await expect.poll(() => cards.count()).toBe(shown);
      await page.getByRole('button', { name: 'Show more' }).click();
    }
    await expect.poll(() => cards.count()).toBe(7);
    const headings = await cards.getByRole('heading').allTextContents();
    await cards.nth(1).getByRole('button', { name: 'Take this one' }).first().click();
    await expect.poll(() => cards.count()).toBe(6);
    await expect.poll(focused).toBe(headings[2]);
    await cards.nth(5).getByRole('button', { name: 'Leave it as it is' }).click();
    await expect.poll(() => cards.count()).toBe(5);
    await expect.poll(focused).toBe(headings[5]);
    await page.unrouteAll({ behavior: 'wait' });
    await closeMessages(page);
    await page.getByRole('radio', { name: 'Decided' }).click();
    const decided = page.locator('.conflict', { hasText: headings[1] ?? '' });
    await decided.getByText(/^Decided by you .*: the value of Harmony\.$/).waitFor();
    const ours = decided.locator('.conflict-side', { hasText: 'Harmony' });
    expect(await ours.getByText('Taken').count()).toBe(1);
    await page
      .locator('.conflict', { hasText: headings[6] ?? '' })
      .getByText(/left as it was/)
      .waitFor();
    await look(page, 'conflicts-decided');
  });

  test('object mappings are tried on real lists and contacts before they are saved, by the keyboard alone', async () => {
    const { page } = session;
    const lists = page.getByRole('switch', { name: 'Lists' });
    const others = page.getByRole('switch', { name: 'Other contacts' });
    const preview = page.getByRole('region', { name: 'Preview' });
    const press = async (control: typeof lists, key: string) => {
      await expect.poll(() => control.isEnabled()).toBe(true);
      await control.focus();
      await page.keyboard.press(key);
    };
    const enabled = async () => {
      const found = await api<{ data: { enabled: boolean }[] }>('GET', `${path}/object-mappings`);
      return found.data.map((mapping) => mapping.enabled);
    };
    const discard = page.getByRole('button', { name: 'Discard changes of object mappings' });
    const save = page.getByRole('button', { name: 'Save object mappings' });
    await open('sync');
    await lists.waitFor();
    expect([await save.isDisabled(), await discard.isDisabled()]).toEqual([true, true]);
    await press(lists, 'Space');
    await press(others, 'Space');
    await preview.getByRole('status').getByText('Lists stay as they are on both sides.').waitFor();
    await preview.getByText('Other contacts would come into Harmony.').waitFor();
    await open('sync');
    await preview.getByText('Lists stay as they are on both sides.').waitFor();
    expect([await lists.isChecked(), await others.isChecked()]).toEqual([false, true]);
    await press(discard, 'Enter');
    await preview.waitFor({ state: 'detached' });
    expect([await lists.isChecked(), await others.isChecked()]).toEqual([true, false]);
    expect(await focused()).toBe('Object Mappings');
    expect(await enabled()).toEqual([true, true, false]);

    await press(lists, 'Space');
    await press(others, 'Space');
    await press(save, 'Enter');
    await page.getByRole('status').getByText('read your other contacts').waitFor();
    await preview.waitFor({ state: 'detached' });
    expect(await enabled()).toEqual([true, false, true]);
    expect(await focused()).toBe('Object Mappings');
    const { authorizationUrl } = await api<{ authorizationUrl: string }>('POST', `${path}/reauthenticate`);
    await followSignIn(authorizationUrl);
    const came = async () => {
      const found = await api<{ counts: Record<string, number> }>('GET', path);
      return found.counts.other_contacts ?? 0;
    };
    await expect.poll(came).toBeGreaterThan(1);
    await api('POST', '/contact-lists', { name: 'Band' });

    await page.route('**/mappings/preview', (route) => route.fulfill({ status: 418, json: {} }));
    await open('sync');
    await press(lists, 'Space');
    await press(others, 'Space');
    const failed = page.getByRole('alert').getByRole('button', { name: 'Try again' });
    await failed.waitFor();
    await page.unroute('**/mappings/preview');
    await press(failed, 'Enter');
    await preview.getByText('In Google Contacts: 1 label added.').waitFor();
    await preview.getByText(`${await came()} other contacts stay in Harmony.`).waitFor();
    await preview.getByText('It holds once you have seen its plan.').waitFor();
    const samples = preview.getByRole('listitem');
    await samples.filter({ hasText: 'Band' }).waitFor();
    expect(await samples.filter({ hasText: 'Other contact' }).count()).toBe(Math.min(5, await came()));
    await closeMessages(page);
    await samples.last().scrollIntoViewIfNeeded();
    await look(page, 'objects-preview');
    await press(save, 'Enter');
    await page.getByRole('region', { name: 'In Google Contacts' }).getByText('Band').first().waitFor();
    expect(await enabled()).toEqual([true, false, true]);
    await page.getByRole('button', { name: /^Carry it out/ }).click();
    await page.getByText('The plan is being carried out').waitFor();
    await expect.poll(enabled).toEqual([true, true, false]);
  });

  test('nothing on the way broke a script or the content security policy', () => {
    expect(session.errors).toEqual([]);
  });
});
