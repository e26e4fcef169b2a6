/** A signed-in page in a real Chromium against a whole Harmony, for one test file. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { launchChromium } from '../../dev/chromium.ts';
import { watchForErrors } from './chromium.ts';
import { type BrowserStack, startBrowserStack } from './stack.ts';

export interface PageSession {
  readonly stack: BrowserStack;
  readonly browser: Browser;
  readonly context: BrowserContext;
  readonly page: Page;
  /** Script errors and refusals by the content security policy, on every page of the context. */
  readonly errors: string[];
  close(): Promise<void>;
}

/** axe measures contrast, which a dialog that is still fading in does not have. */
export const calmDesktop: BrowserContextOptions = {
  viewport: { width: 1200, height: 860 },
  timezoneId: 'Europe/Berlin',
  reducedMotion: 'reduce',
};

/** `env` as `npm start` takes it. */
export async function openPageSession(chromium: string, env: NodeJS.ProcessEnv = {}): Promise<PageSession> {
  const stack = await startBrowserStack(env);
  try {
    const browser = await launchChromium(chromium);
    const context = await browser.newContext(calmDesktop);
    const errors: string[] = [];
    context.on('page', (opened) => {
      opened.setDefaultTimeout(20_000);
      watchForErrors(opened, errors);
    });
    const page = await context.newPage();
    await page.goto(await stack.signInUrl());
    await page.getByRole('heading', { name: 'Active Integrations' }).waitFor();
    return {
      stack,
      browser,
      context,
      page,
      errors,
      async close() {
        await browser.close();
        await stack.stop();
      },
    };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}
