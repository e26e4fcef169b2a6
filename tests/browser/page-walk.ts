/** Steps that several browser tests take, in the words of a person. */
import type { Page } from 'playwright-core';
import { expectAccessible, inEveryDress, photograph } from './chromium.ts';

/** One screen, as everybody may see it: checked, and photographed where pictures are wanted. */
export const look = (page: Page, name: string): Promise<void> =>
  inEveryDress(page, async ({ folder }) => {
    await expectAccessible(page);
    await photograph(page, name, folder);
  });

/** A button that opens the consent page in its own window, which is handed back. */
export async function openConsent(page: Page, button: string): Promise<Page> {
  const [popup] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('button', { name: button }).first().click(),
  ]);
  await popup.getByRole('button', { name: 'Allow' }).waitFor();
  return popup;
}

export const openManage = async (page: Page, provider: string): Promise<void> => {
  await page.getByRole('button', { name: `More for ${provider}` }).click();
  await page.getByRole('menuitem', { name: 'Manage' }).click();
  await page.getByRole('heading', { level: 1, name: provider }).waitFor();
};

/** The page is done with what it was doing. */
export const untilUpToDate = (page: Page): Promise<void> =>
  page.getByText('Up to date').first().waitFor({ timeout: 60_000 });

export const goTo = (page: Page, name: string): Promise<void> =>
  page.getByRole('navigation').getByRole('link', { name, exact: true }).click();

/** Answers to what was done before would lie over what is looked at next. */
export async function closeMessages(page: Page): Promise<void> {
  const closers = page.getByRole('button', { name: 'Close this message' });
  while ((await closers.count()) > 0) await closers.first().click();
}
