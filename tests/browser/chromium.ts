/** Pages in a real Chromium: watched for errors, photographed and checked. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Frame, Page } from 'playwright-core';
import { expect } from 'vitest';

/** Gathers what a page must never have: script errors and refusals by the content security policy. */
export function watchForErrors(page: Page, errors: string[] = []): string[] {
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    // The browser's own word on a refused request of data: provoked here on purpose, and told by the page itself.
    const refused = message.text().startsWith('Failed to load resource');
    if (refused && /\/(v1|oauth)\//.test(message.location().url)) return;
    // Whatever it looks for while the network is switched off, its icon included.
    if (message.text().includes('ERR_INTERNET_DISCONNECTED')) return;
    errors.push(`${message.text()} ${message.location().url}`);
  });
  return errors;
}

/** Half-way between two colours nothing has the contrast of either; what never ends is not waited for. Runs in the page. */
async function endOfMovements(): Promise<void> {
  const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  await after(50);
  const ends = document
    .getAnimations()
    .filter((movement) => movement.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY)
    .map((movement) => movement.finished.catch(() => undefined));
  await Promise.race([Promise.all(ends), after(1000)]);
}

interface AxeResult {
  violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
}

/** Fails where axe-core finds anything, and where the page is wider than its window. */
export async function expectAccessible(page: Pick<Page | Frame, 'evaluate'>): Promise<void> {
  // evaluate() is not subject to the page's CSP, an injected script element would be.
  await page.evaluate(axe.source);
  await page.evaluate(endOfMovements);
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(on: Document): Promise<AxeResult> } };
    const { violations } = await axe.run(document);
    return violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes.map((node) => node.failureSummary + node.html),
    }));
  });
  expect(found).toEqual([]);
  const overhangPx = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
  expect(overhangPx).toBe(0);
}

interface Dress {
  /** The folder of its pictures; without one none is taken. */
  readonly folder?: string;
  readonly colorScheme: 'light' | 'dark';
  readonly viewport: { readonly width: number; readonly height: number };
}

const desk = { width: 1200, height: 860 };
const phone = { width: 390, height: 844 };
/** The last is how the walk goes on. */
const dresses: readonly Dress[] = [
  { colorScheme: 'dark', viewport: phone },
  { folder: 'phone', colorScheme: 'light', viewport: phone },
  { folder: 'dark', colorScheme: 'dark', viewport: desk },
  { folder: 'light', colorScheme: 'light', viewport: desk },
];

/** Shows a page in both schemes, on a desk and on a phone, and calls `see` for each. */
export async function inEveryDress(page: Page, see: (dress: Dress) => Promise<void>): Promise<void> {
  for (const dress of dresses) {
    await page.emulateMedia({ colorScheme: dress.colorScheme });
    await page.setViewportSize(dress.viewport);
    await see(dress);
  }
}

/** Photographs go into folders of this one; without SCREENSHOTS none are taken. */
export async function photograph(page: Page, name: string, folder: string | undefined): Promise<void> {
  const root = process.env.SCREENSHOTS;
  if (!root || folder === undefined) return;
  mkdirSync(join(root, folder), { recursive: true });
  // Movements end first, so that two runs give the same picture.
  await page.waitForTimeout(250);
  await page.screenshot({ path: join(root, folder, `${name}.png`), animations: 'disabled' });
}
